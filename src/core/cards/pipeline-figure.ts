import type { Overview, OverviewStep } from '../delivery/overview.ts';
import { attentionOf } from '../delivery/ranking.ts';
import type { FigureStep, PipelineFigure } from '../messages/figure.ts';
import { arrow, changeOf, count, moved, percent, points, range } from './format.ts';

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
      tone: badgeTone(overview),
    },
    steps: steps.map((step, i) =>
      figureStep(step, (bars[i] ?? 0) / tallest, step.role === 'discard' ? step.count / tallest : 0, metric),
    ),
    ...(pendingRetry === null ? {} : { pending: `${count(pendingRetry)} pending retry` }),
    ...(overview.overlapping ? { note: overlapNote } : {}),
    alt: altText(title, periodLabel, overview),
  };
}

export const overlapNote =
  'Later steps add up to more than was received: several mappings can each count one event, and some events arrived before this window.';

/** Half a point is noise, in either direction. */
const NOISE = 0.005;

/** Good only where the card itself has nothing to warn of, and the rate did not fall. */
function badgeTone(overview: Overview): 'good' | 'bad' | 'neutral' {
  if (overview.deliveryRate === null) return 'neutral';
  const fell = (overview.deliveryRateChange ?? 0) <= -NOISE;
  return fell || attentionOf(overview) !== 'ok' ? 'bad' : 'good';
}

function figureStep(step: OverviewStep, level: number, lost: number, metric: Metric): FigureStep {
  const share = percent(step.share);
  const byCount = metric === 'counts';
  const change = byCount ? step.countChange : step.shareChange;
  // The first step's share is always 100 %: its change is told as a count.
  const asCount = byCount || step.role === 'first';
  const told = asCount ? step.countChange : change;
  const unknown = told === null && !asCount;
  const top = step.reasons[0];
  return {
    label: step.label,
    role: step.role,
    level,
    lost,
    value: byCount ? count(step.count) : share,
    detail: byCount ? share : `${count(step.count)} events`,
    change: unknown ? '' : `${arrow(told)}${asCount ? changeOf(told) : points(told)}`,
    changeTone: changeTone(step),
    ...(top && step.count > 0 ? { reason: `${top.label} ${percent(top.count / step.count)}` } : {}),
    provisional: step.provisional > 0,
  };
}

/** A larger share of discards is bad, of deliveries good; more received is neither. By share: a count grows with traffic. */
function changeTone({ role, shareChange }: OverviewStep): 'good' | 'bad' | 'neutral' {
  if (role === 'first' || shareChange === null || Math.abs(shareChange) < NOISE) return 'neutral';
  return shareChange > 0 === (role === 'last') ? 'good' : 'bad';
}

function altText(title: string, periodLabel: string, overview: Overview): string {
  const first = overview.steps[0];
  const last = overview.steps.at(-1);
  if (!first || !last || overview.steps.every((step) => step.count === 0))
    return `${title}, ${periodLabel.toLowerCase()}: no events.`;
  const lost = overview.steps
    .filter((step) => step.role === 'discard' && step.count > 0)
    .map((step) => {
      const top = step.reasons[0];
      return `${count(step.count)} ${step.label.toLowerCase()}${top ? ` (mostly ${top.label})` : ''}`;
    });
  return (
    `${title}, ${periodLabel.toLowerCase()}: ${rateInWords(overview)}of ${count(first.count)} ${first.label.toLowerCase()}, ` +
    `${count(last.count)} delivered${last.share === null ? '' : ` (${percent(last.share)})`}${lost.length > 0 ? `; ${lost.join(', ')}` : ''}.`
  );
}

/** The conclusion first: "delivery rate 65.3 %, fell 33.5 points; ". */
function rateInWords({ deliveryRate, deliveryRateChange: change }: Overview): string {
  if (deliveryRate === null) return '';
  const told = change === null ? '' : Math.abs(change) < NOISE ? ', steady' : `, ${moved(change)}`;
  return `delivery rate ${percent(deliveryRate)}${told}; `;
}
