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
  /** The address of the channel where checkpoints of the audit trail are posted. */
  checkpoints?: string;
  /** Segment's webhook may send several calls at once, though only the first of them is signed. */
  segmentBatches: boolean;
  forwards: readonly Forward[];
}

/** Without a file. */
export const noPolicy: Policy = {
  timezone: 'UTC',
  defaultRole: 'viewer',
  roles: { owner: [], approver: [], operator: [], viewer: [] },
  people: [],
  segmentBatches: false,
  forwards: [],
};
