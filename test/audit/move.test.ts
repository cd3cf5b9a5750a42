import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DAY, plus } from '../../src/core/delivery/time.ts';
import { openOn } from '../../src/storage/database.ts';
import { moveAll } from '../../src/storage/move.ts';
import { emptyDatabase, onPglite, postgresUrl } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { NOW, newEvents } from './samples.ts';

const server = await postgresUrl();

onPglite((backend) => {
  describe.skipIf(!server)('moving to PostgreSQL', () => {
    test('takes the trail along: events of every month, their details, their ids, and the next number', async () => {
      const clock = fakeClock(NOW);
      const from = await backend.open(clock);
      const events = newEvents({ before: { a: '"\\é💥' } }, { workspace: 'shop', resource: { name: "it's" } });
      for (const [i, event] of events.entries()) {
        await from.transaction(({ audit }) => audit.add([event], plus(NOW, -i * 60 * DAY)));
      }
      const { url, drop } = await emptyDatabase();
      const pool = new pg.Pool({ connectionString: url });
      const to = await openOn(pool as never, clock);
      try {
        await moveAll(from.kysely, to.kysely, () => {});
        const all = (database: typeof to) => database.read(({ audit }) => audit.search({ terms: [] }, { limit: 9 }));
        expect(await all(to)).toEqual(await all(from));
        const added = await to.transaction(({ audit }) => audit.add([...events, ...newEvents({})], NOW));
        expect(added.map(({ outcome }) => outcome)).toEqual(['same', 'same', 'new']);
        const words = { terms: [{ negated: false, field: 'word', pattern: "it's" } as const] };
        expect(await to.read(({ audit }) => audit.search(words, { limit: 9 }))).toHaveLength(1);
        await expect(moveAll(from.kysely, to.kysely, () => {})).rejects.toThrow('holds data already');
      } finally {
        await to.close();
        await drop();
      }
    });
  });
});
