/** Numbers and times as people read them. Exact counts: card, figure and JSON agree to the last digit. */

const grouped = new Intl.NumberFormat('en-US');
export const count = (value: number): string => grouped.format(value);

/**
 * A fraction as a percentage, "77.6 %". Never rounded onto 0 % or 100 % unless it is exactly that: a rate of 99.97 % must not
 * look perfect.
 */
export function percent(fraction: number | null): string {
  if (fraction === null) return '–';
  const value = fraction * 100;
  if (value > 0 && value < 0.01) return '< 0.01 %';
  if (value > 99.99 && value < 100) return '> 99.99 %';
  const digits = (value > 0 && value < 0.05) || (value >= 99.95 && value < 100) ? 2 : 1;
  // Rounding 99.994 up would say 99.99, fine; 99.996 was caught above.
  return `${value.toFixed(digits)} %`;
}

const signed = (value: number, digits: number): string => {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return value === 0 ? '±0' : `${value < 0 ? '−' : '+'}<0.1`;
  return `${value < 0 ? '−' : '+'}${grouped.format(Math.floor(Number(text)))}${digits ? `.${text.split('.')[1]}` : ''}`;
};

/** Relative change of a count: "+47.7 %"; "new" where something came from nothing. */
export const changeOf = (change: number | null): string => (change === null ? 'new' : `${signed(change * 100, 1)} %`);

/** Change of a share in percentage points: "−2.1 pp"; a dash where one of the two shares does not exist. */
export const points = (change: number | null): string => (change === null ? '–' : `${signed(change * 100, 1)} pp`);

/** ▲ ▼ for what grew and shrank; nothing for no change. */
export const arrow = (change: number | null): string => (change === null || change > 0 ? '▲ ' : change < 0 ? '▼ ' : '');

const utc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hourCycle: 'h23', ...options });
const dateTime = utc({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** "24 Nov 10:05 – 25 Nov 10:05 UTC". */
export const range = (from: Date, to: Date): string => `${stamp(from)} – ${stamp(to)} UTC`;
const stamp = (at: Date): string => dateTime.format(at).replace(',', '');
