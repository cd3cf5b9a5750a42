import type { Overview, OverviewStep } from '../delivery/overview.ts';
import type { FigureStep, PipelineFigure } from '../messages/figure.ts';
import { arrow, changeOf, count, percent, points, range } from './format.ts';

export type Metric = 'percent' | 'counts';

export interface FigureInput {
  title: string;
  periodLabel: string;
  overview: Overview;
  metric: Metric;
}

/** The steps as a picture: what goes on, what ends where, and how that changed. */
export function pipelineFigure({ title, periodLabel, overview, metric }: FigureInput): PipelineFigure {
  const { steps, deliveryRate, deliveryRateChange, pendingRetry } = overview;
  // What goes on after a step is what the later steps hold: so the bars close even where several mappings count one event.
  const after = steps.map((_, i) => steps.slice(i + 1).reduce((total, step) => total + step.count, 0));
  const bars = steps.map((step, i) => (step.role === 'discard' ? (after[i] ?? 0) : step.count));
  const tallest = Math.max(1, ...steps.map((step, i) => (bars[i] ?? 0) + (step.role === 'discard' ? step.count : 0)));
  return {
    kind: 'pipeline',
    title,
    subtitle: `${periodLabel} · ${range(overview.period.from, overview.period.to)}, against the same time before`,
    badge: {
      value: deliveryRate === null ? 'no deliveries' : `${percent(deliveryRate)} delivery rate`,
      note: deliveryRateChange === null ? 'nothing to compare with' : `${points(deliveryRateChange)} against before`,
      tone: badgeTone(deliveryRate, deliveryRateChange),
    },
    steps: steps.map((step, i) => figureStep(step, (bars[i] ?? 0) / tallest, step.role === 'discard' ? step.count / tallest : 0, metric)),
    ...(pendingRetry === null ? {} : { pending: `${count(pendingRetry)} pending retry` }),
    ...(overview.overlapping ? { note: overlapNote } : {}),
    alt: altText(title, periodLabel, overview),
  };
}

export const overlapNote = 'Several mappings can each count one event: later steps may add up to more than was received.';

/** Half a point is noise; below 95 % is not good however steady it is. */
function badgeTone(rate: number | null, change: number | null): 'good' | 'bad' | 'neutral' {
  if (rate === null) return 'neutral';
  if (rate < 0.95 || (change ?? 0) <= -0.005) return 'bad';
  return 'good';
}

function figureStep(step: OverviewStep, level: number, lost: number, metric: Metric): FigureStep {
  const share = percent(step.share);
  const byCount = metric === 'counts';
  const change = byCount ? step.countChange : step.shareChange;
  // The first step's share is always 100 %: its change is told as a count.
  const asCount = byCount || step.role === 'first';
  const told = asCount ? step.countChange : change;
  const top = step.reasons[0];
  return {
    label: step.label,
    role: step.role,
    level,
    lost,
    value: byCount ? count(step.count) : share,
    detail: byCount ? share : `${count(step.count)} events`,
    change: told === null && !asCount ? '' : `${arrow(told)}${asCount ? changeOf(told) : points(told)}`,
    changeTone: changeTone(step, told),
    ...(top && step.count > 0 ? { reason: `${top.label} ${percent(top.count / step.count)}` } : {}),
    provisional: step.provisional > 0,
  };
}

/** More discards are bad, more deliveries good; more received is neither. */
function changeTone(step: OverviewStep, change: number | null): 'good' | 'bad' | 'neutral' {
  if (step.role === 'first' || change === 0 || (change === null && step.count === 0)) return 'neutral';
  const grew = change === null || change > 0;
  return grew === (step.role === 'last') ? 'good' : 'bad';
}

function altText(title: string, periodLabel: string, overview: Overview): string {
  const first = overview.steps[0];
  const last = overview.steps.at(-1);
  if (!first || !last || (first.count === 0 && last.count === 0)) return `${title}, ${periodLabel.toLowerCase()}: no events.`;
  const lost = overview.steps
    .filter((step) => step.role === 'discard' && step.count > 0)
    .map((step) => {
      const top = step.reasons[0];
      return `${count(step.count)} ${step.label.toLowerCase()}${top ? ` (mostly ${top.label})` : ''}`;
    });
  const rate =
    overview.deliveryRate === null
      ? ''
      : ` Delivery rate ${percent(overview.deliveryRate)}${overview.deliveryRateChange === null ? '' : `, ${points(overview.deliveryRateChange)} against the period before`}.`;
  return (
    `${title}, ${periodLabel.toLowerCase()}: of ${count(first.count)} ${first.label.toLowerCase()}, ${count(last.count)} delivered` +
    ` (${percent(last.share)})${lost.length > 0 ? `; ${lost.join(', ')}` : ''}.${rate}`
  );
}
