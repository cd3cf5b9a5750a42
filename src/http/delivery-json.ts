import type { BreakdownRow } from '../core/delivery/breakdown.ts';
import type { Overview } from '../core/delivery/overview.ts';
import type { PeriodUsed } from '../core/delivery/period.ts';
import type { RankedPipeline } from '../core/delivery/ranking.ts';
import type { Sync } from '../core/delivery/series.ts';
import type { Step } from '../core/delivery/steps.ts';
import type { Timeline } from '../core/delivery/timeline.ts';
import { cursorOf } from './delivery-query.ts';

export interface StepResult {
  overview: Overview;
  step: Step;
  rows: BreakdownRow[];
  timeline: Timeline;
  syncs: Sync[];
}

/** Rows a page. */
const PAGE = 100;

export const rankedJson = ({
  entry: _,
  because,
  used,
  ...row
}: RankedPipeline & { used: PeriodUsed; entry?: unknown }): Record<string, unknown> => ({
  ...row,
  reason: because,
  period: used.window,
  previous: used.previous,
});

export const overviewJson = (o: Overview): Record<string, unknown> => ({
  pipeline: o.pipeline,
  period: o.period,
  previous: o.previous,
  asOf: o.asOf,
  settledUntil: o.settledUntil,
  newest: o.newest,
  deliveryRate: o.deliveryRate,
  deliveryRateChange: o.deliveryRateChange,
  deliveredShare: o.deliveredShare,
  deliveredShareChange: o.deliveredShareChange,
  pendingRetry: o.pendingRetry,
  ...(o.syncs ? { syncs: o.syncs } : {}),
  steps: o.steps.map(({ role: _, ...step }) => step),
});

export function breakdownJson({ overview, step, rows, timeline, syncs }: StepResult, offset: number): Record<string, unknown> {
  const next = offset + PAGE < rows.length ? cursorOf(offset + PAGE, overview.period) : null;
  return {
    pipeline: overview.pipeline,
    step,
    period: overview.period,
    previous: overview.previous,
    rows: rows.slice(offset, offset + PAGE).map(({ keys, ...row }) => ({ ...keys, ...row })),
    timeline: { bucketSeconds: timeline.bucket / 1000, points: timeline.points, before: timeline.before },
    ...(overview.syncs ? { syncs: syncs.slice(0, PAGE).map(({ series: _, ...sync }) => sync) } : {}),
    next,
  };
}
