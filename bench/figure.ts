import { renderAsync } from '@resvg/resvg-js';
import { createDraw } from '../src/charts/draw.ts';
import type { PipelineFigure } from '../src/core/messages/figure.ts';
import { median, type Row, round, timed } from './row.ts';

const step = (label: string, role: 'first' | 'discard' | 'last', level: number, lost: number) => ({
  label,
  role,
  level,
  lost,
  value: `${(lost * 100).toFixed(1)} %`,
  detail: '151,234 events',
  change: '▲ +0.4 pp',
  changeTone: 'bad' as const,
  ...(role === 'discard' ? { reason: 'No matching mapping 83 %' } : {}),
  provisional: false,
});

/** Every figure differs, so that none comes from the cache. */
const figure = (number: number): PipelineFigure => ({
  kind: 'pipeline',
  title: `Web shop → Amplitude ${number}`,
  subtitle: 'Last 24 hours · 24 Nov 10:05 – 25 Nov 10:05 UTC, against the same time before',
  badge: { value: '77.6 % delivery rate', note: '−2.1 pp against before', tone: 'bad' },
  steps: [
    step('Received', 'first', 1, 0),
    step('Failed on ingest', 'discard', 0.99, 0.01),
    step('Filtered at source', 'discard', 0.92, 0.07),
    step('Filtered at destination', 'discard', 0.8, 0.12),
    step('Failed delivery', 'discard', 0.77, 0.03),
    step('Delivered', 'last', 0.77, 0),
  ],
  pending: '1,204 pending retry',
  alt: '',
});

const blank =
  '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="450"><rect width="900" height="450" fill="#fff"/></svg>';

/** Figure drawn: < 60 ms; 1,000 in a row without growing. */
export async function figureRows(): Promise<Row[]> {
  const draw = createDraw();
  await timed(5, (run) => draw.png(figure(-run - 1)));
  const ours = median(await timed(30, (run) => draw.png(figure(run))));
  const empty = median(
    await timed(30, async () =>
      (await renderAsync(blank, { fitTo: { mode: 'width', value: 1800 }, font: { loadSystemFonts: false } })).asPng(),
    ),
  );
  global.gc?.();
  const before = process.memoryUsage().rss;
  for (let run = 0; run < 1_000; run++) await draw.png(figure(1_000 + run));
  global.gc?.();
  const growth = (process.memoryUsage().rss - before) / 2 ** 20;
  return [
    {
      name: 'figure drawn',
      value: `${round(ours)} ms, ${growth < 0 ? '−' : '+'}${round(Math.abs(growth), 0)} MiB after 1,000`,
      goal: '< 60 ms; 1,000 without growing',
      baseline: `blank image of the same size ${round(empty)} ms`,
      ratio: round(ours / empty, 2),
      detail: { medianMs: round(ours), blankMs: round(empty), growthMiB: round(growth) },
    },
  ];
}
