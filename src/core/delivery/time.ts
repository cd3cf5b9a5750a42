export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The start of the minute, hour or day (UTC) that holds `at`. */
export const floorTo = (unit: number, at: Date | number): Date => new Date(Math.floor(Number(at) / unit) * unit);
export const ceilTo = (unit: number, at: Date | number): Date => new Date(Math.ceil(Number(at) / unit) * unit);
export const plus = (at: Date | number, ms: number): Date => new Date(Number(at) + ms);
export const later = (a: Date, b: Date): Date => (a > b ? a : b);
export const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/** Half-open: an event at `from` is in, one at `to` is not. */
export interface Window {
  from: Date;
  to: Date;
}

/** How long hours are kept; days are for ever. */
export const HOURS_KEPT = 400 * DAY;
/** How long audit events are kept from their arrival, at least: they go by whole months. */
export const AUDIT_KEPT = 400 * DAY;
/** How long minute counts are kept; older counts are refused as `too_old`. */
export const MINUTES_KEPT = 15 * DAY;
/** How far ahead of our clock a sender's clock may be. */
export const AHEAD_ALLOWED = 5 * MINUTE;
