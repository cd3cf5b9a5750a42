import { noticePage } from './chat/console/notice.ts';
import type { Config } from './config/env.ts';
import type { Actor } from './core/people/actor.ts';
import type { Policy } from './core/people/policy.ts';
import type { Clock } from './core/ports/clock.ts';
import type { HttpRequest, HttpRoute } from './core/ports/http.ts';
import type { Database } from './core/ports/stores.ts';
import type { Fingerprint } from './core/privacy/mask.ts';
import { exportAudit } from './flows/audit/export.ts';
import { openExportLink } from './flows/audit/export-link.ts';
import { ingestAudit } from './flows/audit/ingest.ts';
import { auditPage } from './flows/audit/page.ts';
import { exportProof } from './flows/audit/verify.ts';
import { createIngest, type Ingest } from './flows/delivery/ingest.ts';
import type { Use } from './flows/index.ts';
import type { ExportFlows } from './http/audit-download.ts';
import { auditRoutes } from './http/audit-routes.ts';
import { deliveryRoutes } from './http/delivery-routes.ts';
import { exportLinkRoute } from './http/export-link-route.ts';
import type { Metrics } from './http/metrics.ts';
import { segmentRoutes } from './http/segment-routes.ts';
import { type ApiToken, writeKeys } from './http/tokens.ts';

interface RouteParts {
  ports: { database: Database; clock: Clock };
  use: Use;
  trail: Parameters<typeof openExportLink>[0];
  tokens: readonly ApiToken[];
  actorOf(headers: HttpRequest['headers']): Actor;
  config: Config;
  policy(): Policy;
  sign(text: string): string;
  print: Fingerprint;
  metrics: Metrics;
  wakeForwards(): void;
}

/** What programs may call, each route with the flows that it starts. The chats bring their own. */
export function routesOf(parts: RouteParts): HttpRoute[] {
  const { ports, use, trail, tokens, actorOf, config, policy, sign, print, metrics } = parts;
  const { clock } = ports;
  const store = createIngest(ports);
  const ingest: Ingest = async (actor, batch, workspace) => {
    const result = await store(actor, batch, workspace);
    metrics.ingested(result);
    return result;
  };
  const takeAudit = async (actor: Actor, events: Parameters<typeof ingestAudit>[2]) => {
    const result = await ingestAudit(ports, actor, events);
    if (policy().forwards.length > 0) parts.wakeForwards();
    return result;
  };
  const exports: ExportFlows = {
    exportAudit: (actor, wish) => exportAudit(ports, actor, wish),
    exportProof: (actor) => exportProof(ports, actor),
  };
  return [
    ...deliveryRoutes({ ...use, ingest }, actorOf, clock),
    ...auditRoutes(
      { ingestAudit: takeAudit, auditPage: (actor, query, page) => auditPage(ports, actor, query, page), ...exports },
      { actorOf, clock, sign },
    ),
    exportLinkRoute((token) => openExportLink(trail, token), exports, clock, noticePage),
    ...segmentRoutes(
      { ingestAudit: takeAudit },
      {
        secrets: config.segmentSecrets,
        batchesAllowed: () => policy().segmentBatches,
        keys: writeKeys(tokens),
        clock,
        print,
      },
    ),
  ];
}
