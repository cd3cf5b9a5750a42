import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, type OverviewReason, overviewSteps } from '../../src/core/delivery/overview.ts';
import { type Step, variantSteps } from '../../src/core/delivery/steps.ts';
import { anyCells, cell, earlier, overviewOf } from './samples.ts';

const stepOf = (cells: readonly Cell[], step: Step) => {
  const found = overviewSteps('actions', cells).find((candidate) => candidate.step === step);
  if (!found) throw new Error(`no step ${step}`);
  return found;
};

describe('changes of a step', () => {
  test('1,183 filtered after 801 is 47.7 % more', () => {
    const cells = [cell('filtered_at_destination', 1_183), earlier('filtered_at_destination', 801)];
    expect(stepOf(cells, 'filtered_at_destination').countChange).toBeCloseTo(0.477, 3);
  });

  test('22 % of what was received after 15 % is 7 points more', () => {
    const received = [cell('successfully_received', 2_000), earlier('successfully_received', 1_000)];
    const filtered = [cell('filtered_at_source', 440), earlier('filtered_at_source', 150)];
    const step = stepOf([...received, ...filtered], 'filtered_at_source');
    expect(step.share).toBe(0.22);
    expect(step.shareChange).toBeCloseTo(0.07, 12);
  });

  test('nothing after nothing is no change, something after nothing is new', () => {
    expect(stepOf([], 'failed_delivery').countChange).toBe(0);
    expect(stepOf([cell('failed_delivery', 1)], 'failed_delivery').countChange).toBeNull();
  });

  test('nothing after something is a fall by all of it', () => {
    expect(stepOf([earlier('failed_delivery', 7)], 'failed_delivery').countChange).toBe(-1);
  });

  test('what is younger than settled-until is counted and told apart, and so is what needed a retry', () => {
    const cells = [
      cell('successful_delivery', 90, { retried: 4 }),
      cell('successful_delivery', 10, { retried: 3, provisional: true }),
      earlier('successful_delivery', 50, { retried: 9, provisional: true }),
    ];
    expect(stepOf(cells, 'successful_delivery')).toMatchObject({ count: 100, provisional: 10, retried: 7, previousCount: 50 });
  });
});

describe('the two ratios', () => {
  const day = [
    cell('successfully_received', 1_000),
    cell('filtered_at_destination', 600),
    cell('failed_delivery', 40),
    cell('successful_delivery', 360),
  ];

  test('delivery rate leaves filtered events out', () => {
    expect(overviewOf(day).deliveryRate).toBe(0.9);
  });

  test('delivered share is of everything received', () => {
    expect(overviewOf(day).deliveredShare).toBe(0.36);
  });

  test('their changes are points against the period before', () => {
    const past = [earlier('successfully_received', 100), earlier('successful_delivery', 98), earlier('failed_delivery', 2)];
    const { deliveryRateChange, deliveredShareChange } = overviewOf([...day, ...past]);
    expect(deliveryRateChange).toBeCloseTo(-0.08, 12);
    expect(deliveredShareChange).toBeCloseTo(-0.62, 12);
  });

  test('a period without events has no ratios and no shares, and no NaN', () => {
    const empty = overviewOf([]);
    expect(empty).toMatchObject({ deliveryRate: null, deliveredShare: null, deliveryRateChange: null, overlapping: false });
    expect(empty.steps.map(({ count, share, shareChange }) => [count, share, shareChange])).toEqual(
      Array(6).fill([0, null, null]),
    );
    expect(JSON.stringify(empty)).not.toContain('NaN');
  });

  test('events that only arrived before leave this period without a ratio, and without a change', () => {
    const { deliveryRate, deliveryRateChange, deliveredShareChange } = overviewOf([
      earlier('successfully_received', 5),
      earlier('successful_delivery', 5),
    ]);
    expect([deliveryRate, deliveryRateChange, deliveredShareChange]).toEqual([null, null, null]);
  });

  test('levels and times are handed through, unreported stays null', () => {
    expect(overviewOf(day).pendingRetry).toBeNull();
    expect(overviewOf(day, { pendingRetry: 12 }).pendingRetry).toBe(12);
    expect(overviewOf(day, { newest: null }).newest).toBeNull();
  });
});

