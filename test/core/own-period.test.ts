import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { during, whenOf } from '../../src/core/cards/format.ts';
import { makeWindow, type Period, parsePeriod, periodText, periodUsed } from '../../src/core/delivery/period.ts';
import { DAY, HOUR, HOURS_KEPT, MINUTE, type Window } from '../../src/core/delivery/time.ts';
import { at, NOON, refusal } from './samples.ts';

const LONG_AGO = at('01T00:00:00');
const windowOf = (text: string): Window => parsePeriod(text) as Window;
const used = (text: string, minutesFrom = LONG_AGO, now = NOON) => periodUsed(parsePeriod(text), now, minutesFrom);

describe('a window of one’s own', () => {
  test.each([
    ['whole days, the last one included', '2026-11-20..2026-11-22', at('20T00:00:00'), at('23T00:00:00')],
    ['one day', '2026-11-20..2026-11-20', at('20T00:00:00'), at('21T00:00:00')],
    ['times of day in UTC', '2026-11-20T10:00..2026-11-20T12:00', at('20T10:00:00'), at('20T12:00:00')],
    ['a blank for the T, and blanks around', ' 2026-11-20 10:00 .. 2026-11-20 12:00 ', at('20T10:00:00'), at('20T12:00:00')],
    ['a day and a time', '2026-11-20..2026-11-22T06:30', at('20T00:00:00'), at('22T06:30:00')],
    ['a time and a day', '2026-11-20T10:00..2026-11-22', at('20T10:00:00'), at('23T00:00:00')],
    ['a zone', '2026-11-20T10:00+02:00..2026-11-20T12:00-01:00', at('20T08:00:00'), at('20T13:00:00')],
    ['one zone', '2026-11-20T10:00Z..2026-11-20T12:00+01:00', at('20T10:00:00'), at('20T11:00:00')],
    ['seconds: every minute touched', '2026-11-20T10:00:59..2026-11-20T12:00:01', at('20T10:00:00'), at('20T12:01:00')],
    ['a leap day', '2028-02-28..2028-02-29', new Date('2028-02-28T00:00:00Z'), new Date('2028-03-01T00:00:00Z')],
  ])('is read from %s', (_, text, from, to) => {
    expect(windowOf(text)).toEqual({ from, to });
  });

  test.each([
    ['backwards', '2026-11-22..2026-11-20'],
    ['without length', '2026-11-20T10:00..2026-11-20T10:00'],
    ['under a minute', '2026-11-20T10:00:20..2026-11-20T10:00:40'],
    ['longer than hours are kept', '2025-10-20..2026-11-24'],
    ['of days that do not exist', '2026-02-01..2026-02-30'],
    ['that begins on one', '2026-02-29..2026-03-02'],
    ['of a 13th month', '2026-13-01..2026-13-02'],
    ['of a 25th hour', '2026-11-20T25:00..2026-11-21T10:00'],
    ['without an end', '2026-11-20..'],
    ['without a beginning', '..2026-11-20'],
    ['with three ends', '2026-11-20..2026-11-21..2026-11-22'],
    ['with a name in it', '24h..2026-11-22'],
    ['in another order', '22.11.2026..23.11.2026'],
    ['with only a minus', '2026-11-20-2026-11-22'],
  ])('%s is none', (_, text) => {
    expect(refusal(() => parsePeriod(text))).toMatchObject({ code: 'bad_period' });
    expect(refusal(() => parsePeriod(text)).message).toContain('from..to in UTC: 2026-11-20..2026-11-22');
  });

  test('may be as long as hours are kept', () => {
    const { from, to } = windowOf('2025-10-21..2026-11-24');
    expect(Number(to) - Number(from)).toBe(HOURS_KEPT);
  });

  test('reads as its edges in a title and in a sentence; a named one by its name', () => {
    const own = parsePeriod('2026-11-20..2026-11-22');
    expect(whenOf(own)).toBe('20 Nov 00:00 – 23 Nov 00:00 UTC');
    expect(`no events ${during(own)}`).toBe('no events from 20 Nov 00:00 to 23 Nov 00:00 UTC');
    expect(`no events ${during({ name: '1h' })}`).toBe('no events in the last hour');
  });
});

