import { parseAuditBody } from '../core/audit/audit-body.ts';
import type { AuditEvent, StoredEvent } from '../core/audit/event.ts';
import { eventJson } from '../core/audit/event-json.ts';
import { parseQuery } from '../core/audit/parse-query.ts';
import type { AuditQuery } from '../core/audit/query.ts';
import { cited, UserError } from '../core/errors.ts';
import { type Actor, authorise } from '../core/people/actor.ts';
import type { AuditPage } from '../core/ports/audit.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpRequest, HttpRoute } from '../core/ports/http.ts';
import { fingerprint } from '../core/privacy/mask.ts';
import { cursorOf, placeOf } from './audit-cursor.ts';
import { auditDownloads, type ExportFlows } from './audit-download.ts';
import { json } from './delivery-routes.ts';
import { parseJson, requireJson } from './json-body.ts';

/** The flows behind the API, given their ports. */
export interface AuditFlows extends ExportFlows {
  ingestAudit(actor: Actor, events: readonly AuditEvent[]): Promise<{ accepted: number; duplicate: number }>;
  auditPage(actor: Actor, query: AuditQuery, page: AuditPage): Promise<{ events: StoredEvent[]; next: AuditPage['before'] }>;
}

export interface AuditParts {
  actorOf(headers: HttpRequest['headers']): Actor;
  clock: Clock;
  /** A keyed hash under a key of this installation, in hex. */
  sign(text: string): string;
}

/** Where a token without a workspace writes. */
const MAIN = 'main';
const PAGE = 100;
export function auditRoutes(flows: AuditFlows, { actorOf, clock, sign }: AuditParts): HttpRoute[] {
  const print = fingerprint(sign);

  const downloads = auditDownloads(flows, clock);

  const exportAs = (format: 'csv' | 'jsonl'): HttpRoute => ({
    method: 'GET',
    path: `/v1/audit.${format}`,
    audience: 'machine',
    async handle({ headers, query }) {
      const actor = actorOf(headers);
      authorise(actor, 'audit');
      const text = textOf(query, ['q']);
      return downloads[format](actor, { query: parseQuery(text, clock.now()), text });
    },
  });

  return [
    {
      method: 'POST',
      path: '/v1/audit',
      audience: 'machine',
      admit(headers) {
        authorise(actorOf(headers), 'ingest');
        requireJson(headers);
      },
      async handle({ headers, body }) {
        const actor = actorOf(headers);
        const events = parseAuditBody(parseJson(body), actor.workspace ?? MAIN, clock.now(), print);
        return json(202, await flows.ingestAudit(actor, events));
      },
    },
    {
      method: 'GET',
      path: '/v1/audit',
      audience: 'machine',
      async handle({ headers, query }) {
        const actor = actorOf(headers);
        authorise(actor, 'audit');
        const text = textOf(query, ['q', 'cursor']);
        const asked = parseQuery(text, clock.now());
        const { cursor } = query;
        const before = cursor === undefined ? {} : { before: placeOf(cursor, text, sign) };
        const { events, next } = await flows.auditPage(actor, asked, { limit: PAGE, ...before });
        return json(200, { events: events.map(eventJson), next: next ? cursorOf(next, text, sign) : null });
      },
    },
    {
      method: 'GET',
      path: '/v1/audit.proof',
      audience: 'machine',
      async handle({ headers, query }) {
        textOf(query, []);
        return downloads.proof(actorOf(headers));
      },
    },
    exportAs('csv'),
    exportAs('jsonl'),
  ];
}

/** The search as it was written. A parameter that is not taken is refused: a misspelt one must not be ignored. */
function textOf(query: Record<string, string>, taken: readonly string[]): string {
  const other = Object.keys(query).find((key) => !taken.includes(key));
  if (other === undefined) return query.q ?? '';
  throw new UserError(
    'bad_argument',
    `“${cited(other)}” is not taken here. ${taken.length > 0 ? `Use ${taken.join(', ')}` : 'Leave it out'}.`,
    { path: cited(other) },
  );
}
