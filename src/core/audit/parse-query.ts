import { nearest } from '../delivery/directory.ts';
import { cited } from '../errors.ts';
import { type AuditQuery, type AuditTerm, qualifiers, type TermField, type TimeField, termFields, timeFields } from './query.ts';
import { QueryMistake } from './query-mistake.ts';
import { whenOf } from './when.ts';

const LONGEST = 1_000;
const MOST_TERMS = 20;
const MOST_STARS = 4;

/** What ends a quote that begins so. Phones type the curly ones, and each country its own; the straight one ends them all. */
const closing: Record<string, string> = { '"': '"', '“': '”“"', '”': '”"', '„': '“”"', '«': '»"', '»': '«»"' };
/** Phones make one of a `-`, too. Elsewhere than before a qualifier it may be a dash. */
const dashedQualifier = new RegExp(`^[–—−](?:${qualifiers.join('|')}):`, 'i');

interface Token {
  at: number;
  length: number;
  negated: boolean;
  /** As typed, before the colon. */
  field: string | undefined;
  value: string;
  quoted: boolean;
  /** Where the value begins. */
  valueAt: number;
}

/**
 * Reads `actor:dana action:destination.* since:7d -kind:user "free words"`. `zone` is the IANA name of the reader's time zone, in
 * which days are meant. Throws a QueryMistake that points at what it cannot read.
 */
export function parseQuery(text: string, now: Date, zone = 'UTC'): AuditQuery {
  if (text.length > LONGEST) {
    const part = { at: LONGEST, length: 1 };
    throw new QueryMistake(text.slice(0, LONGEST + 1), part, `A search has at most ${LONGEST} characters. Shorten it.`);
  }
  const odd = /\p{Cc}/u.exec(text.replace(/[\t\n\r]/g, ' '));
  if (odd) throw new QueryMistake(text, { at: odd.index, length: 1 }, 'A search is text without control characters.');
  const query: AuditQuery = { terms: [] };
  for (const token of tokensOf(text)) {
    const field = token.field?.toLowerCase();
    if (field === undefined) query.terms.push(wordTerm(text, token));
    else if (isOneOf(termFields, field)) query.terms.push(fieldTerm(text, token, field));
    else if (isOneOf(timeFields, field)) narrow(query, text, token, field, now, zone);
    else throw unknownField(text, token, field);
    if (query.terms.length > MOST_TERMS) {
      throw new QueryMistake(text, token, `A search has at most ${MOST_TERMS} terms. Leave some out.`);
    }
  }
  return query;
}

const isOneOf = <T extends string>(list: readonly T[], word: string): word is T => (list as readonly string[]).includes(word);

/** The terms as typed. */
export const partsOfSearch = (text: string): string[] => [...tokensOf(text)].map(({ at, length }) => text.slice(at, at + length));

function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    at += token.length;
    yield token;
  }
}

function tokenAt(text: string, at: number): Token {
  const negated = /^-\S/.test(text.slice(at, at + 2)) || dashedQualifier.test(text.slice(at));
  const start = negated ? at + 1 : at;
  const named = /^([A-Za-z_]+):(?!\/\/)/.exec(text.slice(start));
  const valueAt = start + (named?.[0].length ?? 0);
  const closers = closing[text[valueAt] ?? ''];
  const quoted = closers !== undefined;
  let end = valueAt;
  if (quoted) {
    end = valueAt + 1;
    while (end < text.length && !closers.includes(text[end] as string)) end++;
    if (end === text.length) {
      const part = { at: valueAt, length: text.length - valueAt };
      throw new QueryMistake(text, part, 'This quote is not closed. Put another " at its end.');
    }
    end++;
  } else while (end < text.length && !/\s/.test(text[end] as string)) end++;
  const value = quoted ? text.slice(valueAt + 1, end - 1) : text.slice(valueAt, end);
  return { at, length: end - at, negated, field: named?.[1], value: value.trim(), quoted, valueAt };
}

function wordTerm(text: string, token: Token): AuditTerm {
  if (!/[\p{L}\p{N}]/u.test(token.value)) {
    throw new QueryMistake(text, token, 'There is no letter or digit in this. Name a word to look for.');
  }
  return { negated: token.negated, field: 'word', pattern: token.value };
}

function fieldTerm(text: string, token: Token, field: TermField): AuditTerm {
  if (token.value === '') throw new QueryMistake(text, token, `${field}: needs a value, e.g. ${examples[field]}`);
  if (token.value.split('*').length - 1 > MOST_STARS) {
    throw new QueryMistake(text, valuePart(token), `A pattern has at most ${MOST_STARS} stars. Leave some out.`);
  }
  return { negated: token.negated, field, pattern: token.value };
}

const examples: Record<TermField | TimeField, string> = {
  actor: 'actor:dana',
  action: 'action:destination.*',
  kind: 'kind:filter',
  resource: 'resource:amplitude',
  workspace: 'workspace:main',
  via: 'via:webhook',
  since: 'since:7d or since:2026-11-20',
  until: 'until:2026-11-20',
  on: 'on:today or on:2026-11-20',
};

const valuePart = (token: Token) => ({ at: token.valueAt, length: token.at + token.length - token.valueAt });

/** Bounds may be given more than once: the narrowest holds. */
function narrow(query: AuditQuery, text: string, token: Token, field: TimeField, now: Date, zone: string): void {
  if (token.negated) throw new QueryMistake(text, token, `${field}: cannot be turned round with “-”. Use since: and until:.`);
  const when = whenOf(token.value, now, zone);
  if (!when || (field === 'on' && !('from' in when))) {
    throw new QueryMistake(text, valuePart(token), `“${cited(token.value)}” is not a time here. Try ${examples[field]}.`);
  }
  const since = 'from' in when ? when.from : when.at;
  // A day that is named as the end is meant up to its beginning, as with dates elsewhere.
  const until = field === 'on' && 'to' in when ? when.to : since;
  if (field !== 'until' && !(query.since && query.since > since)) query.since = since;
  if (field !== 'since' && !(query.until && query.until < until)) query.until = until;
  if (query.since && query.until && query.since >= query.until) {
    throw new QueryMistake(text, token, 'This ends before it begins. Exchange the two times, or leave one out.');
  }
}

function unknownField(text: string, token: Token, field: string): QueryMistake {
  const [near = 'actor'] = nearest(field, qualifiers, 1);
  const part = { at: token.at + (token.negated ? 1 : 0), length: field.length };
  const message = `There is no qualifier “${cited(field)}”. Did you mean ${near}:? To look for the words themselves, put them in quotes.`;
  return new QueryMistake(text, part, message, [`${near}:${token.value}`]);
}
