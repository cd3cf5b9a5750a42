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

export interface Conditions {
  /** What must hold of an event's row. */
  match: RawBuilder<unknown>;
  /** The part of it that the index of words answers without looking at rows; undefined where there is none. */
  indexed: RawBuilder<unknown> | undefined;
}

export function conditionsOf({ terms, workspace }: AuditQuery & { workspace?: string }): Conditions {
  const own = workspace === undefined ? [] : [lexeme(keyOf('workspace', workspace))];
  const asked = terms.flatMap((term) => (term.negated ? [] : lexemesOf(term)));
  const all = [
    sql`same_as is null`,
    ...own.map(matches),
    ...(workspace === undefined ? [] : [sql`workspace = ${workspace}`]),
    ...terms.map((term) => (term.negated ? sql`not (${holds(term)})` : holds(term))),
  ];
  const known = [...own, ...asked];
  return { match: sql.join(all, sql` and `), indexed: known.length === 0 ? undefined : matches(known.join(' & ')) };
}

function holds(term: AuditTerm): RawBuilder<unknown> {
  const { field, pattern } = term;
  if (field === 'word') {
    const words = lexemesOf(term);
    return words.length === 0 ? sql`false` : matches(words.join(' <-> '));
  }
  const star = pattern.indexOf('*');
  const [known] = lexemesOf(term);
  if (star < 0) return matches(known ?? '');
  // The index knows how a value begins; what comes after the first star is compared in the row.
  if (/^\*+$/.test(pattern.slice(star))) return matches(known ?? `${lexeme(`=${fieldLetters[field]}`)}:*`);
  const like = pattern.replace(/[\\%_]/g, '\\$&').replaceAll(/\*+/g, '%');
  const compared = columnsOf[field].map((column) => sql`${sql.ref(column)} ilike ${like}`);
  return sql`(${known ? sql`${matches(known)} and ` : sql``}(${sql.join(compared, sql` or `)}))`;
}

/** What stands in the index of words where the term holds, by itself or with other values: a star in front leaves nothing. */
function lexemesOf({ field, pattern }: AuditTerm): string[] {
  if (field === 'word') return wordsOf(pattern).map(lexeme);
  const [beginning = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return [lexeme(keyOf(field, pattern))];
  return beginning === '' ? [] : [`${lexeme(keyOf(field, beginning))}:*`];
}

const matches = (query: string): RawBuilder<unknown> => sql`words @@ ${query}::tsquery`;
