import type { StoredEvent } from '../../core/audit/event.ts';
import { parseQuery } from '../../core/audit/parse-query.ts';
import type { AuditQuery, AuditTerm } from '../../core/audit/query.ts';
import type { Beside, EventLinks } from '../../core/cards/audit-event-card.ts';
import { HOUR, plus } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { AuditPage } from '../../core/ports/audit.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { OwePorts } from '../chat/owe.ts';
import type { Use } from '../index.ts';
import { eraseDetails } from './erase.ts';
import { type ExportLinkPorts, exportLinks } from './export-link.ts';
import type { AuditPorts } from './ingest.ts';
import { auditPage } from './page.ts';
import { deleteSearch, readNamed, savedSearches, saveSearch, TODAY } from './saved.ts';
import { createVerification, type Verification } from './verification.ts';
import type { ProofPorts } from './verify.ts';
import { beginWatch, listWatches, stopWatch } from './watch.ts';

export interface AuditSearchPorts extends AuditPorts {
  /** IANA name of the zone in which days are meant. */
  zone(): string;
  /** Where people reach the console, without a slash at the end. */
  url(): string;
}

export interface FoundAudit {
  /** As it was read: a saved search stands in its name's place. */
  text: string;
  query: AuditQuery;
  /** Newest first. */
  events: StoredEvent[];
  hasMore: boolean;
  /** Where the search ended before it was through, since it would have taken long. */
  lookedTo?: AuditPage['before'];
  now: Date;
  zone: string;
}

/** Searches the trail as far as the actor may see it. Throws a QueryMistake for a search that cannot be read. */
export async function searchAudit(
  ports: AuditSearchPorts,
  actor: Actor,
  { text, ...page }: { text: string } & AuditPage,
): Promise<FoundAudit> {
  authorise(actor, 'audit');
  const [now, zone] = [ports.clock.now(), ports.zone()];
  const read = await ports.database.read((stores) => readNamed(stores, actor, text, now));
  const query = parseQuery(read.trim() === '' ? TODAY : read, now, zone);
  const { events, next, lookedTo } = await auditPage(ports, actor, query, page);
  return { text: read, query, events, hasMore: next !== undefined, ...(lookedTo ? { lookedTo: next } : {}), now, zone };
}

export interface FoundEvent {
  event: StoredEvent;
  byActor: Beside;
  ofResource: Beside;
  links: EventLinks;
  now: Date;
}

/** One event by its number, and what happened around it. */
export async function auditEvent({ database, clock, url }: AuditSearchPorts, actor: Actor, seq: number): Promise<FoundEvent> {
  authorise(actor, 'audit');
  return database.read(async ({ audit, resources }) => {
    const event = await audit.event(seq);
    // Of other workspaces not even the number is known.
    if (!event || (actor.workspace !== undefined && event.workspace !== actor.workspace)) {
      throw new UserError('not_found', `There is no change ${seq}, or not any more. Search for it with /audit.`);
    }
    const byActor = await actorsOthers(audit, event);
    const ofResource = await resourcesOthers(audit, event);
    const resource = await resources.one({ workspace: event.workspace, kind: event.resource.kind, id: event.resource.id });
    const links = { permalink: `${url()}/audit/${seq}`, resource: resource?.url || undefined };
    return { event, byActor, ofResource, links, now: clock.now() };
  });
}

/** So many are shown, of so many looked at. */
const SHOWN = 5;
const LOOKED_AT = 50;

/** What the same actor did within an hour, nearest in time first chosen, newest first shown. */
async function actorsOthers(audit: Stores['audit'], event: StoredEvent): Promise<Beside> {
  const query = { since: plus(event.at, -HOUR), until: plus(event.at, HOUR + 1) };
  const found = await around(audit, event, query, { field: 'actor', id: event.actor.id });
  const distance = ({ at }: StoredEvent): number => Math.abs(Number(at) - Number(event.at));
  const nearest = found.events.toSorted((a, b) => distance(a) - distance(b)).slice(0, SHOWN);
  return besideOf(
    found,
    found.events.filter((other) => nearest.includes(other)),
  );
}

async function resourcesOthers(audit: Stores['audit'], event: StoredEvent): Promise<Beside> {
  const found = await around(audit, event, {}, { field: 'resource', id: event.resource.id });
  return besideOf(found, found.events.slice(0, SHOWN));
}

interface Around {
  events: StoredEvent[];
  andMore: boolean;
}

const besideOf = ({ events, andMore }: Around, shown: readonly StoredEvent[]): Beside => ({
  events: shown,
  left: events.length - shown.length,
  andMore,
});

async function around(
  audit: Stores['audit'],
  event: StoredEvent,
  times: Pick<AuditQuery, 'since' | 'until'>,
  { field, id }: { field: 'actor' | 'resource'; id: string },
): Promise<Around> {
  if (id === '') return { events: [], andMore: false };
  const terms: AuditTerm[] = [{ negated: false, field, pattern: id }];
  const found = await audit.search({ ...times, terms, workspace: event.workspace }, { limit: LOOKED_AT });
  // A term finds names and patterns too: only the very same is meant.
  const events = found.filter((other) =>
    field === 'actor' ? other.actor.id === id : other.resource.id === id && other.resource.kind === event.resource.kind,
  );
  return { events: events.filter(({ seq }) => seq !== event.seq), andMore: found.length === LOOKED_AT };
}

/** What `/audit` may start, given its ports. */
export const auditUse = (
  ports: ExportLinkPorts & ProofPorts & OwePorts,
  verification: Verification = createVerification(ports),
): Pick<
  Use,
  | 'searchAudit'
  | 'auditEvent'
  | 'exportLinks'
  | 'verifyAudit'
  | 'eraseDetails'
  | 'savedSearches'
  | 'saveSearch'
  | 'deleteSearch'
  | 'beginWatch'
  | 'listWatches'
  | 'stopWatch'
> => ({
  eraseDetails: (actor, wish) => eraseDetails(ports, actor, wish),
  verifyAudit: verification.verify,
  searchAudit: (actor, search) => searchAudit(ports, actor, search),
  auditEvent: (actor, seq) => auditEvent(ports, actor, seq),
  exportLinks: (actor, text) => exportLinks(ports, actor, text),
  savedSearches: (actor) => savedSearches(ports, actor),
  saveSearch: (actor, wish) => saveSearch(ports, actor, wish),
  deleteSearch: (actor, name) => deleteSearch(ports, actor, name),
  beginWatch: (actor, place, text) => beginWatch(ports, actor, place, text),
  listWatches: (actor, place) => listWatches(ports, actor, place),
  stopWatch: (actor, place, id) => stopWatch(ports, actor, place, id),
});
