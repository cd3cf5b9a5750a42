import { groupBy } from '../collections.ts';
import type { PeriodUsed } from './period.ts';
import { normaliseReason, reasonFacts } from './reasons.ts';
import type { Pipeline } from './series.ts';
import { type Step, stepFacts, type Variant, variantSteps } from './steps.ts';

/** One sum the store hands over: all events of one step and reason, in one of the two windows. */
export interface Cell {
  part: 'now' | 'before';
  /** Younger than settled-until: counted, and marked. */
  provisional: boolean;
  step: Step;
  /** As stored, prefixed forms included; empty for none. */
  reason: string;
  count: number;
  retried: number;
}

/** Changes and shares are fractions (0.25 = 25 %), null where undefined. */
export interface OverviewReason {
  code: string;
  label: string;
  remedy: string;
  known: boolean;
  /** Every one of these events is still being retried. */
  transient: boolean;
  count: number;
  /** Of the first step, like the step's own share. */
  share: number | null;
  /** Share now minus share before: percentage points as a fraction. */
  shareChange: number | null;
}

export interface OverviewStep {
  step: Step;
  label: string;
  role: 'first' | 'discard' | 'last';
  count: number;
  /** Of the first step. */
  share: number | null;
  previousCount: number;
  /** (now − before) ÷ before; 0 when both are 0, null when something came from nothing. */
  countChange: number | null;
  shareChange: number | null;
  /** Of `count`, how many are younger than settled-until. */
  provisional: number;
  /** Of `count`, how many arrived only after a retry. */
  retried: number;
  /** Discard steps only, most events first. */
  reasons: OverviewReason[];
}

export interface Overview {
  pipeline: Pipeline & { variant: Variant };
  period: PeriodUsed['window'];
  previous: PeriodUsed['previous'];
  asOf: Date;
  settledUntil: Date;
  /** Newest minute with any count, null when there never was one. */
  newest: Date | null;
  /** delivered ÷ (delivered + failed delivery): filtered events left out (Segment's definition). */
  deliveryRate: number | null;
  deliveryRateChange: number | null;
  /** delivered ÷ first step. */
  deliveredShare: number | null;
  deliveredShareChange: number | null;
  /** A level at the period's end, null when never reported. */
  pendingRetry: number | null;
  /** Steps after the source add up to more than was received: several mappings each count an event. */
  overlapping: boolean;
  steps: OverviewStep[];
}

/** part ÷ whole, null when there is no whole. */
export const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
/** Difference of two fractions, null unless both exist. */
export const difference = (now: number | null, before: number | null): number | null =>
  now === null || before === null ? null : now - before;
/** Relative change of a count: null says "new", something from nothing. */
export const relativeChange = (now: number, before: number): number | null =>
  before > 0 ? (now - before) / before : now > 0 ? null : 0;

const sum = (cells: readonly Cell[]): number => cells.reduce((total, cell) => total + cell.count, 0);
const only = (cells: readonly Cell[], part: Cell['part']): Cell[] => cells.filter((cell) => cell.part === part);

/** Steps, shares and changes of one pipeline: the arithmetic behind card, figure and JSON alike. */
export function overviewSteps(variant: Variant, cells: readonly Cell[]): OverviewStep[] {
  const first = variantSteps[variant][0];
  const ofFirst = cells.filter((cell) => cell.step === first);
  const whole = { now: sum(only(ofFirst, 'now')), before: sum(only(ofFirst, 'before')) };
  return variantSteps[variant].map((step) => {
    const ofStep = cells.filter((cell) => cell.step === step);
    const now = only(ofStep, 'now');
    const count = sum(now);
    const previousCount = sum(only(ofStep, 'before'));
    const share = ratio(count, whole.now);
    const { label, role } = stepFacts[step];
    return {
      step,
      label,
      role,
      count,
      share,
      previousCount,
      countChange: relativeChange(count, previousCount),
      shareChange: difference(share, ratio(previousCount, whole.before)),
      provisional: sum(now.filter((cell) => cell.provisional)),
      retried: now.reduce((total, cell) => total + cell.retried, 0),
      reasons: role === 'discard' ? reasonsOf(step, ofStep, whole) : [],
    };
  });
}

function reasonsOf(step: Step, cells: readonly Cell[], whole: { now: number; before: number }): OverviewReason[] {
  const byCode = groupBy(cells, (cell) => normaliseReason(cell.reason).code);
  return [...byCode]
    .map(([code, ofCode]) => {
      const now = only(ofCode, 'now');
      const share = ratio(sum(now), whole.now);
      return {
        ...reasonFacts(step, code),
        transient: now.every((cell) => normaliseReason(cell.reason).transient),
        count: sum(now),
        share,
        shareChange: difference(share, ratio(sum(only(ofCode, 'before')), whole.before)),
      };
    })
    .filter((reason) => reason.count > 0)
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

interface Rates {
  deliveryRate: number | null;
  deliveredShare: number | null;
}

/** The two headline ratios of a set of cells of one window. */
export function ratesOf(variant: Variant, cells: readonly { step: Step; count: number }[]): Rates {
  const of = (wanted: Step | undefined) => cells.reduce((total, cell) => (cell.step === wanted ? total + cell.count : total), 0);
  const ordered = variantSteps[variant];
  const delivered = of(ordered.at(-1));
  return {
    deliveryRate: ratio(delivered, delivered + of(ordered.at(-2))),
    deliveredShare: ratio(delivered, of(ordered[0])),
  };
}

/** Windows cut events apart from their fate: an excess up to this part of what was received is no overlap. */
const OVERLAP = 0.005;

export interface OverviewInput {
  pipeline: Pipeline;
  variant: Variant;
  used: PeriodUsed;
  cells: readonly Cell[];
  pendingRetry: number | null;
  now: Date;
  settledUntil: Date;
  newest: Date | null;
}

export function overview(input: OverviewInput): Overview {
  const { variant, cells, used } = input;
  const now = ratesOf(variant, only(cells, 'now'));
  const before = ratesOf(variant, only(cells, 'before'));
  const steps = overviewSteps(variant, cells);
  const ended = steps.slice(1).reduce((total, step) => total + step.count, 0);
  return {
    pipeline: { ...input.pipeline, variant },
    period: used.window,
    previous: used.previous,
    asOf: input.now,
    settledUntil: input.settledUntil,
    newest: input.newest,
    ...now,
    deliveryRateChange: difference(now.deliveryRate, before.deliveryRate),
    deliveredShareChange: difference(now.deliveredShare, before.deliveredShare),
    pendingRetry: input.pendingRetry,
    overlapping: ended > (steps[0]?.count ?? 0) * (1 + OVERLAP),
    steps,
  };
}
