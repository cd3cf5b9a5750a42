import { type RawBuilder, sql } from 'kysely';
import type { AuditQuery, AuditTerm, TermField } from '../core/audit/query.ts';
import { fieldLetters, keyOf, wordsOf } from '../core/audit/words.ts';
import { lexeme } from './audit-write.ts';

const columnsOf: Record<TermField, string[]> = {
  actor: ['actor_id', 'actor_name', 'actor_email'],
  action: ['action'],
  kind: ['kind'],
  resource: ['resource_id', 'resource_name'],
  workspace: ['workspace'],
  via: ['via'],
};

/** What must hold of an event's row. */
export function conditionsOf({ terms, workspace }: AuditQuery & { workspace?: string }): RawBuilder<unknown>[] {
  const own = workspace === undefined ? [] : [matches(lexeme(keyOf('workspace', workspace))), sql`workspace = ${workspace}`];
  return [...own, ...terms.map((term) => (term.negated ? sql`not (${holds(term)})` : holds(term)))];
}

function holds({ field, pattern }: AuditTerm): RawBuilder<unknown> {
  if (field === 'word') {
    const words = wordsOf(pattern).map(lexeme);
    return words.length === 0 ? sql`false` : matches(words.join(' <-> '));
  }
  const star = pattern.indexOf('*');
  if (star < 0) return matches(lexeme(keyOf(field, pattern)));
  // The index knows how a value begins; what comes after the first star is compared in the row.
  const beginning = pattern.slice(0, star);
  const isBeginning = matches(`${beginning ? lexeme(keyOf(field, beginning)) : lexeme(`=${fieldLetters[field]}`)}:*`);
  if (/^\*+$/.test(pattern.slice(star))) return isBeginning;
  const like = pattern.replace(/[\\%_]/g, '\\$&').replaceAll(/\*+/g, '%');
  const compared = columnsOf[field].map((column) => sql`${sql.ref(column)} ilike ${like}`);
  return sql`(${beginning ? sql`${isBeginning} and ` : sql``}(${sql.join(compared, sql` or `)}))`;
}

const matches = (query: string): RawBuilder<unknown> => sql`words @@ ${query}::tsquery`;
