import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pipelineCard } from '../../src/core/cards/pipeline-card.ts';
import type { Cell } from '../../src/core/delivery/overview.ts';
import { byAttention, type RankedPipeline, rankPipeline } from '../../src/core/delivery/ranking.ts';
import { anyCells, cell, earlier, overviewOf, webToAmplitude } from './samples.ts';

const main = { workspace: 'main', source: 'web', destination: 'amplitude' };
const ranked = (cells: readonly Cell[], pipeline = main) => rankPipeline(pipeline, 'actions', cells);

/** Received, filtered, failed and delivered events, now and before. */
const flow = (now: number[], past: number[]): Cell[] =>
  [now, past].flatMap((amounts, i) => {
    const [received = 0, filtered = 0, failed = 0, delivered = 0] = amounts;
    const of = i === 0 ? cell : earlier;
    return [
      of('successfully_received', received),
      of('filtered_at_destination', filtered),
      of('failed_delivery', failed),
      of('successful_delivery', delivered),
    ];
  });

const healthy = flow([100, 0, 1, 99], [100, 0, 0, 100]);
const situations: [why: RankedPipeline['because'], attention: RankedPipeline['attention'], cells: Cell[]][] = [
  ['starved', 'critical', flow([100, 100, 0, 0], [100, 0, 0, 100])],
  ['rate_fell', 'critical', flow([100, 0, 40, 60], [100, 0, 2, 98])],
  ['rate_fell', 'warning', flow([100, 0, 10, 90], [100, 0, 1, 99])],
  ['share_fell', 'critical', flow([100, 37, 1, 62], [100, 1, 1, 98])],
  ['share_fell', 'warning', flow([100, 10, 0, 90], [100, 0, 0, 100])],
  ['rate_fell', 'critical', flow([100, 0, 30, 70], [100, 0, 22, 78])],
  ['rate_low', 'critical', flow([100, 0, 50, 50], [100, 0, 50, 50])],
  ['rate_low', 'warning', flow([100, 0, 20, 80], [100, 0, 20, 80])],
  ['no_data', 'no_data', []],
  ['uncompared', 'ok', flow([100, 37, 0, 63], [0, 0, 0, 0])],
  ['none', 'ok', flow([100, 4, 0, 96], [0, 0, 0, 0])],
  ['none', 'ok', healthy],
];

describe('what deserves attention', () => {
  test.each(situations)('%s: %s', (because, attention, cells) => {
    expect(ranked(cells)).toMatchObject({ because, attention });
  });

  test('a pipeline that never delivered is not starved', () => {
    expect(ranked(flow([100, 100, 0, 0], [100, 100, 0, 0]))).toMatchObject({ because: 'none', attention: 'ok' });
  });

  test('a source gone silent starves its destinations', () => {
    expect(ranked(flow([0, 0, 0, 0], [100, 0, 0, 100]))).toMatchObject({
      because: 'starved',
      attention: 'critical',
      received: 0,
    });
  });

  test('a rate that rose, or a filter that filtered as much before, is no news', () => {
    expect(ranked(flow([100, 60, 0, 40], [100, 60, 2, 38])).attention).toBe('ok');
  });

  test('failures alone, without anything received, count', () => {
    expect(ranked([cell('failed_delivery', 5)])).toMatchObject({ because: 'rate_low', attention: 'critical', received: 0 });
  });

  test('deliveries alone, without anything received, are not silence', () => {
    expect(ranked([cell('successful_delivery', 5)])).toMatchObject({ because: 'none', attention: 'ok', delivered: 5 });
  });

  test('the row carries the numbers of the overview', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const { steps, deliveryRate, deliveryRateChange, deliveredShare, deliveredShareChange } = overviewOf(cells);
        expect(ranked(cells)).toMatchObject({
          received: steps[0]?.count,
          receivedChange: steps[0]?.countChange,
          delivered: steps.at(-1)?.count,
          deliveryRate,
          deliveryRateChange,
          deliveredShare,
          deliveredShareChange,
        });
      }),
    );
  });

  test('the card of a pipeline says the same as its row', () => {
    const capabilities = { tableRows: 50, selectOptions: 100 };
    const act = (action: string) => ({ verb: `pipeline.${action}`, id: 'v' });
    const none = { mapping: undefined, audience: undefined };
    const input = { entry: webToAmplitude, ...none, period: { name: '24h' }, metric: 'percent', capabilities, act } as const;
    fc.assert(
      fc.property(fc.oneof(anyCells, fc.constantFrom(...situations.map(([, , cells]) => cells))), (cells) => {
        const overview = overviewOf(cells);
        const { message } = pipelineCard({ ...input, overview });
        const { attention, because } = ranked(cells);
        expect(message.tone).toBe(attention === 'no_data' || because === 'uncompared' ? 'info' : attention);
      }),
    );
  });
});

describe('the order of pipelines', () => {
  const order = (rows: readonly RankedPipeline[]) => [...rows].sort(byAttention).map(({ destination }) => destination);
  const named = (destination: string, cells: readonly Cell[]) => ranked(cells, { ...main, destination });

  test('is critical, warning, healthy, silent; within each the worst first', () => {
    const rows = [
      named('silent', []),
      named('healthy', healthy),
      named('a little', flow([100, 0, 10, 90], [100, 0, 0, 100])),
      named('half', flow([100, 0, 50, 50], [100, 0, 0, 100])),
      named('a bit more', flow([100, 0, 15, 85], [100, 0, 0, 100])),
      named('starved', flow([100, 100, 0, 0], [100, 0, 0, 100])),
    ];
    expect(order(rows)).toEqual(['starved', 'half', 'a bit more', 'a little', 'healthy', 'silent']);
  });

  test('with the same trouble is by volume, then by name', () => {
    const rows = [
      named('b', healthy),
      named('a', healthy),
      named(
        'big',
        healthy.map((c) => ({ ...c, count: c.count * 10 })),
      ),
    ];
    expect(order(rows)).toEqual(['big', 'a', 'b']);
  });

  test('is the same however the rows came', () => {
    const kinds = fc.constantFrom(...situations.map(([, , cells]) => cells));
    const rowsOf = fc
      .array(kinds, { minLength: 1, maxLength: 12 })
      .map((list) => list.map((cells, i) => named(`destination ${i}`, cells)));
    const mixed = rowsOf.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
    fc.assert(
      fc.property(mixed, ([rows, others]) => {
        expect(order(others)).toEqual(order(rows));
      }),
    );
  });
});
