import type { StoredEvent } from '../../core/audit/event.ts';
import type { AuditQuery } from '../../core/audit/query.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { AuditPage } from '../../core/ports/audit.ts';
import type { AuditPorts } from './ingest.ts';

export interface EventsPage {
  events: StoredEvent[];
  /** Where the next page begins; undefined after the last. */
  next: AuditPage['before'];
  /** The page is not full, since looking further would take long: nothing older than this was looked at. */
  lookedTo?: Date;
}

/** So long (ms) is looked for one page. Most searches take a fraction of it; no text can take much more. */
const PATIENCE = 80;

/** One page of a search, newest first, never from a workspace that the actor may not see. */
export async function auditPage(
  { database }: Pick<AuditPorts, 'database'>,
  actor: Actor,
  query: AuditQuery,
  page: AuditPage,
  patience = PATIENCE,
): Promise<EventsPage> {
  authorise(actor, 'audit');
  const { workspace } = actor;
  const { events, reached } = await database.read(({ audit }) =>
    // One more than asked for tells whether there is a next page.
    audit.page({ ...query, ...(workspace === undefined ? {} : { workspace }) }, { ...page, limit: page.limit + 1 }, patience),
  );
  const shown = events.slice(0, page.limit);
  const last = shown.at(-1);
  if (events.length > shown.length && last) return { events: shown, next: { at: last.at, seq: last.seq } };
  return { events: shown, next: reached, ...(reached ? { lookedTo: reached.at } : {}) };
}
