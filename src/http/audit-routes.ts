import { parseAuditBody } from '../core/audit/audit-body.ts';
import type { AuditEvent, StoredEvent } from '../core/audit/event.ts';
import { eventJson } from '../core/audit/event-json.ts';
import { parseQuery } from '../core/audit/parse-query.ts';
import type { AuditQuery } from '../core/audit/query.ts';
import type { ProofLine } from '../core/audit/verify.ts';
import { cited, UserError } from '../core/errors.ts';
import { type Actor, authorise } from '../core/people/actor.ts';
import type { AuditPage } from '../core/ports/audit.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../core/ports/http.ts';
import { fingerprint } from '../core/privacy/mask.ts';
import { cursorOf, placeOf } from './audit-cursor.ts';
import { asCsv, asLines, asProof } from './audit-lines.ts';
import { json } from './delivery-routes.ts';
import { parseJson, requireJson } from './json-body.ts';

/** The flows behind the API, given their ports. */
export interface AuditFlows {
  ingestAudit(actor: Actor, events: readonly AuditEvent[]): Promise<{ accepted: number; duplicate: number }>;
  auditPage(actor: Actor, query: AuditQuery, page: AuditPage): Promise<{ events: StoredEvent[]; next: AuditPage['before'] }>;
  exportAudit(
    actor: Actor,
    wish: { query: AuditQuery; text: string; format: 'csv' | 'jsonl' },
  ): Promise<AsyncIterable<StoredEvent[]>>;
  exportProof(actor: Actor): Promise<AsyncIterable<readonly ProofLine[]>>;
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

  const exportAs = (
    format: 'csv' | 'jsonl',
    type: string,
    write: (pages: AsyncIterable<StoredEvent[]>) => AsyncIterable<string>,
  ): HttpRoute => ({
    method: 'GET',
    path: `/v1/audit.${format}`,
    audience: 'machine',
    async handle({ headers, query }) {
      const actor = actorOf(headers);
      authorise(actor, 'audit');
      const text = textOf(query, ['q']);
      const pages = await flows.exportAudit(actor, { query: parseQuery(text, clock.now()), text, format });
      const day = clock.now().toISOString().slice(0, 10);
      return download(type, `audit-${day}.${format}`, write(pages));
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
        const pages = await flows.exportProof(actorOf(headers));
        return download(NDJSON, `audit-${clock.now().toISOString().slice(0, 10)}.proof.jsonl`, asProof(pages));
      },
    },
    exportAs('csv', 'text/csv; charset=utf-8; header=present', asCsv),
    exportAs('jsonl', NDJSON, asLines),
  ];
}

/** The search as it was written. A parameter that is not taken is refused: a misspelt one must not be ignored. */
function textOf(query: Record<string, string>, taken: readonly string[]): string {
  const other = Object.keys(query).find((key) => !taken.includes(key));
  if (other === undefined) return query.q ?? '';
  throw new UserError('bad_argument', `“${cited(other)}” is not taken here. Use ${taken.join(', ')}.`, { path: cited(other) });
}

const NDJSON = 'application/x-ndjson; charset=utf-8';
const download = (type: string, name: string, body: AsyncIterable<string>): HttpResponse => ({
  status: 200,
  headers: {
    'content-type': type,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  },
  body,
});
