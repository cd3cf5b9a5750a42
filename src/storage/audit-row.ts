import type { AuditEvent, Json, StoredEvent, Via } from '../core/audit/event.ts';

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

export interface EventRow {
  seq: string;
  arrived: Date;
  workspace: string;
  provider: string;
  event_id: string;
  at: Date;
  actor_id: string;
  actor_type: string;
  actor_name: string;
  actor_email: string;
  action: string;
  type: string;
  kind: string;
  resource_id: string;
  resource_name: string;
  via: string;
  same_as: string | null;
  /** Null when erased. */
  details: string | null;
}

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
