import type { HttpRoute } from '../core/ports/http.ts';
import { json } from './delivery-routes.ts';

/** Resolves when the part works, rejects with what is wrong. */
export type Check = () => Promise<void>;

/** `/healthz`: the process answers. `/readyz`: every part we depend on, each by name; 503 when one does not work. */
export function healthRoutes(checks: Record<string, Check>): HttpRoute[] {
  return [
    { method: 'GET', path: '/healthz', audience: 'machine', handle: async () => json(200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      audience: 'machine',
      async handle() {
        const results = await Promise.all(
          Object.entries(checks).map(async ([name, check]) => [
            name,
            await check().then(
              () => 'ok',
              (error: unknown) => `failed: ${error}`,
            ),
          ]),
        );
        const ready = results.every(([, result]) => result === 'ok');
        return json(ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', ...Object.fromEntries(results) });
      },
    },
  ];
}
