import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { AuditEvent, Json, StoredEvent, Via } from '../core/audit/event.ts';
import type { Tables } from './tables.ts';

/** What may be erased by law, and lies beside the event. */
export interface Details {
  before?: Json;
  after?: Json;
  context?: Json;
}

export const detailsOf = ({ before, after, context }: AuditEvent): Details => ({
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
  ...(context === undefined ? {} : { context }),
});

/** An event as it is read: what it is found by stays behind. */
export type EventRow = Omit<Selectable<Tables['audit_event']>, 'same_key' | 'details_hash' | 'words'> & {
  /** Null when erased. */
  details: string | null;
};

export const storedEvent = (row: EventRow): StoredEvent => ({
  seq: Number(row.seq),
  arrived: row.arrived,
  workspace: row.workspace,
  provider: row.provider as StoredEvent['provider'],
  id: row.event_id,
  at: row.at,
  actor: { id: row.actor_id, type: row.actor_type, name: row.actor_name, email: row.actor_email },
  action: row.action,
  type: row.type,
  resource: { kind: row.kind, id: row.resource_id, name: row.resource_name },
  via: row.via as Via,
  sameAs: row.same_as === null ? null : Number(row.same_as),
  erased: row.details === null,
  ...((row.details === null ? {} : JSON.parse(row.details)) as Details),
});

/** `details`: what is known of where the details `d` lie. */
export const eventColumns = (details: RawBuilder<unknown> = sql``) => sql`
  select e.seq, e.arrived, e.workspace, e.provider, e.event_id, e.at, e.actor_id, e.actor_type, e.actor_name, e.actor_email,
    e.action, e.type, e.kind, e.resource_id, e.resource_name, e.via, e.same_as, d.details
  from audit_event e left join audit_detail d on d.seq = e.seq and d.arrived = e.arrived ${details}`;
