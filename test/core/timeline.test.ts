import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Period, periodUsed } from '../../src/core/delivery/period.ts';
import { DAY, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';
import { bucketFor, originOf, timeline } from '../../src/core/delivery/timeline.ts';
import type { TimelineCell } from '../../src/core/ports/stores.ts';
import { at, NOON } from './samples.ts';

const LONG_AGO = at('01T00:00:00');
const windowOf = (period: Period) => periodUsed(period, NOON, LONG_AGO).window;

describe('a bucket is', () => {
  test.each([
    ['10m', MINUTE],
    ['1h', MINUTE],
    ['24h', 30 * MINUTE],
    ['7d', HOUR],
    ['14d', HOUR],
  ] as const)('for %s short enough to see, long enough to draw', (name, bucket) => {
    expect(bucketFor(windowOf({ name }), true)).toBe(bucket);
  });

  test('a day for more than two weeks, and an hour at least where there are no minutes', () => {
    expect(bucketFor({ from: at('01T00:00:00'), to: at('16T00:00:00') }, true)).toBe(DAY);
    expect(bucketFor(windowOf({ name: '24h' }), false)).toBe(HOUR);
    expect(bucketFor({ from: at('01T00:00:00'), to: at('16T00:00:00') }, false)).toBe(DAY);
  });

  test('never so short that there are more than 400, nor so long that there are fewer than three hours in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * 1_440 }), fc.boolean(), (minutes, hasMinutes) => {
        const window = { from: LONG_AGO, to: plus(LONG_AGO, minutes * MINUTE) };
        const bucket = bucketFor(window, hasMinutes);
        expect(minutes / (bucket / MINUTE)).toBeLessThanOrEqual(400);
        if (hasMinutes && minutes >= 180) expect((minutes * MINUTE) / bucket).toBeGreaterThanOrEqual(12);
      }),
    );
  });
});

describe('a step over time', () => {
  const window: Window = { from: at('25T11:00:00'), to: at('25T11:05:00') };
  const cells: TimelineCell[] = [
    { part: 'now', bucket: 1, count: 5 },
    { part: 'now', bucket: 1, count: 2 },
    { part: 'before', bucket: 4, count: 9 },
  ];
  const values = (until: Date) => timeline(cells, window, MINUTE, until).points.map(({ value }) => value);

  test('has every bucket, with zero where nothing happened, and the same ones of the period before', () => {
    const { points, before } = timeline(cells, window, MINUTE, NOON);
    expect(points.map(({ at: time, value }) => [time.toISOString().slice(11, 16), value])).toEqual([
      ['11:00', 0],
      ['11:01', 7],
      ['11:02', 0],
      ['11:03', 0],
      ['11:04', 0],
    ]);
    expect(before).toEqual([0, 0, 0, 0, 9]);
  });

  test('has no value after the data’s end, but what came is shown', () => {
    expect(values(at('25T11:02:00'))).toEqual([0, 7, 0, null, null]);
    expect(values(at('25T10:00:00'))).toEqual([null, 7, null, null, null]);
  });

  test('begins with the whole hour or day that holds its start', () => {
    const odd = { from: at('20T10:20:00'), to: at('23T10:20:00') };
    expect(originOf(odd, 30 * MINUTE)).toEqual(odd.from);
    expect(originOf(odd, HOUR)).toEqual(at('20T10:00:00'));
    expect(originOf(odd, DAY)).toEqual(at('20T00:00:00'));
    expect(timeline([], odd, HOUR, NOON).points).toHaveLength(73);
  });

  test('counts the little more that the period before may touch with its last bucket', () => {
    // 15 days and 12 hours from 05:00: sixteen days are touched, but seventeen by the same time before.
    const odd = { from: at('05T05:00:00'), to: at('20T17:00:00') };
    const { points, before } = timeline([{ part: 'before', bucket: 16, count: 3 }], odd, DAY, NOON);
    expect([points.length, before.length, before.at(-1)]).toEqual([16, 16, 3]);
  });
});

const anyWindow = fc
  .tuple(fc.integer({ min: 0, max: 40 * 1_440 }), fc.integer({ min: 1, max: 40 * 1_440 }))
  .map(([start, length]): Window => {
    const from = plus(LONG_AGO, start * MINUTE);
    return { from, to: plus(from, length * MINUTE) };
  });
const events = fc.array(
  fc.record({ where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), count: fc.nat(1_000) }),
);

describe('for any window and events', () => {
  test('no event is lost or counted twice, every bucket is there, and only what lies after the data’s end is unknown', () => {
    fc.assert(
      fc.property(anyWindow, events, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (window, of, hasMinutes, told) => {
        const length = Number(window.to) - Number(window.from);
        const previous = { from: plus(window.from, -length), to: window.from };
        const bucket = bucketFor(window, hasMinutes);
        // As the store puts them, by the origins that the flow asks with.
        const cells = (part: TimelineCell['part'], { from }: Window): TimelineCell[] =>
          of.map(({ where, count }) => {
            const time = Math.floor((Number(from) + where * length) / MINUTE) * MINUTE;
            return { part, bucket: Math.floor((time - Number(originOf({ from, to: from }, bucket))) / bucket), count };
          });
        const until = plus(window.from, told * length);
        const { points, before } = timeline([...cells('now', window), ...cells('before', previous)], window, bucket, until);
        const sum = of.reduce((total, { count }) => total + count, 0);
        expect(points.reduce((total, { value }) => total + (value ?? 0), 0)).toBe(sum);
        expect(before.reduce((total, value) => total + value, 0)).toBe(sum);
        expect(before).toHaveLength(points.length);
        points.forEach(({ at: time, value }, i) => {
          expect(time).toEqual(plus(points[0]?.at ?? 0, i * bucket));
          expect(value === null ? time > until : time <= until || value > 0).toBe(true);
        });
        expect(points[0] && points[0].at <= window.from).toBe(true);
        expect(Number(points.at(-1)?.at) + bucket).toBeGreaterThanOrEqual(Number(window.to));
        expect(Number(points.at(-1)?.at)).toBeLessThan(Number(window.to));
      }),
    );
  });
});
