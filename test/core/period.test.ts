import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minutesFrom, parsePeriod, periodNames, periods, periodUsed, settledUntil } from '../../src/core/delivery/period.ts';
import { DAY, HOUR, MINUTE, MINUTES_KEPT } from '../../src/core/delivery/time.ts';
import { at, halfACharacter, NOON, refusal } from './samples.ts';

const LONG_AGO = at('01T00:00:00');
const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }).map((ms) => new Date(ms));
const span = (most: number) => fc.integer({ min: -most, max: most });

describe('the name of a period', () => {
  test.each(periodNames)('%s is one, in any case and with blanks around it', (name) => {
    expect(parsePeriod(` ${name.toUpperCase()} `)).toEqual({ name });
  });

  test.each(['', '2h', 'yesterday', '__proto__', 'constructor', '1h 24h', 'x'.repeat(5_000)])(
    '%s is none, and all are named',
    (text) => {
      const error = refusal(() => parsePeriod(text));
      expect(error).toMatchObject({ code: 'bad_period', suggestions: periodNames });
      expect(error.message).toContain('10m, 1h, 24h, 7d, 14d');
      expect(error.message.length).toBeLessThan(200);
    },
  );

  test('a long word is never cut inside a character', () => {
    expect(refusal(() => parsePeriod(`${'x'.repeat(63)}😀`)).message).not.toMatch(halfACharacter);
  });
});

describe('settled until', () => {
  test.each([
    ['the newest minute, where it is younger than two minutes', at('25T11:59:40'), at('25T11:59:00')],
    ['two minutes ago in whole minutes, where the newest row is older', at('25T11:40:00'), at('25T11:58:00')],
    ['two minutes ago in whole minutes, where nothing ever came', undefined, at('25T11:58:00')],
    ['now at most, where a sender is ahead of us', at('25T12:04:00'), at('25T12:00:00')],
  ])('is %s', (_, newest, settled) => {
    expect(settledUntil(newest, NOON)).toEqual(settled);
  });

  test('is a whole minute, never ahead of now and never more than three minutes behind it', () => {
    fc.assert(
      fc.property(moment, fc.option(span(DAY), { nil: undefined }), (now, away) => {
        const settled = Number(settledUntil(away === undefined ? undefined : new Date(Number(now) + away), now));
        expect(settled % MINUTE).toBe(0);
        expect(settled).toBeLessThanOrEqual(Number(now));
        expect(settled).toBeGreaterThan(Number(now) - 3 * MINUTE);
      }),
    );
  });
});

describe('the windows of a period', () => {
  test.each([
    ['10m', at('25T11:51:00'), at('25T12:01:00')],
    ['1h', at('25T11:01:00'), at('25T12:01:00')],
    ['24h', at('24T12:01:00'), at('25T12:01:00')],
    ['7d', at('18T12:00:00'), at('25T12:00:00')],
    ['14d', at('11T12:00:00'), at('25T12:00:00')],
  ] as const)('%s ends with the running minute, or at the last full hour', (name, from, to) => {
    expect(periodUsed({ name }, NOON, LONG_AGO).window).toEqual({ from, to });
  });

  test('on the very minute and hour, the minute that begins is the running one and the hour is full', () => {
    expect(periodUsed({ name: '10m' }, at('25T12:00:00'), LONG_AGO).window.to).toEqual(at('25T12:01:00'));
    expect(periodUsed({ name: '7d' }, at('25T12:00:00'), LONG_AGO).window.to).toEqual(at('25T12:00:00'));
  });

  test('where minutes are missing, whole hours are used', () => {
    expect(periodUsed({ name: '24h' }, NOON, at('24T00:00:00')).window).toEqual({
      from: at('24T12:00:00'),
      to: at('25T12:00:00'),
    });
    expect(periodUsed({ name: '10m' }, NOON, at('25T11:50:00')).window).toEqual({
      from: at('25T11:00:00'),
      to: at('25T12:00:00'),
    });
  });

  test('minutes are enough where the period before begins with the first of them', () => {
    const begins = at('23T12:01:00');
    expect(periodUsed({ name: '24h' }, NOON, begins).previous.from).toEqual(begins);
    expect(periodUsed({ name: '24h' }, NOON, new Date(Number(begins) + MINUTE)).window.to).toEqual(at('25T12:00:00'));
  });

  test('are two of equal length, one just before the other, on whole minutes or hours', () => {
    fc.assert(
      fc.property(fc.constantFrom(...periodNames), moment, span(30 * DAY), (name, now, away) => {
        const firstMinute = new Date(Number(now) + away);
        const { window, previous } = periodUsed({ name }, now, firstMinute);
        const length = Number(window.to) - Number(window.from);
        expect(previous.to).toEqual(window.from);
        expect(Number(previous.to) - Number(previous.from)).toBe(length);
        expect(Number(window.to)).toBeLessThanOrEqual(Number(now) + MINUTE);
        expect(Number(window.to)).toBeGreaterThan(Number(now) - HOUR);
        const whole = previous.from < firstMinute ? HOUR : MINUTE;
        for (const edge of [window.from, window.to, previous.from]) expect(Number(edge) % whole).toBe(0);
        expect(length).toBe(Math.max(periods[name].length, Number(window.to) <= Number(now) ? HOUR : 0));
      }),
    );
  });
});

describe('minutes exist', () => {
  test('from the oldest whole day that retention has not dropped', () => {
    expect(minutesFrom([], NOON)).toEqual(at('11T00:00:00'));
    expect(Number(NOON) - Number(minutesFrom([], NOON))).toBeLessThanOrEqual(MINUTES_KEPT);
  });

  test('only after what a back-fill wrote as hours, of whichever series', () => {
    const closed = [{ closedUntil: null }, { closedUntil: at('23T09:00:00') }, { closedUntil: at('20T00:00:00') }];
    expect(minutesFrom(closed, NOON)).toEqual(at('23T09:00:00'));
    expect(minutesFrom([{ closedUntil: at('01T00:00:00') }], NOON)).toEqual(at('11T00:00:00'));
  });
});
