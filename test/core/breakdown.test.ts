import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BreakdownRow, breakdownRows, storedForms } from '../../src/core/delivery/breakdown.ts';
import { normaliseReason } from '../../src/core/delivery/reasons.ts';
import type { BreakdownCell } from '../../src/core/ports/stores.ts';

const now = (count: number, keys: BreakdownCell['keys']): BreakdownCell => ({ part: 'now', keys, count });
const past = (count: number, keys: BreakdownCell['keys']): BreakdownCell => ({ part: 'before', keys, count });
const rowsOf = (cells: readonly BreakdownCell[], whole = { now: 1_000, before: 500 }) =>
  breakdownRows(cells, 'failed_delivery', whole);
const order = { eventName: 'Order Completed', eventType: 'track' };
const page = { eventName: '', eventType: 'page' };

describe('events of a step by name', () => {
  test('have their share of the first step and of this one, and what changed', () => {
    expect(rowsOf([now(60, order), now(20, page), past(10, order), past(5, page)])).toEqual([
      { keys: order, count: 60, share: 0.06, stepShare: 0.75, shareChange: 0.06 - 0.02, previousCount: 10, countChange: 5 },
      { keys: page, count: 20, share: 0.02, stepShare: 0.25, shareChange: 0.02 - 0.01, previousCount: 5, countChange: 3 },
    ]);
  });

  test('that are new have no change to tell, and those that have ended stay in sight, last', () => {
    const [fresh, ended] = rowsOf([now(5, order), past(7, page)]);
    expect(fresh).toMatchObject({ count: 5, previousCount: 0, countChange: null });
    expect(ended).toMatchObject({ count: 0, previousCount: 7, countChange: -1, stepShare: 0 });
  });

  test('are none where there are none, and have no shares where there is no whole', () => {
    expect(rowsOf([])).toEqual([]);
    expect(rowsOf([now(5, order)], { now: 0, before: 0 })).toMatchObject([{ share: null, shareChange: null, stepShare: 1 }]);
    expect(rowsOf([past(5, order)])).toMatchObject([{ stepShare: null }]);
  });

  test('have no reason’s facts', () => {
    expect(rowsOf([now(5, order)])[0]).not.toHaveProperty('remedy');
  });
});

describe('events of a step by reason', () => {
  test('are one row whether the code has a prefix or not, with what to do', () => {
    const cells = [
      now(3, { reason: '429' }),
      now(2, { reason: 'errors.awaiting-retry.429' }),
      past(4, { reason: 'errors.discarded.429' }),
    ];
    expect(rowsOf(cells)).toMatchObject([{ keys: { reason: '429' }, count: 5, previousCount: 4, known: true }]);
    expect(rowsOf(cells)[0]?.remedy).toMatch(/\S/);
  });

  test('without one are a row of their own, and a new code is told as such', () => {
    expect(rowsOf([now(3, { reason: '' }), now(2, { reason: 'NEVER_SEEN' })])).toMatchObject([
      { label: 'No reason given', known: true },
      { label: 'NEVER_SEEN', known: false, remedy: '' },
    ]);
  });

  test('are asked for in every form in which they may be stored, and only in those', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('429', 'errors.discarded.', 'constructor')), (code) => {
        fc.pre(normaliseReason(code).code === code);
        for (const stored of storedForms(code)) expect(normaliseReason(stored).code).toBe(code);
        expect(storedForms(code)).toContain(code);
      }),
    );
    expect(storedForms('429')).toEqual(['429', 'errors.discarded.429', 'errors.awaiting-retry.429']);
  });
});

const names = fc.constantFrom('', 'a', 'A', 'Order Completed', '__proto__', '{"a":1}', '429', 'errors.discarded.429');
const keys = fc.oneof(
  fc.record({ eventName: names, eventType: names }),
  fc.record({ appVersion: names }),
  fc.record({ reason: names }),
);
const cells = keys.chain((shape) => {
  const wanted = Object.keys(shape) as (keyof typeof shape)[];
  const like = fc.record(Object.fromEntries(wanted.map((key) => [key, names])));
  return fc.array(
    fc.record({ part: fc.constantFrom<BreakdownCell['part']>('now', 'before'), keys: like, count: fc.nat(1_000_000) }),
    { maxLength: 20 },
  );
});
const total = (of: readonly { count: number }[]) => of.reduce((sum, { count }) => sum + count, 0);
const partOf = (of: readonly BreakdownCell[], part: BreakdownCell['part']) => of.filter((cell) => cell.part === part);

describe('for any cells', () => {
  test('rows add up to the step, now and before, and their shares of it to one', () => {
    fc.assert(
      fc.property(cells, (of) => {
        const rows = rowsOf(of);
        expect(total(rows)).toBe(total(partOf(of, 'now')));
        expect(rows.reduce((sum, row) => sum + row.previousCount, 0)).toBe(total(partOf(of, 'before')));
        const shares = rows.map(({ stepShare }) => stepShare);
        if (total(rows) === 0) expect(shares.every((share) => share === null)).toBe(true);
        else expect(shares.reduce((sum: number, share) => sum + (share ?? Number.NaN), 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  test('each name stands once, most events first, in an order that does not depend on how cells came', () => {
    const told = (rows: readonly BreakdownRow[]) => rows.map((row) => JSON.stringify([row.keys, row.count, row.previousCount]));
    const mixed = cells.chain((of) => fc.tuple(fc.constant(of), fc.shuffledSubarray(of, { minLength: of.length })));
    fc.assert(
      fc.property(mixed, ([of, others]) => {
        const rows = rowsOf(of);
        expect(told(rowsOf(others))).toEqual(told(rows));
        expect(new Set(rows.map((row) => JSON.stringify(row.keys))).size).toBe(rows.length);
        rows.slice(1).forEach((row, i) => {
          expect(row.count).toBeLessThanOrEqual(rows[i]?.count ?? 0);
        });
      }),
    );
  });
});
