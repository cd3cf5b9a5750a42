import { type DeliveryBatch, parseDeliveryBody } from '../core/delivery/delivery-body.ts';
import type { Overview } from '../core/delivery/overview.ts';
import type { Period, PeriodUsed } from '../core/delivery/period.ts';
import type { RankedPipeline } from '../core/delivery/ranking.ts';
import type { Step } from '../core/delivery/steps.ts';
import { type Actor, authorise } from '../core/people/actor.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../core/ports/http.ts';
import type { BreakdownKey } from '../core/ports/stores.ts';
import { breakdownJson, overviewJson, rankedJson, type StepResult } from './delivery-json.ts';
import { overviewQuery, pageOf, readQuery, stepQuery } from './delivery-query.ts';
import { parseJson, requireJson } from './json-body.ts';

interface OneRequest {
  source: string;
  destination: string;
  period: Period;
  workspace?: string;
  mapping?: string;
  audience?: string;
}

/** The flows behind the API, given their ports. */
export interface DeliveryFlows {
  ingest(actor: Actor, batch: DeliveryBatch, workspace: string): Promise<{ accepted: number; duplicate: number }>;
  pipelineOverview(actor: Actor, request: OneRequest): Promise<{ overview: Overview }>;
  rankedPipelines(
    actor: Actor,
    request: { period: Period; workspace?: string },
  ): Promise<{ rows: (RankedPipeline & { used: PeriodUsed })[] }>;
  pipelineStep(
    actor: Actor,
    request: OneRequest & { step: Step; by: readonly BreakdownKey[]; reason?: string },
  ): Promise<StepResult>;
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
        const { period, workspace } = readQuery(query, ['period', 'from', 'to', 'workspace']);
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
        const { overview } = await flows.pipelineOverview(actor, { source, destination, ...overviewQuery(query) });
        return json(200, overviewJson(overview));
      },
    },
    {
      method: 'GET',
      path: '/v1/pipelines/:source/:destination/steps/:step',
      audience: 'machine',
      async handle({ headers, query, params }) {
        const actor = actorOf(headers);
        const { source = '', destination = '', step = '' } = params;
        const request = stepQuery(step, query);
        const page = pageOf(query.cursor);
        // A page goes on in the window that the first one used, so that rows do not move between pages.
        const period = page.period ?? request.period;
        const found = await flows.pipelineStep(actor, { source, destination, ...request, period });
        return json(200, breakdownJson(found, page.offset));
      },
    },
  ];
}

export const json = (status: number, value: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});
