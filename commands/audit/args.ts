import type { Args } from '../../src/core/commands/command.ts';
import { cited, UserError } from '../../src/core/errors.ts';

/**
 * All verbs lead to the same cards. Arguments: `query` is the search as typed, `way` the pages from the newest to this one, `seq` the
 * event that is open, `as` that a search is shown whatever the verb, `filled` that something comes from a form, `list` which list is
 * shown. `watch` (a search), `stop` (a watch), `save`, `delete` (names) and `restore` (both) are deeds: done again, they change
 * nothing, and the next button leaves them behind.
 */
const deeds = ['filled', 'watch', 'stop', 'save', 'delete', 'restore', 'list'];
export const settled = (args: Args): Args => Object.fromEntries(Object.entries(args).filter(([name]) => !deeds.includes(name)));

/** What a new search keeps of the old one's arguments. */
export const kept = (args: Args): Args =>
  Object.fromEntries(Object.entries(args).filter(([name]) => name === 'as' || name === 'name'));

export function seqOf(text = ''): number {
  const digits = /^#?(\d{1,15})$/.exec(text.trim())?.[1];
  if (digits !== undefined) return Number(digits);
  throw new UserError('bad_argument', `“${cited(text)}” is not the number of a change. Search with /audit and open one there.`);
}

export function chosen(choices: readonly string[], choice: string): string {
  const value = /^\d+$/.test(choice) ? choices[Number(choice)] : undefined;
  if (value === undefined) throw new UserError('bad_argument', 'This choice is not in the list any more. Press Refresh first.');
  return value;
}

export function erasureOf(what = ''): { seq: number; reason: string } {
  const [, number, reason] = /^(\S+)\s+(.+)$/s.exec(what.trim()) ?? [];
  if (reason !== undefined) return { seq: seqOf(number), reason };
  throw new UserError(
    'bad_argument',
    'Say which change and why, e.g. /audit erase 123 asked for by the customer. The reason stays.',
  );
}

/** A search that was just deleted, put back. */
export function restored({ restore }: Args): { name: string; text: string } | undefined {
  const [, name, text] = /^(\S+) (.*)$/s.exec(restore ?? '') ?? [];
  return name === undefined || text === undefined ? undefined : { name, text };
}
