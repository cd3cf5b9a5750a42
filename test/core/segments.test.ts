import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Grain, type Segment, segmentsOf, type Tables } from '../../src/core/delivery/segments.ts';
import { DAY, floorTo, HOUR, MINUTE, type Window } from '../../src/core/delivery/time.ts';
import { at } from './samples.ts';

const NONE = new Set<number>();
const tables = (more: Partial<Tables> = {}): Tables => ({
  owedHours: NONE,
  owedDays: NONE,
  minutesFrom: at('01T00:00:00'),
  hoursFrom: at('01T00:00:00'),
  provisionalFrom: at('25T11:58:00'),
  ...more,
});
const starts = (...times: Date[]) => new Set(times.map(Number));
const told = (segments: readonly Segment[], from = 11) =>
  segments.map((segment) => {
    const clock = (time: Date) => time.toISOString().slice(from, 16);
    return `${segment.grain} ${clock(segment.from)}–${clock(segment.to)}${segment.provisional ? ' provisional' : ''}`;
  });
const toldDays = (segments: readonly Segment[]) => told(segments, 8);

describe('a window is read', () => {
  test('as whole hours where it can be, as minutes at its ends', () => {
    const window = { from: at('25T08:20:00'), to: at('25T12:01:00') };
    expect(told(segmentsOf(window, tables()))).toEqual([
      'minute 08:20–09:00',
      'hour 09:00–11:00',
      'minute 11:00–11:58',
      'minute 11:58–12:01 provisional',
    ]);
  });

  test('as minutes where an hour still has to be rolled up', () => {
    const window = { from: at('25T08:00:00'), to: at('25T11:00:00') };
    expect(told(segmentsOf(window, tables({ owedHours: starts(at('25T09:00:00')) })))).toEqual([
      'hour 08:00–09:00',
      'minute 09:00–10:00',
      'hour 10:00–11:00',
    ]);
  });

  test('as hours before there were minutes, even if one of them is owed', () => {
    const window = { from: at('25T08:00:00'), to: at('25T10:00:00') };
    const known = tables({ owedHours: starts(window.from), minutesFrom: at('25T09:00:00') });
    expect(told(segmentsOf(window, known))).toEqual(['hour 08:00–10:00']);
  });

  test.each([
    ['inside one hour', at('25T08:10:00'), at('25T08:50:00'), ['minute 08:10–08:50']],
    ['from a full hour on', at('25T08:00:00'), at('25T08:10:00'), ['minute 08:00–08:10']],
    ['over the turn of an hour', at('25T08:50:00'), at('25T09:10:00'), ['minute 08:50–09:10']],
    ['without length', at('25T08:10:00'), at('25T08:10:00'), []],
  ])('as minutes %s', (_, from, to, expected) => {
    expect(told(segmentsOf({ from, to }, tables()))).toEqual(expected);
  });

  const days = { from: at('20T22:30:00'), to: at('24T01:00:00') };

  test('as whole days in between', () => {
    expect(toldDays(segmentsOf(days, tables()))).toEqual([
      'minute 20T22:30–20T23:00',
      'hour 20T23:00–21T00:00',
      'day 21T00:00–24T00:00',
      'hour 24T00:00–24T01:00',
    ]);
  });

  test('as hours on a day that is owed, and as minutes in an hour that is: its day is stale as well', () => {
    const owed = { owedDays: starts(at('21T00:00:00')), owedHours: starts(at('23T07:00:00')) };
    expect(toldDays(segmentsOf({ ...days, from: at('21T00:00:00'), to: at('24T00:00:00') }, tables(owed)))).toEqual([
      'hour 21T00:00–22T00:00',
      'day 22T00:00–23T00:00',
      'hour 23T00:00–23T07:00',
      'minute 23T07:00–23T08:00',
      'hour 23T08:00–24T00:00',
    ]);
  });

  test('not as the day that still runs, nor as one that has just ended and may get late events', () => {
    const window = { from: at('24T00:00:00'), to: at('26T00:00:00') };
    const grains = (provisionalFrom: Date) => segmentsOf(window, tables({ provisionalFrom })).map(({ grain }) => grain);
    expect(grains(at('25T23:58:00'))).toEqual(['day', 'hour', 'minute', 'minute']);
    expect(grains(at('24T23:58:00'))).toEqual(['hour', 'minute', 'minute']);
    expect(grains(at('26T00:00:00'))).toEqual(['day']);
  });

  test('as days where hours are no longer kept, whatever is owed', () => {
    const window = { from: at('20T00:00:00'), to: at('23T00:00:00') };
    const owed = { owedDays: starts(at('21T00:00:00')), owedHours: starts(at('21T07:00:00')) };
    const old = { minutesFrom: at('23T00:00:00'), hoursFrom: at('22T00:00:00') };
    expect(toldDays(segmentsOf(window, tables({ ...owed, ...old })))).toEqual(['day 20T00:00–23T00:00']);
  });

  test('no coarser than asked for', () => {
    const window = { from: at('22T00:00:00'), to: at('24T00:00:00') };
    const as = (coarsest: Grain) => toldDays(segmentsOf(window, tables(), coarsest));
    expect(as('day')).toEqual(['day 22T00:00–24T00:00']);
    expect(as('hour')).toEqual(['hour 22T00:00–24T00:00']);
    expect(as('minute')).toEqual(['minute 22T00:00–24T00:00']);
  });
});