describe("Segment's own example of an actions pipeline", () => {
  const example = [
    cell('successfully_received', 734_710),
    cell('failed_on_ingest', 44, { reason: 'empty_batch' }),
    cell('filtered_at_destination', 516_953),
    cell('successful_delivery', 217_714),
  ];

  test('shows its steps in order, each with its count and share', () => {
    const { steps, deliveryRate, deliveredShare } = overviewOf(example);
    expect(steps.map(({ label, count }) => [label, count])).toEqual([
      ['Received', 734_710],
      ['Failed on ingest', 44],
      ['Filtered at source', 0],
      ['Filtered at destination', 516_953],
      ['Failed delivery', 0],
      ['Delivered', 217_714],
    ]);
    expect(deliveryRate).toBe(1);
    expect(deliveredShare).toBeCloseTo(0.2963, 4);
    expect(steps[3]?.share).toBeCloseTo(0.7036, 4);
  });

  test('two mappings that each count an event overlap: the steps exceed what was received', () => {
    const two = [cell('successfully_received', 100), cell('successful_delivery', 90), cell('filtered_at_destination', 90)];
    expect(overviewOf(two).overlapping).toBe(true);
    expect(overviewOf([cell('successfully_received', 180), ...two.slice(1)]).overlapping).toBe(false);
  });
});

const reasonSum = (reasons: readonly OverviewReason[]) => reasons.reduce((total, reason) => total + reason.count, 0);
/** By another order, and with every count in pieces. */
const torn = (cells: readonly Cell[], order: readonly number[], cuts: readonly number[]): Cell[] =>
  cells
    .flatMap((whole, i) => {
      const part = (of: number) => Math.floor(of * (cuts[i % cuts.length] ?? 0));
      const first = { ...whole, count: part(whole.count), retried: part(whole.retried) };
      return [first, { ...whole, count: whole.count - first.count, retried: whole.retried - first.retried }];
    })
    .map((piece, i) => ({ piece, key: order[i % order.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ piece }) => piece);
const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });

describe('for any counts', () => {
  test('another order or counts in pieces never change a number', () => {
    fc.assert(
      fc.property(anyCells, fractions, fractions, (cells, order, cuts) => {
        expect(overviewOf(torn(cells, order, cuts))).toEqual(overviewOf(cells));
      }),
    );
  });

  test('shares are finite and never negative, and the reasons of a discard step add up to its count', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const { steps, deliveryRate, deliveredShare } = overviewOf(cells);
        const all = [deliveryRate, deliveredShare, ...steps.flatMap((s) => [s.share, ...s.reasons.map((r) => r.share)])];
        for (const share of all) expect(share === null || (Number.isFinite(share) && share >= 0)).toBe(true);
        expect(deliveryRate ?? 0).toBeLessThanOrEqual(1);
        for (const step of steps) expect(reasonSum(step.reasons)).toBe(step.role === 'discard' ? step.count : 0);
        expect(steps.map(({ step }) => step)).toEqual([...variantSteps.actions]);
      }),
    );
  });

  test('k times as many events everywhere keep every ratio', () => {
    fc.assert(
      fc.property(anyCells, fc.integer({ min: 2, max: 1_000 }), (cells, k) => {
        const ratios = (of: readonly Cell[]) => {
          const { steps, deliveryRate, deliveredShare, deliveryRateChange, deliveredShareChange } = overviewOf(of);
          const own = steps.flatMap((s) => [s.share, s.shareChange, s.countChange, ...s.reasons.map((r) => r.share)]);
          return [deliveryRate, deliveredShare, deliveryRateChange, deliveredShareChange, ...own];
        };
        const scaled = ratios(cells.map((c) => ({ ...c, count: c.count * k, retried: c.retried * k })));
        ratios(cells).forEach((ratio, i) => {
          if (ratio === null) expect(scaled[i]).toBeNull();
          else expect(Math.abs((scaled[i] ?? Number.NaN) - ratio)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(ratio)));
        });
      }),
    );
  });
});
