/**
 * How many of the first `events` events of a slot go one way, if `share` of them do. As `events` grows by one, the answer grows
 * by none or one. So do the others, which makes every difference of two running totals a count that is never negative, and
 * all ways together exactly the events there were. `phase` in [0, 1) decides where the rounding falls: drawn by chance, a share
 * of less than one event a slot still happens now and then.
 */
export const take = (events: number, share: number, phase: number): number => Math.floor(events * Math.min(1, share) + phase);

/** The running total after `weights[0..done)` of a slot of `total` events; weights need not add up to anything. */
export function runningTotal(total: number, weights: readonly number[], done: number, phase: number): number {
  if (done <= 0) return 0;
  if (done >= weights.length) return total;
  let before = 0;
  let all = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (i < done) before += weight;
    all += weight;
  }
  return take(total, before / all, phase);
}
