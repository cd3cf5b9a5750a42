/** The axes: round numbers and round times, and how they are written. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const roundFactors = [1, 2, 2.5, 5];
const fewestTicks = 4;
const manyTicks = 5;
const mostTicks = 6;
/** Numbers a hair beyond a step still belong to it. */
const hair = 1e-9;

/** Multiples of a round step, from at or below `low` to at or above `high`; where given, the step is a multiple of `least`. */
export function niceTicks(low: number, high: number, least = 0): number[] {
  const magnitude = Math.floor(Math.log10(Math.max(high - low, least, Number.MIN_VALUE)));
  const steps = [-1, 0, 1].flatMap((power) => roundFactors.map((factor) => factor * 10 ** (magnitude + power)));
  const fitting = steps
    .filter((step) => least === 0 || (step >= least && isWhole(step / least)))
    .map((step) => ({ step, first: Math.floor(low / step + hair), last: Math.ceil(high / step - hair) }))
    .map(({ step, first, last }) => ({ step, first, count: Math.max(last - first, 1) + 1 }))
    .filter(({ count }) => count <= mostTicks);
  const best = fitting.find(({ count }) => count >= fewestTicks && count <= manyTicks) ?? fitting[0];
  if (!best) return [low, high];
  return Array.from({ length: best.count }, (_, index) => tidy((best.first + index) * best.step, best.step));
}

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < hair;

/** 3 × 0.1 is 0.30000000000000004; to a thousandth of a step it is 0.3. */
function tidy(value: number, step: number): number {
  const digits = Math.min(100, Math.max(0, 3 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits)) || 0;
}

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((count) => count * day),
];
/** Weeks begin on Monday; 1 January 1970 was a Thursday. */
const firstMonday = 4 * day;

export interface TimeTick {
  at: number;
  label: string;
  /** The first of a day among hours: worth a stronger label. */
  isDay: boolean;
}

/** Round times (UTC) from `from` to `to`, both in milliseconds: at most about `most` of them, in minutes, hours or days. */
export function timeTicks(from: number, to: number, most: number): TimeTick[] {
  const step = timeSteps.find((step) => (to - from) / step <= most) ?? Math.ceil((to - from) / most / (364 * day)) * 364 * day;
  const shift = step >= 7 * day ? firstMonday : 0;
  const withYear = to - from > 300 * day;
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) {
    const isMidnight = at % day === 0;
    ticks.push({ at, label: isMidnight ? dayLabel(at, withYear) : timeLabel(at), isDay: isMidnight && step < day });
  }
  return ticks;
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const dayYearFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayLabel = (at: number, withYear: boolean): string => (withYear ? dayYearFormat : dayFormat).format(at);
const timeLabel = (at: number): string => timeFormat.format(at);

const units: [size: number, name: string][] = [
  [1e12, ' T'],
  [1e9, ' B'],
  [1e6, ' M'],
  [1e3, ' k'],
  [1, ''],
];

const fourDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4, signDisplay: 'negative' });

/** A count for the axis: 0, 500, 1.2 k, 2 M. */
export function compact(value: number): string {
  // Half a unit in the fourth digit early, so that 999,999 is 1 M and not 1,000 k.
  const [size, name] = units.find(([size]) => Math.abs(value) >= size * 0.99995) ?? [1, ''];
  return `${fourDigits.format(value / size)}${name}`;
}

/** A fraction for the axis: with as many decimals as the step needs, on every tick the same. */
export function axisPercent(fraction: number, step: number): string {
  const digits = [0, 1, 2, 3, 4].find((digits) => isWhole(step * 100 * 10 ** digits)) ?? 5;
  return `${(fraction * 100).toFixed(digits)} %`;
}
