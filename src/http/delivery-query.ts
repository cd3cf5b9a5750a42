import { z } from 'zod';
import { breakdownKeys } from '../core/delivery/breakdown.ts';
import { defaultPeriod, makeWindow, type Period, parsePeriod } from '../core/delivery/period.ts';
import { isStep, type Step, stepFacts, steps } from '../core/delivery/steps.ts';
import type { Window } from '../core/delivery/time.ts';
import { cited, UserError } from '../core/errors.ts';
import type { BreakdownKey } from '../core/ports/stores.ts';

interface ReadQuery {
  period: Period;
  workspace?: string;
  mapping?: string;
  audience?: string;
}

/** The parameters of a read. Throws `bad_argument` for one that is not taken: a misspelt filter must not be ignored. */
export function readQuery(query: Record<string, string>, taken: readonly string[]): ReadQuery {
  for (const key of Object.keys(query)) {
    if (!taken.includes(key)) {
      throw new UserError('bad_argument', `“${cited(key)}” is not taken here. Use ${taken.join(', ')}.`, { path: cited(key) });
    }
  }
  const { workspace, mapping, audience } = query;
  return {
    period: periodOf(query),
    ...(workspace ? { workspace } : {}),
    ...(mapping ? { mapping } : {}),
    ...(audience ? { audience } : {}),
  };
}

const filters = ['period', 'from', 'to', 'workspace', 'mapping', 'audience'];

export const overviewQuery = (query: Record<string, string>): ReadQuery => readQuery(query, filters);

export function stepQuery(
  step: string,
  query: Record<string, string>,
): ReadQuery & { step: Step; by: BreakdownKey[]; reason?: string } {
  if (!isStep(step)) {
    throw new UserError('unknown_step', `“${cited(step)}” is not a step. Use one of ${steps.join(', ')}.`, {
      suggestions: [...steps],
    });
  }
  const read = readQuery(query, [...filters, 'groupBy', 'reason', 'cursor']);
  const by = (query.groupBy ?? (stepFacts[step].role === 'discard' ? 'reason' : 'eventName')).split(',');
  const unknown = by.find((key) => !breakdownKeys.includes(key as BreakdownKey));
  if (unknown !== undefined) {
    throw new UserError('bad_argument', `“${cited(unknown)}” cannot be grouped by. Use ${breakdownKeys.join(', ')}.`, {
      path: 'groupBy',
    });
  }
  return {
    ...read,
    step,
    by: [...new Set(by)] as BreakdownKey[],
    ...(query.reason === undefined ? {} : { reason: query.reason }),
  };
}

function periodOf({ period, from, to }: Record<string, string>): Period {
  if (from === undefined && to === undefined) return period === undefined ? defaultPeriod : parsePeriod(period);
  if (period !== undefined) throw new UserError('bad_period', 'Give either period, or from and to.', { path: 'period' });
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
  const at = (text: string | undefined) => (text !== undefined && zoned.test(text) ? Date.parse(text) : Number.NaN);
  const window = makeWindow(at(from), at(to));
  if (window) return window;
  throw new UserError('bad_period', 'from and to are ISO 8601 times with a zone, from before to, at most 400 days apart.', {
    path: 'from',
  });
}

const cursorShape = z.strictObject({
  offset: z.number().int().min(0).max(1_000_000),
  // Not before 1970: PostgreSQL's calendar begins later than JavaScript's.
  from: z.number().int().min(0),
  to: z.number().int(),
});

/** Where a page begins, and the window that the pages are of. Opaque to the caller. */
export const cursorOf = (offset: number, { from, to }: Window): string =>
  Buffer.from(JSON.stringify({ offset, from: Number(from), to: Number(to) })).toString('base64url');

export function pageOf(cursor: string | undefined): { offset: number; period?: Window } {
  if (cursor === undefined) return { offset: 0 };
  try {
    const { offset, from, to } = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    const period = makeWindow(from, to);
    if (period) return { offset, period };
  } catch {}
  throw new UserError('bad_argument', 'This cursor is not one of ours. Start again without it.', { path: 'cursor' });
}
