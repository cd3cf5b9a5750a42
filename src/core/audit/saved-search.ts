import { nearest } from '../delivery/directory.ts';
import { cited, UserError } from '../errors.ts';
import { QueryMistake } from './query-mistake.ts';

/** A search under a name, for everyone who may search there. */
export interface SavedSearch {
  name: string;
  query: string;
  /** Who saved it. */
  by: string;
  at: Date;
  /** Seen where one workspace is meant, kept for all of them: there it is not deleted. */
  forAll?: boolean;
}

const LONGEST_NAME = 40;
const nameShape = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

/** As it is kept: in lower case, without the `@`. */
export function savedName(text: string): string {
  const name = text.trim().replace(/^@/, '').toLowerCase();
  if (nameShape.test(name) && name.length <= LONGEST_NAME) return name;
  const message = `“${cited(text.trim())}” is no name for a search. Take letters, digits, dots and dashes, at most ${LONGEST_NAME}, e.g. night-deploys.`;
  throw new UserError('bad_argument', message, { path: '/name' });
}

/** `@name` at the beginning of a search, and what follows. Undefined for a search that names none. */
export function namedIn(text: string): { name: string; rest: string } | undefined {
  const [, name, rest = ''] = /^\s*@(\S+)(.*)$/s.exec(text) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), rest };
}

/** The search with what its name stands for in the name's place. Throws a QueryMistake for a name that stands for nothing. */
export function resolved(text: string, saved: readonly Pick<SavedSearch, 'name' | 'query'>[]): string {
  const named = namedIn(text);
  if (!named) return text;
  const found = saved.find(({ name }) => name === named.name);
  if (found) return `${found.query}${named.rest}`.trim();
  const [near] = nearest(
    named.name,
    saved.map(({ name }) => name),
    1,
  );
  const hint = near === undefined ? 'Save one with /audit save NAME search.' : `Did you mean @${near}?`;
  const part = { at: text.indexOf('@'), length: named.name.length + 1 };
  throw new QueryMistake(
    text,
    part,
    `There is no saved search @${cited(named.name)} here. ${hint}`,
    near === undefined ? [] : [`@${near}`],
  );
}
