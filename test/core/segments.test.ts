import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Segment, segmentsOf } from '../../src/core/delivery/segments.ts';
import { floorTo, HOUR, MINUTE, type Window } from '../../src/core/delivery/time.ts';
import { at } from './samples.ts';

const NONE = new Set<number>();
const LONG_AGO = at('01T00:00:00');
const told = (segments: readonly Segment[]) =>
  segments.map(({ grain, from, to, provisional }) => {
    const clock = (time: Date) => time.toISOString().slice(11, 16);
    return `${grain} ${clock(from)}–${clock(to)}${provisional ? ' provisional' : ''}`;
  });

describe('a window is read', () => {
  test('as whole hours where it can be, as minutes at its ends', () => {
    const window = { from: at('25T08:20:00'), to: at('25T12:01:00') };
    expect(told(segmentsOf(window, NONE, LONG_AGO, at('25T11:58:00')))).toEqual([
      'minute 08:20–09:00',
      'hour 09:00–11:00',
      'minute 11:00–11:58',
      'minute 11:58–12:01 provisional',
    ]);
  });

  test('as minutes where an hour still has to be rolled up', () => {
    const window = { from: at('25T08:00:00'), to: at('25T11:00:00') };
    const owed = new Set([Number(at('25T09:00:00'))]);
    expect(told(segmentsOf(window, owed, LONG_AGO, at('25T11:58:00')))).toEqual([
      'hour 08:00–09:00',
      'minute 09:00–10:00',
      'hour 10:00–11:00',
    ]);
  });

  test('as hours before there were minutes, even if one of them is owed', () => {
    const window = { from: at('25T08:00:00'), to: at('25T10:00:00') };
    expect(told(segmentsOf(window, new Set([Number(window.from)]), at('25T09:00:00'), at('25T11:58:00')))).toEqual([
      'hour 08:00–10:00',
    ]);
  });

  test.each([
    ['inside one hour', at('25T08:10:00'), at('25T08:50:00'), ['minute 08:10–08:50']],
    ['from a full hour on', at('25T08:00:00'), at('25T08:10:00'), ['minute 08:00–08:10']],
    ['over the turn of an hour', at('25T08:50:00'), at('25T09:10:00'), ['minute 08:50–09:10']],
    ['without length', at('25T08:10:00'), at('25T08:10:00'), []],
  ])('as minutes %s', (_, from, to, expected) => {
    expect(told(segmentsOf({ from, to }, NONE, LONG_AGO, at('25T11:58:00')))).toEqual(expected);
  });
});

const START = Number(at('20T00:00:00'));
const minute = (most: number) => fc.integer({ min: 0, max: most }).map((n) => new Date(START + n * MINUTE));
const situation = fc
  .record({
    ends: fc.tuple(minute(3_000), minute(3_000)),
    provisionalFrom: minute(3_000),
    hoursOnly: fc.nat(50),
    owed: fc.array(fc.nat(50)),
  })
  .map(({ ends: [a, b], provisionalFrom, hoursOnly, owed }) => {
    // A back-fill never reaches into what is provisional.
    const minutesFrom = floorTo(HOUR, Math.min(START + hoursOnly * HOUR, Number(provisionalFrom)));
    // Where there are no minutes, a period has whole hours (periodUsed).
    const edge = (time: Date) => (time < minutesFrom ? floorTo(HOUR, time) : time);
    const window: Window = a < b ? { from: edge(a), to: edge(b) } : { from: edge(b), to: edge(a) };
    return { window, minutesFrom, provisionalFrom, owed: new Set(owed.map((n) => START + n * HOUR)) };
  });

describe('for any window', () => {
  test('segments cover it exactly once, in order, and never touch another of their kind', () => {
    fc.assert(
      fc.property(situation, ({ window, owed, minutesFrom, provisionalFrom }) => {
        const segments = segmentsOf(window, owed, minutesFrom, provisionalFrom);
        let reached = window.from;
        for (const [i, segment] of segments.entries()) {
          expect(segment.from).toEqual(reached);
          expect(segment.to > segment.from).toBe(true);
          const last = segments[i - 1];
          expect(last?.grain === segment.grain && last.provisional === segment.provisional).toBe(false);
          reached = segment.to;
        }
        expect(reached).toEqual(window.to);
      }),
    );
  });

  test('hours are whole, and rolled up and settled unless there are no minutes', () => {
    fc.assert(
      fc.property(situation, ({ window, owed, minutesFrom, provisionalFrom }) => {
        for (const { grain, from, to } of segmentsOf(window, owed, minutesFrom, provisionalFrom)) {
          for (let hour = Number(floorTo(HOUR, from)); hour < Number(to); hour += HOUR) {
            const withinWindow = hour >= Number(window.from) && hour + HOUR <= Number(window.to);
            const rolledUp = !owed.has(hour) && hour + HOUR <= Number(provisionalFrom);
            expect(grain).toBe(withinWindow && (hour < Number(minutesFrom) || rolledUp) ? 'hour' : 'minute');
          }
          if (grain === 'hour') expect([Number(from) % HOUR, Number(to) % HOUR]).toEqual([0, 0]);
        }
      }),
    );
  });

  test('exactly what is younger than settled-until is provisional', () => {
    fc.assert(
      fc.property(situation, ({ window, owed, minutesFrom, provisionalFrom }) => {
        for (const { from, to, provisional } of segmentsOf(window, owed, minutesFrom, provisionalFrom)) {
          expect(provisional ? from >= provisionalFrom : to <= provisionalFrom).toBe(true);
        }
      }),
    );
  });
});
