import { type Cell, difference, type Overview, ratesOf, relativeChange, wholeOf } from './overview.ts';
import type { Pipeline } from './series.ts';
import { type Variant, variantSteps } from './steps.ts';

export type Attention = 'critical' | 'warning' | 'ok' | 'no_data';

export interface RankedPipeline extends Pipeline {
  variant: Variant;
  received: number;
  receivedChange: number | null;
  delivered: number;
  deliveryRate: number | null;
  deliveryRateChange: number | null;
  deliveredShare: number | null;
  deliveredShareChange: number | null;
  attention: Attention;
  /**
   * What deserves attention, for the sentence beside the row. `none` where nothing does; `uncompared` where a good part was filtered
   * and there is no period before that would say whether it always is.
   */
  because: 'starved' | 'rate_low' | 'rate_fell' | 'share_fell' | 'no_data' | 'uncompared' | 'none';
  /** Higher comes first; 0 = nothing to see. Comparable within one ranking only. */
  score: number;
}

/** Percentage points a rate may fall, or miss of 100 %, before a pipeline is worth a warning, and when it is critical. */
const WARNING = 0.05;
const CRITICAL = 0.25;

/** One row of the ranking: rates of the two windows and the one thing that most deserves attention. */
export function rankPipeline(pipeline: Pipeline, variant: Variant, cells: readonly Cell[]): RankedPipeline {
  const now = cells.filter((cell) => cell.part === 'now');
  const before = cells.filter((cell) => cell.part === 'before');
  const delivered = (of: readonly Cell[]) =>
    of.reduce((total, cell) => (cell.step === variantSteps[variant].at(-1) ? total + cell.count : total), 0);
  const rates = ratesOf(variant, now);
  const ratesBefore = ratesOf(variant, before);
  const row = {
    ...pipeline,
    variant,
    received: wholeOf(variant, now),
    receivedChange: relativeChange(wholeOf(variant, now), wholeOf(variant, before)),
    delivered: delivered(now),
    ...rates,
    deliveryRateChange: difference(rates.deliveryRate, ratesBefore.deliveryRate),
    deliveredShareChange: difference(rates.deliveredShare, ratesBefore.deliveredShare),
  };
  return { ...row, ...judge(row, delivered(before)) };
}

/** How much a pipeline deserves attention, and why: the same judgement in the ranking and on the card. */
export function judge(
  row: Pick<
    RankedPipeline,
    'variant' | 'received' | 'delivered' | 'deliveryRate' | 'deliveryRateChange' | 'deliveredShare' | 'deliveredShareChange'
  >,
  deliveredBefore: number,
): Pick<RankedPipeline, 'attention' | 'because' | 'score'> {
  const reasons: [score: number, because: RankedPipeline['because']][] = [
    // Syncs come by the hour or the day: a short period without one is no news.
    [row.delivered === 0 && deliveredBefore > 0 && row.variant !== 'storage' ? 1 : 0, 'starved'],
    [Math.max(0, -(row.deliveryRateChange ?? 0)), 'rate_fell'],
    [Math.max(0, -(row.deliveredShareChange ?? 0)), 'share_fell'],
    [1 - (row.deliveryRate ?? 1), 'rate_low'],
  ];
  const [score, worst] = reasons.reduce((most, next) => (next[0] > most[0] ? next : most));
  // A rate that is low because it fell is told as the fall: that is the news.
  const because = worst === 'rate_low' && -(row.deliveryRateChange ?? 0) >= WARNING ? 'rate_fell' : worst;
  if (score >= CRITICAL) return { attention: 'critical', because, score };
  if (score >= WARNING) return { attention: 'warning', because, score };
  if (row.received === 0 && row.delivered === 0) return { attention: 'no_data', because: 'no_data', score: 0 };
  const filtered = row.deliveredShareChange === null && 1 - (row.deliveredShare ?? 1) >= WARNING;
  return { attention: 'ok', because: filtered ? 'uncompared' : 'none', score };
}

/** The same judgement from a pipeline's overview. */
export function judgeOverview(overview: Overview): Pick<RankedPipeline, 'attention' | 'because'> {
  const last = overview.steps.at(-1);
  const row = {
    ...overview,
    variant: overview.pipeline.variant,
    received: wholeOf(overview.pipeline.variant, overview.steps),
    delivered: last?.count ?? 0,
  };
  return judge(row, last?.previousCount ?? 0);
}

const order: Record<Attention, number> = { critical: 0, warning: 1, ok: 2, no_data: 3 };

/** What needs attention first; ties by volume, then by name, so that the order is the same everywhere. */
export const byAttention = (a: RankedPipeline, b: RankedPipeline): number =>
  order[a.attention] - order[b.attention] ||
  b.score - a.score ||
  b.received - a.received ||
  (`${a.workspace}/${a.source}/${a.destination}` < `${b.workspace}/${b.source}/${b.destination}` ? -1 : 1);
