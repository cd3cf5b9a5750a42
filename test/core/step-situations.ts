import { type StepCardInput, stepCard } from '../../src/core/cards/step-card.ts';
import { breakdownRows } from '../../src/core/delivery/breakdown.ts';
import { wholeOf } from '../../src/core/delivery/overview.ts';
import type { Sync } from '../../src/core/delivery/series.ts';
import { HOUR, plus } from '../../src/core/delivery/time.ts';
import { bucketFor, timeline } from '../../src/core/delivery/timeline.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import type { BreakdownCell, TimelineCell } from '../../src/core/ports/stores.ts';
import { at, entryOf, overviewOf, syncOf, webToAmplitude } from './samples.ts';
import { incident } from './situations.ts';

export const roomy = { tableRows: 50, selectOptions: 100 };
export const act = (action: string, choice?: string): Action => ({
  verb: `pipeline.${action}`,
  id: 'vw_Xk3q-9_0aZbC',
  ...(choice === undefined ? {} : { choice }),
});
export const pipelineInput = {
  entry: webToAmplitude,
  mapping: undefined,
  audience: undefined,
  period: { name: '24h' },
  capabilities: roomy,
  act,
} as const;

const cellsBy = (part: BreakdownCell['part'], key: 'reason' | 'eventName', counts: Record<string, number>): BreakdownCell[] =>
  Object.entries(counts).map(([value, count]) => ({
    part,
    keys: key === 'reason' ? { reason: value } : { eventName: value, eventType: value === '' ? 'page' : 'track' },
    count,
  }));

/** The rows of failed delivery in `incident`, by reason. */
export const byReason = [
  ...cellsBy('now', 'reason', { '401': 61_377, 'errors.awaiting-retry.503': 4_020, QUOTA_OF_THE_WEEK: 812, '': 17 }),
  ...cellsBy('before', 'reason', { '503': 3_800 }),
];
const names = [
  'Order Completed',
  'Product Viewed',
  'Cart Viewed',
  'Signed Up',
  'Signed In',
  'Search',
  'Video Played',
  '',
  'Coupon',
  'Refund',
];
/** More names than a page holds; together 66,226. */
export const byName = [
  ...cellsBy('now', 'eventName', Object.fromEntries(names.map((name, i) => [name, 6_000 - i * 100]))),
  ...cellsBy('now', 'eventName', { Wishlist: 10_000, Shared: 726 }),
  ...cellsBy('before', 'eventName', { 'Order Completed': 3_000, 'Old Name': 800 }),
];

export const byName401 = cellsBy('now', 'eventName', { 'Order Completed': 41_377, 'Product Viewed': 20_000 });

/** Failures that begin at noon the day before and grow. */
const course: TimelineCell[] = Array.from({ length: 48 }, (_, bucket) => [
  { part: 'now' as const, bucket, count: bucket < 4 ? 80 : 1_200 + bucket * 10 },
  { part: 'before' as const, bucket, count: 79 },
]).flat();

/** The card of failed delivery in `incident`, as the command makes it. */
export function stepOf(cells: readonly BreakdownCell[], more: Partial<StepCardInput> = {}) {
  const overview = more.overview ?? overviewOf(incident);
  const part = (past: boolean) =>
    overview.steps.map(({ step, count, previousCount }) => ({ step, count: past ? previousCount : count }));
  const { variant } = overview.pipeline;
  const whole = { now: wholeOf(variant, part(false)), before: wholeOf(variant, part(true)) };
  const step = more.step ?? 'failed_delivery';
  const { period } = overview;
  return stepCard({
    ...pipelineInput,
    overview,
    step,
    rows: breakdownRows(cells, step, whole),
    timeline: timeline(course, period, bucketFor(period, true), at('25T11:59:00')),
    samples: { '401': 10, '503': 4 },
    syncs: [],
    by: 'reason',
    reason: undefined,
    page: 0,
    sync: undefined,
    ...more,
  });
}

export const warehouse = entryOf(
  { slug: 'web', name: 'Web shop' },
  { id: 'dst_rs', slug: 'redshift', name: 'Redshift', variant: 'storage' },
);
const collections = [
  { name: 'tracks', rows: 48_200, failed: false },
  { name: 'order_completed', rows: 0, failed: true },
];
/** A run an hour, newest first: one failed, one partly. */
export const runs: Sync[] = Array.from({ length: 14 }, (_, i) => {
  const start = plus(at('25T11:10:00'), -i * HOUR);
  const run = syncOf({ id: `run_${14 - i}`, start, end: plus(start, 720_000), rows: 48_200 + i });
  if (i === 2) return { ...run, status: 'partial', reason: 'permission denied for table order_completed', collections };
  if (i === 5) return { ...run, status: 'failed', rows: 0, reason: 'connection timed out' };
  return i === 7 ? { ...run, status: 'skipped', end: null, rows: null } : run;
});
