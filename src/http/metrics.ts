import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ForwardOverview } from '../core/ports/forwards.ts';
import type { HttpRequest, HttpRoute } from '../core/ports/http.ts';
import type { JobHandler, JobHandlers, OwedKind } from '../core/ports/jobs.ts';
import { forwardMetrics, shared } from './forward-metrics.ts';

/** What is owed and due, by kind. */
export interface Backlog {
  kind: OwedKind;
  rows: number;
  /** How long the oldest due row has waited. */
  waitedSeconds: number;
}

export interface Metrics {
  route: HttpRoute;
  observe(request: { method: string; route: string; status: number; seconds: number }): void;
  ingested(result: { accepted: number; duplicate: number }): void;
  /** The same handlers, counted. */
  counted(handlers: JobHandlers): JobHandlers;
  /** A webhook was tried. */
  forwarded(name: string, result: 'delivered' | 'due' | 'dead'): void;
}

/**
 * `GET /metrics` in Prometheus' text format. `admit` guards it where the server listens beyond loopback. Labels are names of ours
 * only: routes, methods, statuses, kinds, names of forwards; never anything a user sent.
 */
export function createMetrics(
  backlog: () => Promise<Backlog[]>,
  admit?: (headers: HttpRequest['headers']) => void,
  forwards: () => Promise<ForwardOverview[]> = async () => [],
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'pipewarden_http_request_seconds',
    help: 'Time from a request to its answer, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const entries = new Counter({
    name: 'pipewarden_ingested_entries_total',
    help: 'Entries of pushed batches, by whether they were new.',
    labelNames: ['result'],
    registers,
  });
  const jobs = new Counter({
    name: 'pipewarden_jobs_total',
    help: 'Rounds of owed work, by kind and how they ended.',
    labelNames: ['kind', 'result'],
    registers,
  });
  // Both are collected at once: one look at the database serves them.
  const look = shared(backlog);
  const gauge = (name: string, help: string, key: 'rows' | 'waitedSeconds') =>
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers,
      async collect() {
        const kinds = await look();
        this.reset();
        for (const one of kinds) this.set({ kind: one.kind }, one[key]);
      },
    });
  gauge('pipewarden_owed_rows', 'Rows of owed work that are due, by kind.', 'rows');
  gauge('pipewarden_owed_waited_seconds', 'How long the oldest due row has waited, by kind.', 'waitedSeconds');

  const counted = (kind: OwedKind, handler: JobHandler): JobHandler => ({
    ...handler,
    async run(claims) {
      try {
        const again = await handler.run(claims);
        jobs.inc({ kind, result: 'done' });
        return again;
      } catch (error) {
        jobs.inc({ kind, result: 'failed' });
        throw error;
      }
    },
  });

  return {
    route: {
      method: 'GET',
      path: '/metrics',
      audience: 'machine',
      ...(admit ? { admit } : {}),
      handle: async () => ({ status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() }),
    },
    observe: ({ method, route, status, seconds }) => requests.observe({ method, route, status: String(status) }, seconds),
    ingested({ accepted, duplicate }) {
      entries.inc({ result: 'accepted' }, accepted);
      entries.inc({ result: 'duplicate' }, duplicate);
    },
    forwarded: forwardMetrics(registry, forwards),
    counted: (handlers) =>
      Object.fromEntries(
        Object.entries(handlers).map(([kind, handler]) => [kind, counted(kind as OwedKind, handler)]),
      ) as JobHandlers,
  };
}
