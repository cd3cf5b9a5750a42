import { partsOfLine } from '../commands/line.ts';
import { canonicalJson } from './canonical.ts';
import { parseQuery } from './parse-query.ts';
import type { AuditQuery } from './query.ts';
import { QueryMistake } from './query-mistake.ts';

const EXAMPLE = '/audit watch action:destination.* -actor:deploy-bot';
const isTime = (part: string): boolean => /^-?(?:since|until|on):/i.test(part);

/** A search without its times: what one may watch for. */
export const withoutTimes = (text: string): string =>
  partsOfLine(text)
    .filter((part) => !isTime(part))
    .join(' ');

/** Reads what is to be watched for. Throws a QueryMistake for what cannot be read, for times, and for nothing. */
export function parseWatch(text: string, now: Date): AuditQuery {
  const query = parseQuery(text, now);
  if (query.since || query.until) {
    const part = partsOfLine(text).find(isTime) ?? text;
    throw new QueryMistake(
      text,
      { at: Math.max(0, text.indexOf(part)), length: part.length },
      'A watch tells what comes from now on: it has no since:, until: or on:. Leave the time out.',
      [''],
    );
  }
  if (query.terms.length === 0) {
    throw new QueryMistake(text, { at: 0, length: 1 }, `Say what to watch for, e.g. ${EXAMPLE}; for everything: action:*`);
  }
  return query;
}

/** The same for searches that find the same, however they are typed. */
export const sameSearch = ({ terms }: AuditQuery): string => canonicalJson([...new Set(terms.map(termKey))].sort());

const termKey = ({ negated, field, pattern }: AuditQuery['terms'][number]): string =>
  canonicalJson([negated, field, pattern.toLowerCase()]);
