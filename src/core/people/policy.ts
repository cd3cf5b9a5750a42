import type { Forward } from '../audit/forward.ts';
import type { PersonRole } from './actor.ts';

/** What `pipewarden.yml` says. It is loaded whole or not at all, and read-only in chat. */
export interface Policy {
  /** IANA name: figures, digests and seasons are in it. */
  timezone: string;
  /** What every full member has; null for nothing. */
  defaultRole: PersonRole | null;
  /** Accounts, groups and names of `people` by role. */
  roles: Readonly<Record<PersonRole, readonly string[]>>;
  people: readonly { name: string; accounts: readonly string[] }[];
  forwards: readonly Forward[];
}

/** Without a file. */
export const noPolicy: Policy = {
  timezone: 'UTC',
  defaultRole: 'viewer',
  roles: { owner: [], approver: [], operator: [], viewer: [] },
  people: [],
  forwards: [],
};
