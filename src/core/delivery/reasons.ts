import { discardReasons } from './discard-reasons.ts';
import { type Step, stepFacts } from './steps.ts';

export interface ReasonFacts {
  code: string;
  label: string;
  /** What to do about it; empty for a code we do not know. */
  remedy: string;
  /** False for a code that is not in Segment's documentation: shown as it is, and marked new. */
  known: boolean;
}

/** Stands for "no reason was given", so that a step's reasons always add up to its count. */
export const noReason: ReasonFacts = {
  code: '',
  label: 'No reason given',
  remedy: 'Send a reason with these counts to see what to do.',
  known: true,
};

const byStepAndCode = new Map(discardReasons.map(([step, code, label, remedy]) => [`${step} ${code}`, { code, label, remedy }]));

/**
 * Segment's older error list prefixes its codes: `errors.discarded.400` is `400`, and `errors.awaiting-retry.429` is a
 * `429` that is still being retried.
 */
export function normaliseReason(reason: string): { code: string; transient: boolean } {
  const prefixed = /^errors\.(discarded|awaiting-retry)\.(.+)$/.exec(reason);
  if (!prefixed?.[2]) return { code: reason, transient: false };
  return { code: prefixed[2], transient: prefixed[1] === 'awaiting-retry' };
}

/** Label and remedy of a normalised code at a step. Codes are case sensitive: twins mean different things. */
export function reasonFacts(step: Step, code: string): ReasonFacts {
  if (code === '') return noReason;
  // A sync says in its own words why it failed.
  if (stepFacts[step].unit === 'syncs') return { code, label: code, remedy: 'Look into the step to see the run.', known: true };
  const known = byStepAndCode.get(`${step} ${code}`);
  return known ? { ...known, known: true } : { code, label: code, remedy: '', known: false };
}
