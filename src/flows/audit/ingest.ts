import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/audit/canonical.ts';
import type { AuditEvent } from '../../core/audit/event.ts';
import { cited, UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { NewEvent } from '../../core/ports/audit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Database } from '../../core/ports/stores.ts';

export interface AuditPorts {
  database: Database;
  clock: Clock;
}

/**
 * Stores events, all or none, each once: the same event again changes nothing, another one under the same id is refused.
 * Resolves after the commit. `idPaths`: where in the body the ids stood, for the sentence of a refusal.
 */
export async function ingestAudit(
  { database, clock }: AuditPorts,
  actor: Actor,
  events: readonly AuditEvent[],
  idPaths: readonly string[] = events.map((_, i) => `/events/${i}/id`),
): Promise<{ accepted: number; duplicate: number }> {
  authorise(actor, 'ingest');
  const news = events.map(asNew);
  return database.transaction(async (stores) => {
    const added = await stores.audit.add(news, clock.now());
    const index = added.findIndex(({ outcome }) => outcome === 'conflict');
    if (index >= 0) {
      const path = idPaths[index] ?? '';
      const message = `${path}: the id ${cited(events[index]?.id ?? '')} was sent before with another event; that one is kept. Give every event its own id.`;
      throw new UserError('audit_conflict', message, { path });
    }
    const accepted = added.filter(({ outcome }) => outcome === 'new').length;
    return { accepted, duplicate: added.length - accepted };
  });
}

/** With the hash of what makes it this event. What it was said beside (context, way) may differ when it is sent again. */
export function asNew(event: AuditEvent): NewEvent {
  const { at, actor, type, resource, before, after } = event;
  const said = { at: at.toISOString(), actor, type, resource, before, after };
  return { event, hash: createHash('sha256').update(canonicalJson(said)).digest() };
}
