import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisPercent, compact, niceTicks, timeTicks } from '../../src/charts/scale.ts';

const minute = 60_000;
const day = 86_400_000;

describe('niceTicks', () => {
  test.each([
    [
      [0, 1_100, 1],
      [0, 500, 1_000, 1_500],
    ],
    [
      [0, 6_400, 1],
      [0, 2_000, 4_000, 6_000, 8_000],
    ],
    [
      [0, 1, 1],
      [0, 1],
    ],
    [
      [0, 3.3, 1],
      [0, 1, 2, 3, 4],
    ],
    [
      [0, 9, 1],
      [0, 2, 4, 6, 8, 10],
    ],
    [
      [0.912, 1, 0.01],
      [0.9, 0.92, 0.94, 0.96, 0.98, 1],
    ],
    [
      [-5, 40, 1],
      [-20, 0, 20, 40],
    ],
  ] as const)('%j: %j', ([low, high, least], ticks) => expect(niceTicks(low, high, least)).toEqual(ticks));

  const range = fc
    .tuple(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.double({ min: 1e-6, max: 1e15, noNaN: true }))
    .filter(([low, span]) => span > 1e-5 * Math.abs(low));

  test('are few, increasing, evenly apart by 1, 2, 2.5 or 5 times a power of ten, and hold the whole range', () => {
    fc.assert(
      fc.property(range, ([low, span]) => {
        const ticks = niceTicks(low, low + span);
        const [first = 0, second = 0] = ticks;
        const step = second - first;
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(first).toBeLessThanOrEqual(low + 1e-6 * span);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(low + span - 1e-6 * span);
        const leading = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
        expect([1, 2, 2.5, 5].some((factor) => Math.abs(leading - factor) < 1e-6)).toBe(true);
        for (const [index, tick] of ticks.entries()) expect(Math.abs(tick - first - index * step)).toBeLessThan(1e-6 * step);
      }),
    );
  });

  test('counts have whole ticks with labels that differ', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (most) => {
        const ticks = niceTicks(0, most, 1);
        expect(ticks.every(Number.isInteger)).toBe(true);
        expect(new Set(ticks.map(compact)).size).toBe(ticks.length);
      }),
    );
  });
});

describe('timeTicks', () => {
  const from = Date.UTC(2025, 10, 24, 10, 3);
  const labels = (span: number): string[] => timeTicks(from, from + span, 12).map(({ label }) => label);

  test('minutes', () => expect(labels(30 * minute).slice(0, 3)).toEqual(['10:05', '10:10', '10:15']));
  test('hours, and where a day begins its date', () => {
    expect(labels(day)).toEqual(
      '12:00 14:00 16:00 18:00 20:00 22:00 25_Nov 02:00 04:00 06:00 08:00 10:00'.replace('_', ' ').split(/ (?!Nov)/),
    );
  });
  test('days', () => expect(labels(7 * day)).toEqual([25, 26, 27, 28, 29, 30].map((at) => `${at} Nov`).concat('1 Dec')));
  test('weeks from Monday', () => expect(labels(30 * day)).toEqual(['1 Dec', '8 Dec', '15 Dec', '22 Dec']));
  test('the year where it may change', () => expect(labels(3 * 365 * day)[0]).toMatch(/^\d+ \w{3} 20\d\d$/));

  test('are round, increasing, inside and few', () => {
    const moment = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2200, 0) });
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: minute, max: 100 * 365 * day }),
        fc.integer({ min: 3, max: 15 }),
        (start, span, most) => {
          const ticks = timeTicks(start, start + span, most);
          const steps = new Set(ticks.slice(1).map(({ at }, index) => at - (ticks[index]?.at ?? 0)));
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(steps.size).toBeLessThanOrEqual(1);
          for (const { at } of ticks) expect(at % minute === 0 && at >= start && at <= start + span).toBe(true);
          for (const step of steps) expect(step > 0 && (day % step === 0 || step % day === 0)).toBe(true);
        },
      ),
    );
  });
});

test.each([
  [0, '0'],
  [500, '500'],
  [1_200, '1.2 k'],
  [2_000_000, '2 M'],
  [999_999, '1 M'],
  [1_234_567, '1.235 M'],
  [7.5e12, '7.5 T'],
  [-2_500, '-2.5 k'],
])('compact: %d is %s', (value, text) => expect(compact(value)).toBe(text));

test.each([
  [0.92, 0.02, '92 %'],
  [1, 0.005, '100.0 %'],
  [0.9925, 0.0025, '99.25 %'],
  [0.3, 0.1, '30 %'],
])('percent: %d in steps of %d is %s', (fraction, step, text) => expect(axisPercent(fraction, step)).toBe(text));
