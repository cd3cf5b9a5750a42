import { DAY, floorTo, HOUR, MINUTE, plus } from '../src/core/delivery/time.ts';

export type Random = () => number;

/** mulberry32: a run can be repeated by its seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from + 1));

export interface SentCount {
  time: string;
  source: string;
  destination?: string;
  step: string;
  eventName: string;
  reason?: string;
  count: number;
}

export interface SentBatch {
  batchId: string;
  counts: SentCount[];
  syncs: { id: string; source: string; destination: string; start: string; status: 'success'; rows: number }[];
}

export const sources = ['web', 'app', 'pos'];
export const destinations = ['crm', 'ads'];

/** Two whole days that are over: their hours and days are rolled up a few seconds after counts for them came in. */
export const span = (now: Date): { from: Date; to: Date } => {
  const to = floorTo(DAY, now);
  return { from: plus(to, -2 * DAY), to };
};

/** Few keys and many batches, so that batches add to each other's rows; one sync a batch, to see that none is stored by half. */
export function makeBatch(random: Random, number: number, now: Date): SentBatch {
  const pick = <T>(list: readonly T[]): T => list[between(random, 0, list.length - 1)] as T;
  const { from } = span(now);
  const counts = Array.from({ length: between(random, 1, 60) }, (): SentCount => {
    const time = plus(from, between(random, 0, 5) * 8 * HOUR + between(random, 0, 3) * MINUTE).toISOString();
    const base = { time, source: pick(sources), eventName: `Event ${between(random, 0, 9)}`, count: between(random, 1, 1_000) };
    const kind = between(random, 0, 2);
    if (kind === 0) return { ...base, step: 'successfully_received' };
    const destination = pick(destinations);
    if (kind === 1) return { ...base, destination, step: 'successful_delivery' };
    return { ...base, destination, step: 'failed_delivery', reason: pick(['429', '500']) };
  });
  const sync = {
    source: pick(sources),
    destination: 'house',
    start: from.toISOString(),
    status: 'success' as const,
    rows: number,
  };
  return { batchId: `batch-${number}`, counts, syncs: [{ id: `sync-${number}`, ...sync }] };
}

/** Sums by everything that tells counts apart, as lines that can be compared. */
export function sumsOf(counts: readonly SentCount[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { time, source, destination = '', step, eventName, reason = '', count } of counts) {
    const key = JSON.stringify([time, source, destination, step, eventName, reason]);
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return sums;
}
