import { UserError } from '../errors.ts';

/** Roles of people, from the least to the most. A person may have several. */
export const personRoles = ['viewer', 'operator', 'approver', 'owner'] as const;
export type PersonRole = (typeof personRoles)[number];
export const isPersonRole = (text: string): text is PersonRole => personRoles.some((role) => role === text);

/** Roles of people and scopes of API tokens (`ingest`, `read`, `audit`) are one list: both answer "what may you do". */
export type Role = PersonRole | 'ingest' | 'read' | 'audit';

/** Who is asking. Every flow takes one first and authorises it inside. */
export interface Actor {
  /** A human or an API token, by the name shown to others. */
  person: string;
  /** Where they came from, e.g. `console:local` or `api:default`. */
  account: string;
  /** The same for all accounts of one person: two of them count once. */
  personKey: string;
  roles: readonly Role[];
  /** Groups of theirs that roles hang on, as the platform told last. */
  groups?: readonly string[];
  /** Set when this actor may see one workspace only. */
  workspace?: string;
}

/** `audit`: search and export the trail. `manage`: who may do what, and which channel is about which workspace. */
export type Right = 'read' | 'ingest' | 'audit' | 'manage';

const rightsOf: Record<Role, readonly Right[]> = {
  viewer: ['read'],
  operator: ['read'],
  approver: ['read', 'audit'],
  owner: ['read', 'audit', 'manage'],
  ingest: ['ingest'],
  read: ['read'],
  audit: ['audit'],
};

const inWords: Record<Right, string> = {
  read: 'read',
  ingest: 'ingest',
  audit: 'search the audit trail',
  manage: 'manage roles and channels',
};

export const may = (actor: Actor, right: Right): boolean => actor.roles.some((role) => rightsOf[role].includes(right));

/** Throws `forbidden` unless one of the actor's roles grants the right. */
export function authorise(actor: Actor, right: Right): void {
  if (may(actor, right)) return;
  const message = `${actor.person} may not ${inWords[right]}. Ask an owner for a role or token that grants it.`;
  throw new UserError('forbidden', message, { by: actor });
}

/** What Pipewarden does by itself. */
export const pipewarden: Actor = {
  person: 'Pipewarden',
  account: 'pipewarden:itself',
  personKey: 'pipewarden:itself',
  roles: [],
};
