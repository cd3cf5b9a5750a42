import type { StoredEvent } from '../../core/audit/event.ts';
import type { AuditQuery } from '../../core/audit/query.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { AuditPorts } from './ingest.ts';
import { auditPage } from './page.ts';
import { record } from './record.ts';

/** Read and written at once: what an export costs in memory, however long it is. */
const PAGE = 500;
/** Nobody waits for a page of it. */
const PATIENCE = 1_000;

export interface ExportWish {
  query: AuditQuery;
  /** As it was asked for, for the trail. */
  text: string;
  format: 'csv' | 'jsonl';
}

/**
 * Everything a search finds, page by page. That it was exported is in the trail before the first page leaves; the export does not
 * list itself.
 */
export async function exportAudit(
  ports: AuditPorts,
  actor: Actor,
  { query, text, format }: ExportWish,
): Promise<AsyncIterable<StoredEvent[]>> {
  const first = await auditPage(ports, actor, query, { limit: PAGE }, PATIENCE);
  const resource = { kind: 'audit', id: 'audit', name: 'Audit trail' };
  const deed = { action: 'audit.exported', resource, outcome: 'done', context: { query: text, format } } as const;
  const own = await ports.database.transaction((stores) => record(stores, actor, deed, ports.clock.now()));
  return (async function* () {
    for (let page = first; ; page = await auditPage(ports, actor, query, { limit: PAGE, before: page.next }, PATIENCE)) {
      yield page.events.filter(({ seq }) => seq !== own);
      if (!page.next) return;
    }
  })();
}
