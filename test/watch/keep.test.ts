import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DAY, plus } from '../../src/core/delivery/time.ts';
import { openOn } from '../../src/storage/database.ts';
import { moveAll } from '../../src/storage/move.ts';
import { ops, Talk } from '../chat/room.ts';
import { emptyDatabase, onEachBackend, onPglite, postgresUrl } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { approver, house, owner, titles } from './house.ts';

const server = await postgresUrl();

onPglite((backend) => {
  describe.skipIf(!server)('moving to PostgreSQL', () => {
    test('takes watches, saved searches and growing messages along: nothing is told twice or left out', async () => {
      const clock = fakeClock('2026-11-25T10:00:00Z');
      const from = await backend.open(clock);
      const before = house(from, clock);
      await before.say('/audit watch action:destination.*');
      await before.say('/audit save mine actor:dana');
      await before.happen({});
      await before.run();
      await before.happen({});
      const { url, drop } = await emptyDatabase();
      const to = await openOn(new pg.Pool({ connectionString: url }) as never, clock);
      try {
        await moveAll(from.kysely, to.kysely, () => {});
        const after = house(to, clock, before.talk);
        expect(await after.use.listWatches(owner, ops)).toEqual(await before.use.listWatches(owner, ops));
        expect(await after.use.savedSearches(approver)).toEqual(await before.use.savedSearches(approver));
        await after.run();
        await after.happen({});
        await after.run();
        expect(titles(before.talk)).toEqual(['Dana Rossi made 3 changes at once']);
      } finally {
        await to.close();
        await drop();
      }
    });
  });
});

await onEachBackend((backend) => {
  test('what can grow no more is forgotten; watches and saved searches are not', async () => {
    const clock = fakeClock('2026-11-25T10:00:00Z');
    const database = await backend.open(clock);
    const here = house(database, clock, new Talk());
    await here.say('/audit watch action:destination.*');
    await here.say('/audit save mine actor:dana');
    await here.happen({});
    await here.run();
    const kept = async (now: Date) => {
      await database.transaction(({ watches }) => watches.retain(now));
      return (await database.kysely.selectFrom('audit_watch_batch').select('id').execute()).length;
    };
    expect(await kept(plus(clock.now(), DAY / 2))).toBe(1);
    expect(await kept(plus(clock.now(), 2 * DAY))).toBe(0);
    expect(await here.use.listWatches(owner, ops)).toHaveLength(1);
    expect(await here.use.savedSearches(approver)).toHaveLength(1);
  });
});