const START = Number(at('20T00:00:00'));
const SPAN = 6 * 1_440;
const minute = fc.oneof(
  fc.nat(SPAN).map((n) => new Date(START + n * MINUTE)),
  fc.nat(6).map((n) => new Date(START + n * DAY)),
);
const situation = fc
  .record({
    ends: fc.tuple(minute, minute),
    provisionalFrom: minute,
    hoursOnly: fc.nat(144),
    daysOnly: fc.nat(6),
    owedHours: fc.array(fc.nat(144), { maxLength: 5 }),
    owedDays: fc.array(fc.nat(6), { maxLength: 2 }),
    coarsest: fc.constantFrom<Grain>('minute', 'hour', 'day'),
  })
  .map(({ ends: [a, b], provisionalFrom, hoursOnly, daysOnly, owedHours, owedDays, coarsest }) => {
    // A back-fill never reaches into what is provisional, and hours outlive minutes.
    const minutesFrom = floorTo(HOUR, Math.min(START + hoursOnly * HOUR, Number(provisionalFrom)));
    const hoursFrom = floorTo(DAY, Math.min(START + daysOnly * DAY, Number(minutesFrom)));
    // Where there are no minutes, a period has whole hours, and where there are no hours, whole days (periodUsed).
    const edge = (time: Date) => (time < hoursFrom ? floorTo(DAY, time) : time < minutesFrom ? floorTo(HOUR, time) : time);
    const window: Window = a < b ? { from: edge(a), to: edge(b) } : { from: edge(b), to: edge(a) };
    const known: Tables = {
      owedHours: new Set(owedHours.map((n) => START + n * HOUR)),
      owedDays: new Set(owedDays.map((n) => START + n * DAY)),
      minutesFrom,
      hoursFrom,
      provisionalFrom,
    };
    return { window, known, coarsest };
  });

describe('for any window', () => {
  test('segments cover it exactly once, in order, and never touch another of their kind', () => {
    fc.assert(
      fc.property(situation, ({ window, known, coarsest }) => {
        const segments = segmentsOf(window, known, coarsest);
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

  test('every hour is read from the coarsest table that has it exactly', () => {
    fc.assert(
      fc.property(situation, ({ window, known, coarsest }) => {
        const { owedHours, owedDays, minutesFrom, hoursFrom, provisionalFrom } = known;
        const isIn = (start: number, length: number) => start >= Number(window.from) && start + length <= Number(window.to);
        const isSettled = (start: number, length: number) => start + length <= Number(provisionalFrom);
        const grainOf = (hour: number): Grain => {
          const day = Number(floorTo(DAY, hour));
          const hoursOwed = [...owedHours].some((owed) => owed >= day && owed < day + DAY);
          const isDayExact = day < Number(hoursFrom) || (!owedDays.has(day) && !hoursOwed && isSettled(day, DAY));
          if (coarsest === 'day' && isIn(day, DAY) && isDayExact) return 'day';
          const isHourExact = hour < Number(minutesFrom) || (!owedHours.has(hour) && isSettled(hour, HOUR));
          return coarsest !== 'minute' && isIn(hour, HOUR) && isHourExact ? 'hour' : 'minute';
        };
        for (const { grain, from, to } of segmentsOf(window, known, coarsest)) {
          for (let hour = Number(floorTo(HOUR, from)); hour < Number(to); hour += HOUR) expect(grain).toBe(grainOf(hour));
          const unit = { minute: MINUTE, hour: HOUR, day: DAY }[grain];
          expect([Number(from) % unit, Number(to) % unit]).toEqual([0, 0]);
        }
      }),
    );
  });

  test('exactly what is younger than settled-until is provisional, where there are minutes', () => {
    fc.assert(
      fc.property(situation, ({ window, known, coarsest }) => {
        for (const { grain, from, to, provisional } of segmentsOf(window, known, coarsest)) {
          if (provisional) expect(from >= known.provisionalFrom).toBe(true);
          else if (grain === 'minute' || from >= known.minutesFrom) expect(to <= known.provisionalFrom).toBe(true);
        }
      }),
    );
  });
});
