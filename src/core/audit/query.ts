/** A search, parsed. Every term must hold; a negated one must not. */
export interface AuditQuery {
  terms: AuditTerm[];
  /** At or after, UTC. */
  since?: Date;
  /** Before, UTC. */
  until?: Date;
}

export interface AuditTerm {
  negated: boolean;
  /** `word` looks at names, actions and changed values alike. */
  field: TermField | 'word';
  /** For the named fields a pattern in which `*` stands for any text, matched whole and without case; for `word`, words in order. */
  pattern: string;
}

export const termFields = ['actor', 'action', 'kind', 'resource', 'workspace', 'via'] as const;
export type TermField = (typeof termFields)[number];
export const timeFields = ['since', 'until', 'on'] as const;
export type TimeField = (typeof timeFields)[number];
export const qualifiers: readonly string[] = [...termFields, ...timeFields];
