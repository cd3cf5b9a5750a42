import { groupBy } from '../collections.ts';
import type { BreakdownCell, BreakdownKey } from '../ports/stores.ts';
import { difference, ratio, relativeChange } from './overview.ts';
import { normaliseReason, reasonFacts } from './reasons.ts';
import type { Step } from './steps.ts';

/** Events of one step that share a name, type, version or reason. Changes and shares are fractions, null where undefined. */
export interface BreakdownRow {
  /** Empty where the sender named none. */
  keys: Partial<Record<BreakdownKey, string>>;
  /** Of the reason, where rows are by reason. */
  label?: string;
  remedy?: string;
  known?: boolean;
  count: number;
  /** Of the first step, as everywhere. */
  share: number | null;
  /** Of this step. */
  stepShare: number | null;
  shareChange: number | null;
  previousCount: number;
  countChange: number | null;
}

export const breakdownKeys: readonly BreakdownKey[] = ['eventName', 'eventType', 'appVersion', 'reason'];

/** Most events first. `whole` is what shares are of, in each window. */
export function breakdownRows(
  cells: readonly BreakdownCell[],
  step: Step,
  whole: { now: number; before: number },
): BreakdownRow[] {
  const total = sum(cells.filter((cell) => cell.part === 'now'));
  const groups = groupBy(cells.map(normalised), (cell) => JSON.stringify(cell.keys));
  return [...groups.values()]
    .map((group): BreakdownRow => {
      const keys = group[0]?.keys ?? {};
      const count = sum(group.filter((cell) => cell.part === 'now'));
      const previousCount = sum(group.filter((cell) => cell.part === 'before'));
      const share = ratio(count, whole.now);
      return {
        keys,
        ...(keys.reason === undefined ? {} : factsOf(step, keys.reason)),
        count,
        share,
        stepShare: ratio(count, total),
        shareChange: difference(share, ratio(previousCount, whole.before)),
        previousCount,
        countChange: relativeChange(count, previousCount),
      };
    })
    .sort(
      (a, b) =>
        b.count - a.count || b.previousCount - a.previousCount || (JSON.stringify(a.keys) < JSON.stringify(b.keys) ? -1 : 1),
    );
}

const sum = (cells: readonly BreakdownCell[]): number => cells.reduce((total, cell) => total + cell.count, 0);

const normalised = (cell: BreakdownCell): BreakdownCell =>
  cell.keys.reason === undefined ? cell : { ...cell, keys: { ...cell.keys, reason: normaliseReason(cell.keys.reason).code } };

function factsOf(step: Step, code: string): Pick<BreakdownRow, 'label' | 'remedy' | 'known'> {
  const { label, remedy, known } = reasonFacts(step, code);
  return { label, remedy, known };
}

/** A code in every form in which it may be stored. */
export const storedForms = (code: string): string[] =>
  code === '' ? [''] : [code, `errors.discarded.${code}`, `errors.awaiting-retry.${code}`];
