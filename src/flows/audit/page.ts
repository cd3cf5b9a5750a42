import type { StoredEvent } from '../../core/audit/event.ts';
import type { AuditQuery } from '../../core/audit/query.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { AuditPage } from '../../core/ports/audit.ts';
import type { AuditPorts } from './ingest.ts';

export interface EventsPage {
  events: StoredEvent[];
  /** Where the next page begins; undefined after the last. */
  next: AuditPage['before'];
}

/** One page of a search, newest first, never from a workspace that the actor may not see. */
export async function auditPage(
  { database }: Pick<AuditPorts, 'database'>,
  actor: Actor,
  query: AuditQuery,
  page: AuditPage,
): Promise<EventsPage> {
  authorise(actor, 'audit');
  const { workspace } = actor;
  const events = await database.read(({ audit }) =>
    // One more than asked for tells whether there is a next page.
    audit.search({ ...query, ...(workspace === undefined ? {} : { workspace }) }, { ...page, limit: page.limit + 1 }),
  );
  const shown = events.slice(0, page.limit);
  const last = shown.at(-1);
  return { events: shown, next: events.length > shown.length && last ? { at: last.at, seq: last.seq } : undefined };
}
