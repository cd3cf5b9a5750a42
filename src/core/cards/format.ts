import { type Period, periodLabel } from '../delivery/period.ts';

/** Numbers and times as people read them. Exact counts: card, figure and JSON agree to the last digit. */

const numbers = (digits: number, most = digits) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: most, signDisplay: 'negative' });
const wholes = numbers(0, 3);
const tenths = numbers(1);
const hundredths = numbers(2);

export const count = (value: number): string => wholes.format(value);

/** "1 sync", "1,200 events". */
export const counted = (value: number, unit: 'events' | 'syncs'): string =>
  `${count(value)} ${value === 1 ? unit.slice(0, -1) : unit}`;

/**
 * A fraction as a percentage, "77.6 %". Never rounded onto 0 % or 100 % unless it is exactly that: a rate of 99.97 % must not
 * look perfect.
 */
export function percent(fraction: number | null): string {
  if (fraction === null) return '–';
  const value = fraction * 100;
  if (value > 0 && value < 0.01) return '< 0.01 %';
  if (value > 99.99 && value < 100) return '> 99.99 %';
  const nearEdge = (value > 0 && value < 0.05) || (value >= 99.95 && value < 100);
  // Rounding 99.994 up would say 99.99, fine; 99.996 was caught above.
  return `${(nearEdge ? hundredths : tenths).format(value)} %`;
}

/** Small changes get a second digit; what is less than that is no change to a person. */
const signed = (value: number): string => {
  const size = Math.abs(value);
  if (size < 0.005) return '±0';
  return `${value < 0 ? '−' : '+'}${(size < 0.05 ? hundredths : tenths).format(size)}`;
};

/** Relative change of a count: "+47.7 %"; "new" where something came from nothing. */
export const changeOf = (change: number | null): string => (change === null ? 'new' : `${signed(change * 100)} %`);

/** Change of a share in percentage points: "−2.1 pp"; a dash where one of the two shares does not exist. */
export const points = (change: number | null): string => (change === null ? '–' : `${signed(change * 100)} pp`);

/** The same in a sentence: "fell 38.0 points". */
export const moved = (change: number): string =>
  `${change < 0 ? 'fell' : 'rose'} ${tenths.format(Math.abs(change * 100))} points`;

/** ▲ ▼ for what grew and shrank; nothing for no change. */
export const arrow = (change: number | null): string =>
  change === null || change >= 0.00005 ? '▲ ' : change <= -0.00005 ? '▼ ' : '';

const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hourCycle: 'h23', ...options });
const dateTime = utc({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** "24 Nov 10:05 – 25 Nov 10:05 UTC". */
export const range = (from: Date, to: Date): string => `${stamp(from)} – ${stamp(to)} UTC`;
const stamp = (at: Date): string => dateTime.format(at).replace(',', '');
/** "24 Nov 10:05 UTC". */
export const moment = (at: Date): string => `${stamp(at)} UTC`;

/** A period at the end of a title: "last 24 hours", or its window. */
export const whenOf = (period: Period): string =>
  'name' in period ? periodLabel(period).toLowerCase() : range(period.from, period.to);

/** The same in a sentence: "in the last 24 hours", "from 20 Nov 00:00 to 23 Nov 00:00 UTC". */
export const during = (period: Period): string =>
  'name' in period ? `in the ${whenOf(period)}` : `from ${stamp(period.from)} to ${stamp(period.to)} UTC`;
