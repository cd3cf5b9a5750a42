/**
 * A figure is data: what to draw, in words and numbers already written for people. An adapter has it drawn
 * (the draw port) and caches by content. `alt` says the conclusion with numbers.
 */
export type Figure = PipelineFigure | SeriesFigure;

export interface PipelineFigure {
  kind: 'pipeline';
  title: string;
  /** Period and zone, e.g. "Last 24 hours · 24 Nov 10:00 – 25 Nov 10:00 UTC". */
  subtitle: string;
  /** The headline ratio. `good` only when it did not fall: colour follows meaning. */
  badge: { value: string; note: string; tone: 'good' | 'bad' | 'neutral' };
  steps: FigureStep[];
  /** "12 pending retry", drawn before the failed-delivery step; absent when never reported. */
  pending?: string;
  /** Small print under the figure, e.g. that mappings overlap. */
  note?: string;
  alt: string;
}

export interface FigureStep {
  label: string;
  role: 'first' | 'discard' | 'last';
  /** Events that go on after this step, as a fraction of the tallest bar (0 … 1). */
  level: number;
  /** Events that end here, same scale; 0 for the first and last step. */
  lost: number;
  /** The step's own number, in the unit chosen, e.g. "1.25 M" or "77.6 %". */
  value: string;
  /** The other unit. */
  detail: string;
  /** e.g. "▲ +4.2 %", empty when nothing is known to compare with. */
  change: string;
  /** Whether that change is welcome: more discards are not. */
  changeTone: 'good' | 'bad' | 'neutral';
  /** Top discard reason and its part of the step, e.g. "NO_MATCHING_MAPPING 83 %". */
  reason?: string;
  /** Some of these events are younger than settled-until. */
  provisional: boolean;
}

/** One step (or rate) over time, with the period before as a second line. */
export interface SeriesFigure {
  kind: 'series';
  title: string;
  subtitle: string;
  /** How values are written on the axis and at the ends. */
  unit: 'count' | 'percent';
  /** Equal buckets in order; `at` is a bucket's start, ISO 8601, UTC. null = no data, a gap in the line. */
  points: { at: string; value: number | null }[];
  /** The same buckets one period earlier, by position; empty when there is nothing to compare with. */
  before: (number | null)[];
  /** Names of the two lines, e.g. "this period" and "the period before". */
  labels: { now: string; before: string };
  /** From this bucket on the numbers are provisional: drawn dashed. */
  provisionalFrom?: string;
  /** Points in time worth a vertical line, e.g. a change. */
  marks: { at: string; label: string }[];
  /** A shaded range of values that is expected, or a stretch of time that is special. */
  band?: { from: string; to: string; label: string };
  /** More of this is welcome (deliveries) or not (discards): decides the colour. */
  tone: 'good' | 'bad' | 'neutral';
  alt: string;
}
