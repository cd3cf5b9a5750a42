import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pipelineFigure } from '../../src/core/cards/pipeline-figure.ts';
import { type Cell, wholeOf } from '../../src/core/delivery/overview.ts';
import { judgeOverview, rankPipeline } from '../../src/core/delivery/ranking.ts';
import type { Sync, SyncStatus } from '../../src/core/delivery/series.ts';
import { type Step, stepFacts, type Variant, variantSteps } from '../../src/core/delivery/steps.ts';
import { syncCells, syncTotals } from '../../src/core/delivery/syncs.ts';
import { HOUR, plus } from '../../src/core/delivery/time.ts';
import { at, cell, earlier, overviewOf, syncOf } from './samples.ts';

const now = { from: at('24T12:00:00'), to: at('25T12:00:00') };
const before = { from: at('23T12:00:00'), to: at('24T12:00:00') };
const run = (status: SyncStatus, more: Partial<Sync> = {}) => syncOf({ status, ...more });
const cellsOf = (syncs: readonly Sync[]) => syncCells(syncs, now, before);
const storage = (cells: readonly Cell[], syncs: readonly Sync[]) =>
  overviewOf([...cells, ...cellsOf(syncs)], { variant: 'storage', syncs: syncTotals(syncs) });

describe('runs as counts of the two sync steps', () => {
  test('a full one counts as synced, a failed one as failed, a partial one in both, a skipped one in neither', () => {
    const counted = (status: SyncStatus) => cellsOf([run(status)]).map(({ step, count }) => [step, count]);
    expect(counted('success')).toEqual([['successfully_synced', 1]]);
    expect(counted('failed')).toEqual([['failed_to_sync', 1]]);
    expect(counted('partial')).toEqual([
      ['failed_to_sync', 1],
      ['successfully_synced', 1],
    ]);
    expect(counted('skipped')).toEqual([]);
  });

  test('by when they began: at the start of a window is in it, at its end is not', () => {
    const partOf = (start: Date) => cellsOf([run('success', { start })]).map(({ part }) => part);
    expect(partOf(now.from)).toEqual(['now']);
    expect(partOf(plus(now.from, -1))).toEqual(['before']);
    expect(partOf(before.from)).toEqual(['before']);
    expect(partOf(plus(before.from, -1))).toEqual([]);
    expect(partOf(now.to)).toEqual([]);
  });

  test('with their reason where they failed, and as settled counts', () => {
    const [failed, synced] = cellsOf([run('partial', { reason: 'permission denied' })]);
    expect(failed).toMatchObject({ reason: 'permission denied', provisional: false, retried: 0 });
    expect(synced).toMatchObject({ reason: '' });
  });

  test('rows are added up where they were told', () => {
    const syncs = [
      run('success', { rows: 70 }),
      run('partial', { rows: 30 }),
      run('failed', { rows: null }),
      run('skipped', { rows: null }),
    ];
    expect(syncTotals(syncs)).toEqual({ success: 1, partial: 1, failed: 1, skipped: 1, rows: 100 });
  });
});

describe('a storage pipeline', () => {
  const events = [cell('successfully_received', 1_000), cell('filtered_at_destination', 100)];
  const day = storage(events, [
    run('success'),
    run('success'),
    run('partial', { reason: 'slow' }),
    run('failed', { reason: 'slow' }),
  ]);

  test('counts syncs at its last two steps, without a share of the events', () => {
    const told = day.steps.map(({ step, count, share, shareChange, unit }) => [step, count, share, shareChange, unit]);
    expect(told.slice(-3)).toEqual([
      ['filtered_at_destination', 100, 0.1, null, 'events'],
      ['failed_to_sync', 2, null, null, 'syncs'],
      ['successfully_synced', 3, null, null, 'syncs'],
    ]);
    expect(day.steps[4]?.reasons).toMatchObject([{ label: 'slow', count: 2, share: null, shareChange: null, known: true }]);
  });

  test('has the rate of its syncs, and no delivered share', () => {
    expect(day).toMatchObject({ deliveryRate: 0.6, deliveredShare: null, deliveredShareChange: null, overlapping: false });
    expect(storage(events, []).deliveryRate).toBeNull();
    expect(storage(events, [run('skipped')]).deliveryRate).toBeNull();
  });

  test('without a sync in a short period is not starved', () => {
    const past = cellsOf([run('success', { start: plus(before.from, HOUR) })]);
    expect(rankPipeline({ workspace: 'm', source: 's', destination: 'd' }, 'storage', [...events, ...past])).toMatchObject({
      attention: 'ok',
      because: 'none',
    });
  });

  test('has a figure whose bars close: what reached the syncs is divided by how they ended', () => {
    const bars = barsOf(day);
    expect(bars.map(({ level, lost }) => [level, lost].map((part) => Math.round(part * 1_000)))).toEqual([
      [1_000, 0],
      [1_000, 0],
      [1_000, 0],
      [900, 100],
      [540, 360],
      [540, 0],
    ]);
  });
});

