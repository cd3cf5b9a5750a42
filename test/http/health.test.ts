import { expect, test } from 'vitest';
import { healthRoutes } from '../../src/http/health-routes.ts';

const fine = async () => {};
const away = async () => Promise.reject(new Error('does not answer'));

async function ready(database: () => Promise<void>, redis: () => Promise<void>) {
  const route = healthRoutes({ needed: { database }, helpful: () => ({ redis }) }).find(({ path }) => path === '/readyz');
  const answer = await route?.handle({} as never);
  return [answer?.status, JSON.parse(String(answer?.body))];
}

test('is ready while what is needed works, and names what the rest goes on without', async () => {
  expect(await ready(fine, fine)).toEqual([200, { status: 'ok', database: 'ok', redis: 'ok' }]);
  expect(await ready(fine, away)).toEqual([200, { status: 'degraded', database: 'ok', redis: 'degraded: does not answer' }]);
  expect(await ready(away, away)).toEqual([
    503,
    { status: 'not ready', database: 'failed: does not answer', redis: 'degraded: does not answer' },
  ]);
});
