import { cited, UserError } from '../errors.ts';
import { ceilTo, DAY, earlier, floorTo, HOUR, HOURS_KEPT, later, MINUTE, MINUTES_KEPT, plus, type Window } from './time.ts';

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
/** A named period, or a window of one's own. */
export type Period = { name: PeriodName } | Window;
export const defaultPeriod: Period = { name: '24h' };

const day = /^\d{4}-\d\d-\d\d$/;
const dayAndTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$/;

/** Date.parse moves 30 February to March. */
const isOnCalendar = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

/** A time as people type it; UTC unless it names a zone. NaN for anything else. */
function instantOf(text: string): number {
  if (!isOnCalendar(text.slice(0, 10))) return Number.NaN;
  if (day.test(text)) return Date.parse(`${text}T00:00:00Z`);
  if (!dayAndTime.test(text)) return Number.NaN;
  const iso = text.replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

/** "2026-11-20..2026-11-22" holds all of the 22nd; a time of day is where the window ends. */
function customPeriod(text: string): Window | undefined {
  const [first, last, more] = text.split('..').map((end) => end.trim());
  if (first === undefined || last === undefined || more !== undefined) return undefined;
  const to = instantOf(last) + (day.test(last) ? DAY : 0);
  return makeWindow(instantOf(first), to);
}

/** A window of one's own, in whole minutes: forwards, at least a minute, at most as long as hours are kept. */
export function makeWindow(from: number, to: number): Window | undefined {
  if (!(to - from >= MINUTE)) return undefined;
  const window = { from: floorTo(MINUTE, from), to: ceilTo(MINUTE, to) };
  return Number(window.to) - Number(window.from) <= HOURS_KEPT ? window : undefined;
}

/** Throws `bad_period`, naming what is accepted. */
export function parsePeriod(text: string): Period {
  const name = text.trim().toLowerCase();
  if (Object.hasOwn(periods, name)) return { name: name as PeriodName };
  const custom = customPeriod(text.trim());
  if (custom) return custom;
  const accepted = `${periodNames.join(', ')}, or from..to in UTC: 2026-11-20..2026-11-22 or 2026-11-20T10:00..2026-11-20T12:00`;
  throw new UserError('bad_period', `“${cited(text)}” is not a period. Use one of ${accepted}.`, { suggestions: periodNames });
}

/** What `parsePeriod` reads back. */
export const periodText = (period: Period): string =>
  'name' in period ? period.name : `${period.from.toISOString().slice(0, 16)}Z..${period.to.toISOString().slice(0, 16)}Z`;

/** "Last 24 hours": a name for the list. What a window of one's own is, its edges say (`whenOf`). */
export const periodLabel = (period: Period): string => ('name' in period ? periods[period.name].label : 'A period of your own');

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
 * The windows of a period. 10m, 1h and 24h end with the running minute; 7d and 14d at the last full hour; a window of one's own
 * never reaches beyond the running minute. Where an edge lies before `minutesFrom` (the time from which this pipeline has minute
 * rows), the whole period is moved to full hours, so that both windows stay exact and of equal length.
 */
export function periodUsed(period: Period, now: Date, minutesFrom: Date): PeriodUsed {
  const minuteEnd = plus(floorTo(MINUTE, now), MINUTE);
  const window =
    'name' in period ? namedWindow(period.name, minuteEnd, now, minutesFrom) : ownWindow(period, minuteEnd, minutesFrom);
  return { window, previous: { from: plus(window.from, Number(window.from) - Number(window.to)), to: window.from } };
}

function namedWindow(name: PeriodName, minuteEnd: Date, now: Date, minutesFrom: Date): Window {
  const { length, unit } = periods[name];
  if (unit === MINUTE && plus(minuteEnd, -2 * length) >= minutesFrom) return { from: plus(minuteEnd, -length), to: minuteEnd };
  const to = floorTo(HOUR, now);
  return { from: plus(to, -Math.max(length, HOUR)), to };
}

function ownWindow({ from, to }: Window, minuteEnd: Date, minutesFrom: Date): Window {
  const [start, end] = [floorTo(MINUTE, from), earlier(ceilTo(MINUTE, to), minuteEnd)];
  if (start >= end) throw new UserError('bad_period', 'This period has not begun yet. Choose one that lies before now.');
  const previousStart = plus(start, Number(start) - Number(end));
  if (previousStart >= minutesFrom) return { from: start, to: end };
  const unit = previousStart >= plus(minuteEnd, DAY - HOURS_KEPT) ? HOUR : DAY;
  // The unit that still runs is left out, as in a named period.
  const last = earlier(ceilTo(unit, end), floorTo(unit, minuteEnd));
  return { from: earlier(floorTo(unit, start), plus(last, -unit)), to: last };
}

/** From when on a pipeline has minute rows: retention drops whole days, and a back-fill writes hours only. */
export const minutesFrom = (series: readonly { closedUntil: Date | null }[], now: Date): Date =>
  series.reduce((from, s) => (s.closedUntil ? later(from, s.closedUntil) : from), floorTo(DAY, plus(now, DAY - MINUTES_KEPT)));
