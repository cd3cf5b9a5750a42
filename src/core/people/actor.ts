import { UserError } from '../errors.ts';

/** Roles of people (viewer … owner) and scopes of API tokens (`ingest`, `read`) are one list: both answer "what may you do". */
export type Role = 'viewer' | 'operator' | 'approver' | 'owner' | 'ingest' | 'read';

/** Who is asking. Every flow takes one first and authorises it inside. */
export interface Actor {
  /** A human or an API token, by the name shown to others. */
  person: string;
  /** Where they came from, e.g. `console:local` or `api:default`. */
  account: string;
  roles: readonly Role[];
  /** Set when this actor may see one workspace only. */
  workspace?: string;
}

export type Right = 'read' | 'ingest';

const rightsOf: Record<Role, readonly Right[]> = {
  viewer: ['read'],
  operator: ['read'],
  approver: ['read'],
  owner: ['read'],
  ingest: ['ingest'],
  read: ['read'],
};

/** Throws `forbidden` unless one of the actor's roles grants the right. */
export function authorise(actor: Actor, right: Right): void {
  if (actor.roles.some((role) => rightsOf[role].includes(right))) return;
  throw new UserError('forbidden', `${actor.person} may not ${right}. Ask an owner for a role or token that grants it.`);
}
