import type { DeliveryBatch } from '../core/delivery/delivery-body.ts';
import { parseDeliveryBody } from '../core/delivery/delivery-body.ts';
import type { Overview } from '../core/delivery/overview.ts';
import { defaultPeriod, type PeriodName, type PeriodUsed, parsePeriod } from '../core/delivery/period.ts';
import type { RankedPipeline } from '../core/delivery/ranking.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorise } from '../core/people/actor.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../core/ports/http.ts';
import { parseJson, requireJson } from './json-body.ts';

/** The flows behind the API, given their ports. */
export interface DeliveryFlows {
  ingest(actor: Actor, batch: DeliveryBatch, workspace: string): Promise<{ accepted: number; duplicate: number }>;
  pipelineOverview(
    actor: Actor,
    request: { source: string; destination: string; period: PeriodName; workspace?: string },
  ): Promise<{ overview: Overview }>;
  rankedPipelines(
    actor: Actor,
    request: { period: PeriodName; workspace?: string },
  ): Promise<{ rows: (RankedPipeline & { used: PeriodUsed })[] }>;
}

/** Where a token without a workspace writes. */
const MAIN = 'main';

export function deliveryRoutes(
  flows: DeliveryFlows,
  actorOf: (headers: HttpRequest['headers']) => Actor,
  clock: Clock,
): HttpRoute[] {
  return [
    {
      method: 'POST',
      path: '/v1/delivery',
      audience: 'machine',
      admit(headers) {
        authorise(actorOf(headers), 'ingest');
        requireJson(headers);
      },
      async handle({ headers, body }) {
        const actor = actorOf(headers);
        const workspace = actor.workspace ?? MAIN;
        const batch = parseDeliveryBody(parseJson(body), workspace, clock.now());
        return json(202, await flows.ingest(actor, batch, workspace));
      },
    },
    {
      method: 'GET',
      path: '/v1/pipelines',
      audience: 'machine',
      async handle({ headers, query }) {
        const actor = actorOf(headers);
        const { period, workspace } = readQuery(query);
        const { rows } = await flows.rankedPipelines(actor, { period, workspace });
        return json(200, { pipelines: rows.map(rankedJson) });
      },
    },
    {
      method: 'GET',
      path: '/v1/pipelines/:source/:destination',
      audience: 'machine',
      async handle({ headers, query, params }) {
        const actor = actorOf(headers);
        const { source = '', destination = '' } = params;
        const { overview } = await flows.pipelineOverview(actor, { source, destination, ...readQuery(query) });
        return json(200, overviewJson(overview));
      },
    },
  ];
}

export const json = (status: number, value: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

function readQuery(query: Record<string, string>): { period: PeriodName; workspace?: string } {
  for (const key of Object.keys(query)) {
    if (key !== 'period' && key !== 'workspace') {
      throw new UserError('bad_argument', `“${key.slice(0, 64)}” is not taken here. Use period and workspace.`, {
        path: key.slice(0, 64),
      });
    }
  }
  return { period: parsePeriod(query.period ?? defaultPeriod), ...(query.workspace ? { workspace: query.workspace } : {}) };
}

const rankedJson = ({ entry: _, because, used, ...row }: RankedPipeline & { used: PeriodUsed; entry?: unknown }) => ({
  ...row,
  reason: because,
  period: used.window,
  previous: used.previous,
});

const overviewJson = (o: Overview) => ({
  pipeline: o.pipeline,
  period: o.period,
  previous: o.previous,
  asOf: o.asOf,
  settledUntil: o.settledUntil,
  newest: o.newest,
  deliveryRate: o.deliveryRate,
  deliveryRateChange: o.deliveryRateChange,
  deliveredShare: o.deliveredShare,
  deliveredShareChange: o.deliveredShareChange,
  pendingRetry: o.pendingRetry,
  steps: o.steps.map(({ role: _, ...step }) => step),
});
