import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrow, changeOf, count, counted, percent, points, range } from '../../src/core/cards/format.ts';
import { at } from './samples.ts';

describe('counts', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [734_710, '734,710'],
    [Number.MAX_SAFE_INTEGER, '9,007,199,254,740,991'],
    [12.5, '12.5'],
  ])('%d is written %s', (value, text) => {
    expect(count(value)).toBe(text);
  });
});

test('one event is not many', () => {
  expect([0, 1, 1_200].map((n) => counted(n, 'events'))).toEqual(['0 events', '1 event', '1,200 events']);
  expect(counted(1, 'syncs')).toBe('1 sync');
});

describe('percentages', () => {
  test.each([
    [null, '–'],
    [0, '0.0 %'],
    [-0, '0.0 %'],
    [1, '100.0 %'],
    [0.776, '77.6 %'],
    [0.000_000_1, '< 0.01 %'],
    [0.000_1, '0.01 %'],
    [0.000_4, '0.04 %'],
    [0.000_6, '0.1 %'],
    [0.999_4, '99.9 %'],
    [0.999_6, '99.96 %'],
    [0.999_9, '99.99 %'],
    [0.999_95, '> 99.99 %'],
    [2, '200.0 %'],
    [9.999_6, '1,000.0 %'],
    [12.345, '1,234.5 %'],
  ])('%d is written %s', (fraction, text) => {
    expect(percent(fraction)).toBe(text);
  });

  test('never look perfect, or like nothing, unless they are exactly that', () => {
    const between = fc.double({ min: Number.MIN_VALUE, max: 1 - Number.EPSILON / 2, noNaN: true });
    const nearOne = fc
      .double({ min: 0, max: 0.01, minExcluded: true, noNaN: true })
      .map((gap) => Math.min(1 - gap, 1 - Number.EPSILON / 2));
    fc.assert(
      fc.property(fc.oneof(between, nearOne), (fraction) => {
        expect(percent(fraction)).not.toMatch(/^(100(\.0+)?|0(\.0+)?) %$/);
      }),
    );
  });

  test('say the number they stand for, to a tenth of a percent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (fraction) => {
        const said = Number(percent(fraction).replace(/[<>,% ]/g, ''));
        expect(Math.abs(said - fraction * 100)).toBeLessThanOrEqual(0.051);
      }),
    );
  });
});

describe('changes', () => {
  test.each([
    [null, 'new', '–'],
    [0, '±0 %', '±0 pp'],
    [-0, '±0 %', '±0 pp'],
    [0.477, '+47.7 %', '+47.7 pp'],
    [-0.021, '−2.1 %', '−2.1 pp'],
    [0.000_1, '+0.01 %', '+0.01 pp'],
    [-0.000_4, '−0.04 %', '−0.04 pp'],
    [0.000_04, '±0 %', '±0 pp'],
    [9.999_6, '+1,000.0 %', '+1,000.0 pp'],
    [-9.999_6, '−1,000.0 %', '−1,000.0 pp'],
    [12.345, '+1,234.5 %', '+1,234.5 pp'],
    [1e12, '+100,000,000,000,000.0 %', '+100,000,000,000,000.0 pp'],
  ])('%d is written %s as a change, %s in points', (change, text, pointsText) => {
    expect(changeOf(change)).toBe(text);
    expect(points(change)).toBe(pointsText);
  });

  test('always have the sign of what happened, and whole groups of three', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e18, max: 1e18, noNaN: true }), (change) => {
        const still = Math.abs(change) < 0.000_05;
        const sign = change > 0 ? '\\+' : '−';
        expect(changeOf(change)).toMatch(still ? /^±0 %$/ : new RegExp(`^${sign}\\d{1,3}(,\\d{3})*\\.\\d\\d? %$`));
        expect(arrow(change)).toBe(still ? '' : change > 0 ? '▲ ' : '▼ ');
      }),
    );
  });

  test('something new points up', () => {
    expect(arrow(null)).toBe('▲ ');
  });
});

test('a range names both ends and its zone', () => {
  expect(range(at('24T10:05:00'), at('25T00:00:00'))).toBe('24 Nov 10:05 – 25 Nov 00:00 UTC');
});
