import type { TimelineCell } from '../ports/stores.ts';
import { DAY, floorTo, HOUR, MINUTE, plus, type Window } from './time.ts';

/** One step over time: equal buckets of the period, and the same ones of the period before. */
export interface Timeline {
  bucket: number;
  points: { at: Date; value: number | null }[];
  before: number[];
}

/** Buckets fine enough to see an hour in a day, few enough to draw. Longest window first that takes each length. */
const lengths: readonly [upTo: number, bucket: number][] = [
  [2 * HOUR, MINUTE],
  [12 * HOUR, 10 * MINUTE],
  [2 * DAY, 30 * MINUTE],
  [14 * DAY, HOUR],
];

/** Length of a bucket for a window; at least an hour where there are no minutes. */
export function bucketFor(window: Window, hasMinutes: boolean): number {
  const length = Number(window.to) - Number(window.from);
  const bucket = lengths.find(([upTo]) => length <= upTo)?.[1] ?? DAY;
  return hasMinutes ? bucket : Math.max(bucket, HOUR);
}

/** Hours and days are counted whole: a first bucket that begins inside one is drawn from where that one begins. */
export const originOf = (window: Window, bucket: number): Date =>
  bucket < HOUR ? window.from : floorTo(Math.min(bucket, DAY), window.from);

/** `until` is how far the data reaches: later buckets have no value yet. */
export function timeline(cells: readonly TimelineCell[], window: Window, bucket: number, until: Date): Timeline {
  const origin = originOf(window, bucket);
  const size = Math.ceil((Number(window.to) - Number(origin)) / bucket);
  const counts = (part: TimelineCell['part']) => {
    const values = new Array<number>(size).fill(0);
    for (const cell of cells.filter((one) => one.part === part)) {
      // The window before may reach into one bucket more: what fell into it is counted with the last.
      const bucket = Math.min(cell.bucket, size - 1);
      values[bucket] = (values[bucket] ?? 0) + cell.count;
    }
    return values;
  };
  const points = counts('now').map((value, i) => {
    const at = plus(origin, i * bucket);
    return { at, value: at > until && value === 0 ? null : value };
  });
  return { bucket, points, before: counts('before') };
}
