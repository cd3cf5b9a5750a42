import { ceilTo, earlier, floorTo, HOUR, later, plus, type Window } from './time.ts';

/** A stretch of a window and the table that answers it exactly. */
export interface Segment extends Window {
  grain: 'minute' | 'hour';
  provisional: boolean;
}

/**
 * Splits a window into the coarsest stretches that answer exactly: hours where a whole hour lies in the window, is rolled up
 * (not in `owedHours`) and settled; minutes elsewhere. The stretches cover the window once, in order.
 * `owedHours` are start times in ms; hours before `minutesFrom` have no minutes, so they are always read as hours.
 */
export function segmentsOf(window: Window, owedHours: ReadonlySet<number>, minutesFrom: Date, provisionalFrom: Date): Segment[] {
  const segments: Segment[] = [];
  const push = (grain: Segment['grain'], from: Date, to: Date, provisional: boolean) => {
    if (from >= to) return;
    const last = segments.at(-1);
    if (last && last.grain === grain && last.provisional === provisional && Number(last.to) === Number(from)) last.to = to;
    else segments.push({ grain, from, to, provisional });
  };
  const minutes = (from: Date, to: Date) => {
    push('minute', from, earlier(to, provisionalFrom), false);
    push('minute', later(from, provisionalFrom), to, true);
  };

  const firstHour = ceilTo(HOUR, window.from);
  const lastHour = later(floorTo(HOUR, window.to), firstHour);
  minutes(window.from, earlier(firstHour, window.to));
  for (let hour = firstHour; hour < lastHour; hour = plus(hour, HOUR)) {
    const end = plus(hour, HOUR);
    const rolledUp = !owedHours.has(Number(hour)) && end <= provisionalFrom;
    if (hour < minutesFrom || rolledUp) push('hour', hour, end, false);
    else minutes(hour, end);
  }
  if (lastHour < window.to) minutes(lastHour, window.to);
  return segments;
}
