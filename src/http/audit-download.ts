import type { StoredEvent } from '../core/audit/event.ts';
import type { AuditQuery } from '../core/audit/query.ts';
import type { ProofLine } from '../core/audit/verify.ts';
import type { Actor } from '../core/people/actor.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpResponse } from '../core/ports/http.ts';
import { asCsv, asLines, asProof } from './audit-lines.ts';

/** The flows that let the trail out, given their ports. */
export interface ExportFlows {
  exportAudit(
    actor: Actor,
    wish: { query: AuditQuery; text: string; format: 'csv' | 'jsonl' },
  ): Promise<AsyncIterable<StoredEvent[]>>;
  exportProof(actor: Actor): Promise<AsyncIterable<readonly ProofLine[]>>;
}

export interface Search {
  query: AuditQuery;
  /** As it was asked for, for the trail. */
  text: string;
}

const NDJSON = 'application/x-ndjson; charset=utf-8';

/** The trail as a file to keep, in each of its formats; a stream, however long it is. */
export function auditDownloads({ exportAudit, exportProof }: ExportFlows, clock: Clock) {
  const file = (type: string, ending: string, body: AsyncIterable<string>): HttpResponse => ({
    status: 200,
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="audit-${clock.now().toISOString().slice(0, 10)}.${ending}"`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body,
  });
  return {
    csv: async (actor: Actor, search: Search) =>
      file('text/csv; charset=utf-8; header=present', 'csv', asCsv(await exportAudit(actor, { ...search, format: 'csv' }))),
    jsonl: async (actor: Actor, search: Search) =>
      file(NDJSON, 'jsonl', asLines(await exportAudit(actor, { ...search, format: 'jsonl' }))),
    proof: async (actor: Actor) => file(NDJSON, 'proof.jsonl', asProof(await exportProof(actor))),
  };
}