const barsOf = (overview: ReturnType<typeof overviewOf>) =>
  pipelineFigure({ title: 'x', period: { name: '24h' }, overview, metric: 'counts' }).steps;

const statuses = fc.array(fc.constantFrom<SyncStatus>('success', 'partial', 'failed', 'skipped'), { maxLength: 12 });
const amount = fc.oneof(fc.nat(20), fc.nat(1_000_000));
const cellsFor = (variant: Variant) =>
  fc.array(
    fc
      .tuple(
        fc.constantFrom<Step>(...variantSteps[variant].filter((step) => stepFacts[step].unit === 'events')),
        amount,
        fc.boolean(),
      )
      .map(([step, count, past]) => (past ? earlier(step, count) : cell(step, count))),
    { maxLength: 12 },
  );

describe('for any storage pipeline', () => {
  test('each bar goes on from the one before, and nothing appears or is lost at the syncs', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), statuses, (kept, lost, ended) => {
        const overview = storage(
          [cell('successfully_received', kept + lost), cell('filtered_at_source', lost)],
          ended.map((status) => run(status)),
        );
        const bars = barsOf(overview);
        const runs = ended.filter((status) => status !== 'skipped').length;
        bars.slice(1, runs > 0 ? 6 : 4).forEach((bar, i) => {
          expect(bar.level + bar.lost).toBeCloseTo(bars[i]?.level ?? Number.NaN, 9);
        });
        for (const { level, lost: ends } of bars) expect(Math.min(level, ends)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('synced + failed = runs + partial ones', () => {
    fc.assert(
      fc.property(statuses, (ended) => {
        const cells = cellsOf(ended.map((status) => run(status)));
        const of = (...wanted: SyncStatus[]) => ended.filter((status) => wanted.includes(status)).length;
        expect(cells).toHaveLength(of('success', 'failed') + 2 * of('partial'));
      }),
    );
  });
});

describe('a pipeline of a linked audience', () => {
  test('begins with what came from the audience', () => {
    const { steps, deliveryRate, deliveredShare } = overviewOf(
      [
        cell('events_from_audience', 200),
        cell('filtered_at_source', 20),
        cell('failed_delivery', 18),
        cell('successful_delivery', 162),
      ],
      { variant: 'linked_audience' },
    );
    expect(steps.map(({ label, share }) => [label, share])).toEqual([
      ['From audience', 1],
      ['Filtered at source', 0.1],
      ['Filtered at destination', 0],
      ['Failed delivery', 0.09],
      ['Delivered', 0.81],
    ]);
    expect([deliveryRate, deliveredShare]).toEqual([0.9, 0.81]);
  });
});

describe('an Engage pipeline', () => {
  const ended = [cell('filtered_at_destination', 10), cell('failed_delivery', 5), cell('successful_delivery', 85)];
  const past = [earlier('failed_delivery', 10), earlier('successful_delivery', 40)];

  test('has no first step where nobody reports one; shares are of what ended somewhere', () => {
    const { steps, deliveredShare, deliveredShareChange, overlapping } = overviewOf([...ended, ...past], { variant: 'engage' });
    expect(steps.map(({ step, share }) => [step, share])).toEqual([
      ['filtered_at_source', 0],
      ['filtered_at_destination', 0.1],
      ['failed_delivery', 0.05],
      ['successful_delivery', 0.85],
    ]);
    expect([deliveredShare, overlapping]).toEqual([0.85, false]);
    expect(deliveredShareChange).toBeCloseTo(0.05, 12);
    expect(wholeOf('engage', ended)).toBe(100);
  });

  test('has one where somebody does', () => {
    const { steps } = overviewOf([cell('events_from_audience', 200), ...ended], { variant: 'engage' });
    expect(steps[0]).toMatchObject({ step: 'events_from_audience', count: 200, share: 1 });
    expect(steps.at(-1)?.share).toBe(0.425);
  });

  test.each(['engage', 'linked_audience', 'storage', 'classic'] as const)(
    'the card of one that is %s judges as its row does',
    (variant) => {
      const pipeline = { workspace: 'main', source: 'src_web', destination: 'dst_amp' };
      fc.assert(
        fc.property(cellsFor(variant), statuses, (cells, runs) => {
          const all = variant === 'storage' ? [...cells, ...cellsOf(runs.map((status) => run(status)))] : cells;
          const { attention, because } = rankPipeline(pipeline, variant, all);
          expect(judgeOverview(overviewOf(all, { variant }))).toMatchObject({ attention, because });
        }),
      );
    },
  );
});
