import { formatDistanceStrict } from 'date-fns';
import { describe, expect, test } from 'vitest';
import { pipelineCard } from '../../src/core/cards/pipeline-card.ts';
import { type PipelinesCardInput, pipelinesCard } from '../../src/core/cards/pipelines-card.ts';
import type { Entry } from '../../src/core/delivery/directory.ts';
import type { Cell, Overview } from '../../src/core/delivery/overview.ts';
import { byAttention, rankPipeline } from '../../src/core/delivery/ranking.ts';
import type { Figure } from '../../src/core/messages/figure.ts';
import { type Message, plain } from '../../src/core/messages/message.ts';
import { cell, earlier, entryOf, NOON, overviewOf, webToAmplitude } from './samples.ts';
import { healthy, incident } from './situations.ts';

const roomy = { tableRows: 50, selectOptions: 100 };
const act = (action: string, choice?: string) => ({
  verb: `pipeline.${action}`,
  id: 'vw_Xk3q-9_0aZbC',
  ...(choice === undefined ? {} : { choice }),
});
const input = {
  entry: webToAmplitude,
  mapping: undefined,
  audience: undefined,
  period: { name: '24h' },
  metric: 'percent',
  capabilities: roomy,
  act,
} as const;
const cardOf = (overview: Overview, more: Partial<Parameters<typeof pipelineCard>[0]> = {}): Message =>
  pipelineCard({ ...input, overview, ...more }).message;

const row = (entry: Entry, cells: readonly Cell[]) => ({ ...rankPipeline(entry.pipeline, entry.variant, cells), entry });
/** A third is filtered, and nothing was before. */
const uncompared = [cell('successfully_received', 9), cell('filtered_at_destination', 3), cell('successful_delivery', 6)];
const listOf = (rows: PipelinesCardInput['rows'], capabilities = roomy) =>
  pipelinesCard({ rows: [...rows].sort(byAttention), period: { name: '24h' }, capabilities, act });

const figureOf = ({ blocks }: Message): Figure | undefined => {
  const block = blocks.find(({ kind }) => kind === 'figure');
  return block?.kind === 'figure' ? block.figure : undefined;
};
const stepsOf = (message: Message) => {
  const figure = figureOf(message);
  return figure?.kind === 'pipeline' ? figure.steps : [];
};
const fieldOf = ({ blocks }: Message, label: string): string | undefined => {
  const [fields] = blocks.flatMap((block) => (block.kind === 'fields' ? [block.fields] : []));
  const value = fields?.find((field) => field.label === label)?.value;
  return value === undefined ? undefined : plain(value);
};
const golden = (name: string) => `../golden/cards/${name}.json`;
const written = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe('the card of a pipeline', () => {
  test.each([
    ['pipeline-healthy', cardOf(overviewOf(healthy, { pendingRetry: 12 }))],
    ['pipeline-incident', cardOf(overviewOf(incident, { pendingRetry: 4_020 }), { metric: 'counts' })],
    ['pipeline-no-data', cardOf(overviewOf([], { newest: null, period: { name: '10m' } }), { period: { name: '10m' } })],
  ])('reads like %s', async (name, card) => {
    await expect(written(card)).toMatchFileSnapshot(golden(name));
  });

  test('says that everything is new where nothing came before', () => {
    const card = cardOf(overviewOf([cell('successfully_received', 10), cell('successful_delivery', 10)]));
    expect(fieldOf(card, 'Received')).toBe('10 new');
    expect(card.title).toBe('Web shop → Amplitude: delivery rate 100.0 % · last 24 hours');
  });

  test('tells losses in events where nothing was received to take a share of', () => {
    const card = cardOf(overviewOf([cell('failed_delivery', 1_234, { reason: '404' })]));
    expect(card.title).toBe('Web shop → Amplitude: delivery rate 0.0 % · most lost: failed delivery 1,234 · last 24 hours');
    expect(figureOf(card)?.alt).toContain('1,234 failed delivery (mostly 404)');
    expect(figureOf(card)?.alt).not.toContain('no events');
  });

  test.each([
    [55, 'failed delivery rose from 1.0 % to 6.5 %'],
    [45, 'most lost: filtered at destination 40.0 %'],
  ])('names first what loses five points more than before, though another step always loses the most', (more, news) => {
    const now = [cell('successfully_received', 1_000), cell('filtered_at_destination', 400), cell('failed_delivery', 10 + more)];
    const past = [
      earlier('successfully_received', 1_000),
      earlier('filtered_at_destination', 400),
      earlier('failed_delivery', 10),
      earlier('successful_delivery', 590),
    ];
    const { title } = cardOf(overviewOf([...now, cell('successful_delivery', 590 - more), ...past]));
    expect(title).toContain(`, was 98.3 % · ${news} · last 24 hours`);
  });

  test('does not colour a change that it cannot tell', () => {
    const [, ...later] = stepsOf(cardOf(overviewOf([cell('successfully_received', 10), cell('failed_delivery', 10)])));
    expect(later.map(({ change, changeTone }) => [change, changeTone])).toEqual(Array(5).fill(['', 'neutral']));
  });

  test('calls more losses bad, more deliveries good, and more events neither', () => {
    const now = [cell('successfully_received', 20), cell('failed_delivery', 10), cell('successful_delivery', 10)];
    const past = [earlier('successfully_received', 10), earlier('failed_delivery', 1), earlier('successful_delivery', 4)];
    const tones = stepsOf(cardOf(overviewOf([...now, ...past]), { metric: 'counts' })).map(({ changeTone }) => changeTone);
    expect(tones).toEqual(['neutral', 'neutral', 'neutral', 'neutral', 'bad', 'good']);
  });

  test('says that mappings overlap, on the card and on the figure', () => {
    const card = cardOf(overviewOf([cell('successfully_received', 10), cell('successful_delivery', 20)]));
    expect(written(card).match(/several mappings can each count one event/g)).toHaveLength(2);
  });

  test.each([
    [new Date('2026-11-25T11:30:00Z'), '30 seconds', 'the newest minute ended'],
    [new Date('2026-11-25T12:00:00Z'), '0 seconds', 'the newest minute still runs'],
    [new Date('2026-11-25T12:04:00Z'), '0 seconds', 'the sender is ahead of us'],
  ])('says how old its data is', (newest) => {
    const reaches = new Date(Math.min(Number(newest) + 60_000, Number(NOON)));
    expect(plain((cardOf(overviewOf(healthy, { newest })).blocks.at(-1) as { text: string }).text)).toContain(
      `Data up to ${reaches.toISOString()} (${formatDistanceStrict(reaches, NOON)} old when drawn)`,
    );
  });
});

