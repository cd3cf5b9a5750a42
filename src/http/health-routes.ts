import type { HttpRoute } from '../core/ports/http.ts';
import { json } from './delivery-routes.ts';

/** Resolves when the part works, rejects with what is wrong. */
export type Check = () => Promise<void>;

export interface Checks {
  /** Without one of these nothing works: 503. */
  needed: Record<string, Check>;
  /** Without one of these the rest goes on: 200, and the part named as degraded. Read at each request. */
  helpful: () => Record<string, Check>;
}

/** `/healthz`: the process answers. `/readyz`: every part, each by name. */
export function healthRoutes({ needed, helpful }: Checks): HttpRoute[] {
  return [
    { method: 'GET', path: '/healthz', audience: 'machine', handle: async () => json(200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      audience: 'machine',
      async handle() {
        const [must, may] = await Promise.all([results(needed, 'failed'), results(helpful(), 'degraded')]);
        const works = (parts: Record<string, string>) => Object.values(parts).every((result) => result === 'ok');
        const status = !works(must) ? 'not ready' : works(may) ? 'ok' : 'degraded';
        return json(works(must) ? 200 : 503, { status, ...must, ...may });
      },
    },
  ];
}

async function results(checks: Record<string, Check>, word: string): Promise<Record<string, string>> {
  const told = Object.entries(checks).map(async ([name, check]) => [
    name,
    await check().then(
      () => 'ok',
      (error: unknown) => `${word}: ${error instanceof Error ? error.message : error}`,
    ),
  ]);
  return Object.fromEntries(await Promise.all(told));
}
