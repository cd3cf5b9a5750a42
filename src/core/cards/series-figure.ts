import type { Overview, OverviewStep } from '../delivery/overview.ts';
import { type Period, periodLabel } from '../delivery/period.ts';
import { reasonFacts } from '../delivery/reasons.ts';
import { type Step, stepFacts } from '../delivery/steps.ts';
import { MINUTE } from '../delivery/time.ts';
import type { Timeline } from '../delivery/timeline.ts';
import type { SeriesFigure } from '../messages/figure.ts';
import { count, counted, moment, moved, percent, range, whenOf } from './format.ts';

export interface SeriesFigureInput {
  name: string;
  overview: Overview;
  period: Period;
  step: Step;
  /** One discard reason, by its code: the figure is of its events alone. */
  reason: string | undefined;
  facts: OverviewStep | undefined;
  timeline: Timeline;
}

/** A step over time, with the period before behind it. */
export function seriesFigure({ name, overview, period, step, reason, facts, timeline }: SeriesFigureInput): SeriesFigure {
  const { role } = stepFacts[step];
  const label = reason === undefined ? stepFacts[step].label : `${stepFacts[step].label}, ${reasonFacts(step, reason).label}`;
  const told = reason === undefined ? facts : facts?.reasons.find((one) => one.code === reason);
  const isUnsettled = overview.settledUntil < overview.period.to;
  const firstUnsettled = timeline.points.find(({ at }) => Number(at) + timeline.bucket > Number(overview.settledUntil));
  return {
    kind: 'series',
    title: `${name} · ${label}`,
    subtitle: `${periodLabel(period)} · ${range(overview.period.from, overview.period.to)} · events in ${bucketName(timeline.bucket)}`,
    unit: 'count',
    points: timeline.points.map(({ at, value }) => ({ at: at.toISOString(), value })),
    before: timeline.before,
    labels: { now: 'this period', before: 'the period before' },
    ...(isUnsettled && firstUnsettled ? { provisionalFrom: firstUnsettled.at.toISOString() } : {}),
    marks: [],
    tone: role === 'discard' ? 'bad' : 'neutral',
    alt: altText(name, label, whenOf(period), told, timeline),
  };
}

/** A change of a share that is not worth a word. */
const STEADY = 0.0005;

function bucketName(bucket: number): string {
  const minutes = bucket / MINUTE;
  if (minutes === 1) return 'one minute';
  if (minutes < 60) return `${minutes} minutes`;
  return minutes === 60 ? 'one hour' : 'one day';
}

function altText(
  name: string,
  label: string,
  when: string,
  facts: Pick<OverviewStep, 'count' | 'share' | 'shareChange'> | undefined,
  { points, bucket }: Timeline,
): string {
  const total = `${name}, ${label.toLowerCase()}, ${when}: ${counted(facts?.count ?? 0, 'events')}`;
  const share = facts?.share === null || facts?.share === undefined ? '' : ` (${percent(facts.share)})`;
  const change = Math.abs(facts?.shareChange ?? 0) >= STEADY ? `, share ${moved(facts?.shareChange ?? 0)}` : '';
  const peak = points.reduce((most, point) => ((point.value ?? 0) > (most.value ?? 0) ? point : most), {
    at: new Date(0),
    value: 0 as number | null,
  });
  const highest = peak.value ? `; most in ${bucketName(bucket)}: ${count(peak.value)} from ${moment(peak.at)}` : '';
  return `${total}${share}${change}${highest}.`;
}