describe('the card of all pipelines', () => {
  const quiet = entryOf({ id: 'src_ios', name: 'iOS app' }, { id: 'dst_bq', name: 'BigQuery' });
  const other = entryOf({ name: 'Web shop' }, { id: 'dst_braze', name: 'Braze' }, 'demo');

  test.each([
    ['pipelines-healthy', [row(webToAmplitude, healthy), row(quiet, healthy)]],
    ['pipelines-incident', [row(quiet, []), row(other, healthy), row(webToAmplitude, incident)]],
    ['pipelines-no-data', [row(webToAmplitude, []), row(quiet, [])]],
    ['pipelines-none', []],
  ])('reads like %s', async (name, rows) => {
    await expect(written(listOf(rows))).toMatchFileSnapshot(golden(name));
  });

  test.each([
    ['The pipeline is healthy in the last 24 hours', 'ok', [healthy]],
    ['All 2 pipelines are healthy in the last 24 hours', 'ok', [healthy, healthy]],
    ['1 of 2 pipelines is healthy in the last 24 hours, 1 had no events', 'ok', [healthy, []]],
    ['The pipeline had no events in the last 24 hours', 'info', [[]]],
    ['None of the 2 pipelines had events in the last 24 hours', 'info', [[], []]],
    [
      'No pipeline needs attention in the last 24 hours: 1 healthy, 1 without events, 1 with nothing before to compare',
      'info',
      [healthy, [], uncompared],
    ],
  ] as const)('says “%s”', (title, tone, situations) => {
    const rows = situations.map((cells, i) => row(entryOf({}, { id: `dst_${i}` }), cells));
    expect(listOf(rows).message).toMatchObject({ title, tone });
  });

  test('keeps, for every choice of its select, the pipeline it stands for', () => {
    const { message, choices } = listOf([row(webToAmplitude, incident), row(quiet, healthy)]);
    const [select] = message.blocks.flatMap((block) =>
      block.kind === 'select' && block.label === 'Open a pipeline' ? [block] : [],
    );
    expect(select?.options.map(({ value, label }) => [label, JSON.parse(choices[Number(value)] ?? '')])).toEqual([
      ['Web shop → Amplitude', webToAmplitude.pipeline],
      ['iOS app → BigQuery', quiet.pipeline],
    ]);
  });
});