describe('what is used of it', () => {
  test('is all of it, to the minute, where there are minutes', () => {
    const { window, previous } = used('2026-11-20T10:07..2026-11-20T12:08');
    expect(window).toEqual({ from: at('20T10:07:00'), to: at('20T12:08:00') });
    expect(previous).toEqual({ from: at('20T08:06:00'), to: at('20T10:07:00') });
  });

  test('ends with the running minute, as named periods do', () => {
    expect(used('2026-11-25..2026-11-25').window).toEqual({ from: at('25T00:00:00'), to: at('25T12:01:00') });
    expect(used('2026-11-25T12:00..2026-11-30').window).toEqual({ from: at('25T12:00:00'), to: at('25T12:01:00') });
  });

  test.each(['2026-11-26..2026-11-27', '2026-11-25T12:01..2026-11-25T13:00', '9999-12-30..9999-12-31'])(
    'is nothing before it has begun: %s',
    (text) => {
      expect(refusal(() => used(text))).toMatchObject({
        code: 'bad_period',
        message: 'This period has not begun yet. Choose one that lies before now.',
      });
    },
  );

  test('is whole hours where the period before lies before the first minutes', () => {
    const { window, previous } = used('2026-11-20T10:07..2026-11-20T12:08', at('20T08:07:00'));
    expect(window).toEqual({ from: at('20T10:00:00'), to: at('20T13:00:00') });
    expect(previous).toEqual({ from: at('20T07:00:00'), to: at('20T10:00:00') });
  });

  test('is whole days where hours are no longer kept', () => {
    const { window } = used('2025-11-20T10:07..2025-11-22T12:08', at('11T00:00:00'));
    expect(window.from.toISOString()).toBe('2025-11-20T10:00:00.000Z');
    const old = used('2025-01-20T10:07..2025-01-22T12:08', at('11T00:00:00'));
    expect(old.window).toEqual({ from: new Date('2025-01-20'), to: new Date('2025-01-23') });
    expect(old.previous.from).toEqual(new Date('2025-01-17'));
  });

  test('leaves out the hour that still runs, and is one hour at least', () => {
    expect(used('2026-11-10..2026-11-25', at('20T00:00:00')).window.to).toEqual(at('25T12:00:00'));
    expect(used('2026-11-25T12:00..2026-11-25T13:00', at('25T12:00:00')).window).toEqual({
      from: at('25T11:00:00'),
      to: at('25T12:00:00'),
    });
  });
});

const moment = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) });
const length = fc.oneof(
  fc.integer({ min: MINUTE, max: 3 * HOUR }),
  fc.integer({ min: MINUTE, max: 40 * DAY }),
  fc.integer({ min: MINUTE, max: HOURS_KEPT - MINUTE }),
);

describe('for any window', () => {
  test('what a card’s select says is read back as the same', () => {
    fc.assert(
      fc.property(moment, length, (from, long) => {
        const period = makeWindow(from, from + long) as Period;
        expect(parsePeriod(periodText(period))).toEqual(period);
      }),
    );
  });

  test('both windows are equally long, one just before the other, whole units, and never past the running minute', () => {
    fc.assert(
      fc.property(moment, length, fc.integer({ min: 0, max: 500 * DAY }), fc.nat(40 * DAY), (from, long, since, minutes) => {
        const now = new Date(from + since);
        const firstMinute = new Date(Number(now) - minutes);
        const own = makeWindow(from, from + long) as Window;
        const { window, previous } = periodUsed(own, now, firstMinute);
        expect(previous.to).toEqual(window.from);
        expect(Number(previous.to) - Number(previous.from)).toBe(Number(window.to) - Number(window.from));
        expect(window.from < window.to).toBe(true);
        expect(Number(window.to)).toBeLessThanOrEqual(Number(now) + MINUTE);
        const isOld = Number(previous.from) < Number(now) - HOURS_KEPT;
        const unit = isOld ? DAY : previous.from < firstMinute ? HOUR : MINUTE;
        for (const edge of [window.from, window.to, previous.from]) expect(Number(edge) % unit).toBe(0);
        // What was asked for is in it, but for what has not come to its end.
        const wanted = Math.min(Number(own.to), Math.floor(Number(now) / DAY) * DAY);
        if (wanted > Number(own.from)) expect(window.from <= own.from && Number(window.to) >= wanted).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
