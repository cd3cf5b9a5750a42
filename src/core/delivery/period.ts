import { cited, UserError } from '../errors.ts';
import { DAY, earlier, floorTo, HOUR, later, MINUTE, MINUTES_KEPT, plus, type Window } from './time.ts';

/** The periods people know from Segment, by the name used in commands and in the API. */
export const periods = {
  '10m': { label: 'Last 10 minutes', length: 10 * MINUTE, unit: MINUTE },
  '1h': { label: 'Last hour', length: HOUR, unit: MINUTE },
  '24h': { label: 'Last 24 hours', length: DAY, unit: MINUTE },
  '7d': { label: 'Last 7 days', length: 7 * DAY, unit: HOUR },
  '14d': { label: 'Last 14 days', length: 14 * DAY, unit: HOUR },
} as const;

export type PeriodName = keyof typeof periods;
export const periodNames = Object.keys(periods) as PeriodName[];
export const defaultPeriod: PeriodName = '24h';

/** Throws `bad_period`, naming what is accepted. */
export function parsePeriod(text: string): PeriodName {
  const name = text.trim().toLowerCase();
  if (Object.hasOwn(periods, name)) return name as PeriodName;
  throw new UserError('bad_period', `“${cited(text)}” is not a period. Use one of ${periodNames.join(', ')}.`, {
    suggestions: periodNames,
  });
}

/**
 * Up to when pushed data is taken as complete: the start of the newest row's minute, or now − 2 min in whole minutes,
 * whichever is later, never ahead of now.
 */
export function settledUntil(newest: Date | undefined, now: Date): Date {
  const waited = floorTo(MINUTE, plus(now, -2 * MINUTE));
  return newest ? earlier(later(floorTo(MINUTE, newest), waited), floorTo(MINUTE, now)) : waited;
}

export interface PeriodUsed {
  window: Window;
  /** The period of equal length just before. */
  previous: Window;
}

/**
 * The windows of a named period. 10m, 1h and 24h end with the running minute; 7d and 14d at the last full hour.
 * Where an edge lies before `minutesFrom` (the time from which this pipeline has minute rows), the whole period is moved to
 * full hours, so that both windows stay exact and of equal length.
 */
export function periodUsed(name: PeriodName, now: Date, minutesFrom: Date): PeriodUsed {
  const { length, unit } = periods[name];
  const minuteEnd = plus(floorTo(MINUTE, now), MINUTE);
  const hasMinutes = unit === MINUTE && plus(minuteEnd, -2 * length) >= minutesFrom;
  const to = hasMinutes ? minuteEnd : floorTo(HOUR, now);
  const from = plus(to, -Math.max(length, hasMinutes ? length : HOUR));
  return { window: { from, to }, previous: { from: plus(from, Number(from) - Number(to)), to: from } };
}

/** From when on a pipeline has minute rows: retention drops whole days, and a back-fill writes hours only. */
export const minutesFrom = (series: readonly { closedUntil: Date | null }[], now: Date): Date =>
  series.reduce((from, s) => (s.closedUntil ? later(from, s.closedUntil) : from), floorTo(DAY, plus(now, DAY - MINUTES_KEPT)));
