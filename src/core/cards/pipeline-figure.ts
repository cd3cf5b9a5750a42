import type { Overview, OverviewStep } from '../delivery/overview.ts';
import { type Period, periodLabel } from '../delivery/period.ts';
import { judgeOverview } from '../delivery/ranking.ts';
import type { FigureStep, PipelineFigure } from '../messages/figure.ts';
import { arrow, changeOf, count, counted, moved, percent, points, range, whenOf } from './format.ts';

export type Metric = 'percent' | 'counts';

export interface FigureInput {
  title: string;
  period: Period;
  overview: Overview;
  metric: Metric;
}

/** The steps as a picture: what goes on, what ends where, and how that changed. */
export function pipelineFigure({ title, period, overview, metric }: FigureInput): PipelineFigure {
  const { steps, deliveryRate, deliveryRateChange, pendingRetry } = overview;
  const bars = barsOf(steps);
  return {
    kind: 'pipeline',
    title,
    subtitle: `${periodLabel(period)} · ${range(overview.period.from, overview.period.to)}, against the same time before`,
    badge: {
      value:
        deliveryRate === null
          ? overview.syncs
            ? 'no syncs'
            : 'no deliveries'
          : `${percent(deliveryRate)} ${overview.syncs ? 'sync success' : 'delivery rate'}`,
      note: deliveryRateChange === null ? 'nothing to compare with' : `${points(deliveryRateChange)} against before`,
      tone: badgeTone(overview),
    },
    steps: steps.map((step, i) => figureStep(step, bars[i] ?? { level: 0, lost: 0 }, metric, overview.syncs?.rows)),
    ...(pendingRetry === null ? {} : { pending: `${count(pendingRetry)} pending retry` }),
    ...(overview.overlapping ? { note: overlapNote } : {}),
    alt: altText(title, whenOf(period), overview),
  };
}

export const overlapNote =
  'Later steps add up to more than was received: several mappings can each count one event, and some events arrived before this window.';

interface Bar {
  level: number;
  lost: number;
}

/**
 * What goes on after a step is what the later steps hold: so the bars close even where several mappings count one event. Syncs are
 * no events: they divide what reached them by how they ended.
 */
function barsOf(steps: readonly OverviewStep[]): Bar[] {
  const events = steps.filter((step) => step.unit === 'events');
  const syncs = steps.filter((step) => step.unit === 'syncs');
  const first = events[0]?.role === 'first' ? events[0].count : 0;
  const discarded = events.filter((step) => step.role === 'discard').reduce((total, step) => total + step.count, 0);
  const reached = syncs.length > 0 ? Math.max(0, first - discarded) : 0;
  const runs = syncs.reduce((total, step) => total + step.count, 0);
  const bars = steps.map((step, i): Bar => {
    if (step.unit === 'syncs') {
      const failed = runs === 0 ? 0 : (reached * (syncs[0]?.count ?? 0)) / runs;
      return { level: runs === 0 ? 0 : reached - failed, lost: step.role === 'discard' ? failed : 0 };
    }
    const later = events.slice(i + 1).reduce((total, one) => total + one.count, 0);
    return step.role === 'discard' ? { level: later + reached, lost: step.count } : { level: step.count, lost: 0 };
  });
  const tallest = Math.max(1, ...bars.map((bar) => bar.level + bar.lost));
  return bars.map(({ level, lost }) => ({ level: level / tallest, lost: lost / tallest }));
}

/** Half a point is noise, in either direction. */
const NOISE = 0.005;

/** Good only where the card itself has nothing to warn of, and the rate did not fall. */
function badgeTone(overview: Overview): 'good' | 'bad' | 'neutral' {
  if (overview.deliveryRate === null) return 'neutral';
  const fell = (overview.deliveryRateChange ?? 0) <= -NOISE;
  return fell || judgeOverview(overview).attention !== 'ok' ? 'bad' : 'good';
}

function figureStep(step: OverviewStep, { level, lost }: Bar, metric: Metric, rows: number | undefined): FigureStep {
  const share = percent(step.share);
  const isSync = step.unit === 'syncs';
  const byCount = metric === 'counts' || isSync;
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
    detail: isSync ? syncDetail(step, rows) : byCount ? share : counted(step.count, 'events'),
    change: unknown ? '' : `${arrow(told)}${asCount ? changeOf(told) : points(told)}`,
    changeTone: changeTone(step),
    ...(top && step.count > 0 ? { reason: `${top.label} ${percent(top.count / step.count)}` } : {}),
    provisional: step.provisional > 0,
  };
}

const syncDetail = (step: OverviewStep, rows: number | undefined): string =>
  step.role === 'last' ? `syncs, ${compact.format(rows ?? 0)} rows` : 'syncs, partial too';

/** Room in the figure is scarce; the card has the exact number of rows. */
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** A larger share of discards is bad, of deliveries good; more received is neither. By share: a count grows with traffic. */
function changeTone({ role, shareChange }: OverviewStep): 'good' | 'bad' | 'neutral' {
  if (role === 'first' || shareChange === null || Math.abs(shareChange) < NOISE) return 'neutral';
  return shareChange > 0 === (role === 'last') ? 'good' : 'bad';
}

function altText(title: string, when: string, overview: Overview): string {
  const first = overview.steps[0];
  const last = overview.steps.at(-1);
  if (!first || !last || overview.steps.every((step) => step.count === 0)) return `${title}, ${when}: no events.`;
  const lost = overview.steps
    .filter((step) => step.role === 'discard' && step.count > 0)
    .map((step) => {
      const top = step.reasons[0];
      const what =
        step.unit === 'syncs'
          ? `${counted(step.count, 'syncs')} failed, at least in part`
          : `${count(step.count)} ${step.label.toLowerCase()}`;
      return `${what}${top ? ` (mostly ${top.label})` : ''}`;
    });
  const of = first.role === 'first' ? `of ${count(first.count)} ${first.label.toLowerCase()}, ` : '';
  const share = last.share === null ? '' : ` (${percent(last.share)})`;
  const arrived =
    last.unit === 'syncs'
      ? `${counted(last.count, 'syncs')} succeeded, at least in part`
      : `${count(last.count)} delivered${share}`;
  return `${title}, ${when}: ${rateInWords(overview)}${of}${arrived}${lost.length > 0 ? `; ${lost.join(', ')}` : ''}.`;
}

/** The conclusion first: "delivery rate 65.3 %, fell 33.5 points; ". */
function rateInWords({ deliveryRate, deliveryRateChange: change, syncs }: Overview): string {
  if (deliveryRate === null) return '';
  const told = change === null ? '' : Math.abs(change) < NOISE ? ', steady' : `, ${moved(change)}`;
  return `${syncs ? 'sync success' : 'delivery rate'} ${percent(deliveryRate)}${told}; `;
}
