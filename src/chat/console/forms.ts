import { z } from 'zod';
import { ACTION_ID_LIMIT, type Action, decodeAction } from '../../core/messages/action-id.ts';
import { type Origin, originOf } from './origin.ts';

export const TEXT_LIMIT = 2_000;
/** Of the inputs that hold what a form asks for. */
export const VALUE_PREFIX = 'value.';

const Fields = z.object({
  text: z.string().optional(),
  action: z.string().optional(),
  choice: z.string().optional(),
  submit: z.string().optional(),
});

export const LoginForm = z.object({ token: z.string().default(''), next: z.string().default('') });
export const HistoryQuery = z.object({
  before: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional().catch(undefined),
  /** The number of a change of the audit trail, that a link leads to. */
  show: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .catch(undefined),
  count: z.coerce.number().int().min(50).max(200).catch(50),
});

export const fieldsOf = (body: Buffer): Record<string, string> => Object.fromEntries(new URLSearchParams(body.toString('utf8')));

/** What a form of the page asks for; `note` is what to tell a person whose input we cannot take. */
export type Ask =
  | { kind: 'say'; text: string }
  | { kind: 'press'; action: Action; origin: Origin }
  | { kind: 'submit'; action: Action; origin: Origin; values: Record<string, string> }
  | { kind: 'note'; note: string };

export const NO_LONGER_VALID = 'This button is no longer valid.';

export function askOf(body: Buffer): Ask {
  const all = fieldsOf(body);
  const fields = Fields.parse(all);
  if (fields.submit !== undefined) return submitOf(fields.submit, all);
  if (fields.action !== undefined) return pressOf(fields.action, originOf(all), fields.choice);
  const text = cleanLine(fields.text ?? '');
  if (text.length > TEXT_LIMIT) {
    return { kind: 'note', note: `That is ${text.length} characters; a command may have ${TEXT_LIMIT}. Please shorten it.` };
  }
  if (!text.startsWith('/')) return { kind: 'note', note: 'Commands begin with /. Try /pipeline.' };
  return { kind: 'say', text };
}

function pressOf(id: string, origin: Origin, choice: string | undefined): Ask {
  const action = decodeAction(id);
  if (!action) return { kind: 'note', note: NO_LONGER_VALID };
  if (choice === undefined) return { kind: 'press', action, origin };
  if (choice.length > ACTION_ID_LIMIT || choice !== cleanLine(choice)) return { kind: 'note', note: NO_LONGER_VALID };
  return { kind: 'press', action: { ...action, choice }, origin };
}

/** Values of a form by field name; several lines stay several. */
function submitOf(id: string, all: Record<string, string>): Ask {
  const action = decodeAction(id);
  if (!action) return { kind: 'note', note: NO_LONGER_VALID };
  const values = Object.entries(all).flatMap(([name, value]) =>
    name.startsWith(VALUE_PREFIX) ? [[name.slice(VALUE_PREFIX.length), cleanText(value)] as const] : [],
  );
  return { kind: 'submit', action, origin: originOf(all), values: Object.fromEntries(values) };
}

const cleanText = (text: string): string => text.slice(0, 4_000).split(/\r?\n/).map(cleanLine).join('\n');

/** One line of text: a control character is a space (and NUL could not be stored at all). */
export const cleanLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();
