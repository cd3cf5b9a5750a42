import { groupBy } from '../collections.ts';
import type { PeriodUsed } from './period.ts';
import { normaliseReason, reasonFacts } from './reasons.ts';
import type { Pipeline } from './series.ts';
import { type Step, stepFacts, type Variant, variantSteps } from './steps.ts';
import type { SyncTotals } from './syncs.ts';

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
  unit: 'events' | 'syncs';
  count: number;
  /** Of the first step; null for syncs, which are no part of its events. */
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
  /** Storage pipelines: the runs of the period; null for the others. */
  syncs: SyncTotals | null;
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
  const whole = { now: wholeOf(variant, only(cells, 'now')), before: wholeOf(variant, only(cells, 'before')) };
  return stepsOf(variant, cells).map((step) => {
    const ofStep = cells.filter((cell) => cell.step === step);
    const now = only(ofStep, 'now');
    const count = sum(now);
    const previousCount = sum(only(ofStep, 'before'));
    const { label, role, unit } = stepFacts[step];
    const share = unit === 'syncs' ? null : ratio(count, whole.now);
    return {
      step,
      label,
      role,
      unit,
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

/** A variant's steps; one whose first step nobody reports (Engage) begins with the next. */
function stepsOf(variant: Variant, cells: readonly Cell[]): readonly Step[] {
  const [first, ...rest] = variantSteps[variant];
  return variant === 'engage' && sum(cells.filter((cell) => cell.step === first)) === 0 ? rest : variantSteps[variant];
}

/** What shares are of: the first step, or, where nobody reports one, everything that ended somewhere. */
export function wholeOf(variant: Variant, cells: readonly { step: Step; count: number }[]): number {
  const [firstStep, ...rest]: readonly Step[] = variantSteps[variant];
  const add = (wanted: readonly (Step | undefined)[]) =>
    cells.reduce((total, cell) => (wanted.includes(cell.step) ? total + cell.count : total), 0);
  return add([firstStep]) || (variant === 'engage' ? add(rest) : 0);
}

function reasonsOf(step: Step, cells: readonly Cell[], whole: { now: number; before: number }): OverviewReason[] {
  const byCode = groupBy(cells, (cell) => normaliseReason(cell.reason).code);
  return [...byCode]
    .map(([code, ofCode]) => {
      const now = only(ofCode, 'now');
      const share = stepFacts[step].unit === 'syncs' ? null : ratio(sum(now), whole.now);
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
    deliveredShare: stepFacts[ordered.at(-1) as Step].unit === 'syncs' ? null : ratio(delivered, wholeOf(variant, cells)),
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
  syncs: SyncTotals | null;
  now: Date;
  settledUntil: Date;
  newest: Date | null;
}

export function overview(input: OverviewInput): Overview {
  const { variant, cells, used } = input;
  const now = ratesOf(variant, only(cells, 'now'));
  const before = ratesOf(variant, only(cells, 'before'));
  const steps = overviewSteps(variant, cells);
  const ended = steps
    .filter((step) => step.role !== 'first' && step.unit === 'events')
    .reduce((total, step) => total + step.count, 0);
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
    overlapping: ended > wholeOf(variant, only(cells, 'now')) * (1 + OVERLAP),
    syncs: input.syncs,
    steps,
  };
}
