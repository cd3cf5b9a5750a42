import { expect, test } from 'vitest';
import { rollUp } from '../../src/flows/delivery/roll-up.ts';
import { onPglite } from '../support/backends.ts';
import { apiServer, batchOf, expectError } from './server.ts';

onPglite((backend) => {
  const api = apiServer(backend);

  test('whatever is accepted is counted, up to the oldest minute that is taken', async () => {
    const oldest = '2026-11-10T10:31:00Z';
    expect(
      (
        await api.post(
          batchOf(
            {},
            { time: oldest, count: 5 },
            { time: '2026-11-10T23:59:00Z', count: 6 },
            { time: '2026-11-12T00:00:00Z', count: 7 },
          ),
        )
      ).status,
    ).toBe(202);
    expectError(await api.post(batchOf({}, { time: '2026-11-10T10:30:19Z' })), 400, 'too_old');
    api.clock.advance(2_000);
    const { database, clock } = api;
    const claims = await database.transaction(({ owed }) =>
      owed.claim({ kind: 'roll_up', now: clock.now(), leaseUntil: new Date(Number(clock.now()) + 1), limit: 100 }),
    );
    expect(claims).toHaveLength(3);
    await rollUp({ database, clock }, claims);
    await database.transaction(({ owed }) => owed.settle(claims));
    const { json } = await api.get('/v1/pipelines/web/amplitude?period=14d');
    expect(json.previous).toEqual({ from: '2026-10-28T10:00:00.000Z', to: '2026-11-11T10:00:00.000Z' });
    expect(json.steps.at(-1)).toMatchObject({ previousCount: 11, count: 7 });
  });
});
