import { describe, expect, test } from 'vitest';
import { runWatches } from '../../src/flows/audit/run-watches.ts';
import { ops, Talk } from '../chat/room.ts';
import { silent } from '../support/app.ts';
import { onPostgres } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { approver, current, house, owner, posts } from './house.ts';

await onPostgres((backend) => {
  describe('two processes at once', () => {
    test('tell every event once, while others are still being written', async () => {
      const clock = fakeClock('2026-11-25T10:00:00Z');
      const talk = new Talk();
      const database = await backend.open(clock);
      const one = house(database, clock, talk);
      const databases = [await backend.reopen(clock), await backend.reopen(clock)];
      await one.say('/audit watch action:*');
      const writers = databases.map((other) => house(other, clock, talk));
      const telling = databases.map(async (other) => {
        for (let n = 0; n < 20; n++) await runWatches({ database: other, clock, log: silent });
      });
      const writing = writers.map(async (writer, w) => {
        for (let n = 0; n < 20; n++)
          await writer.happen({ actor: { id: `u-${w}`, name: `Person ${w}` } }, { actor: { id: `u-${n}` } });
      });
      await Promise.all([...telling, ...writing]);
      await one.run();
      const rows = await database.kysely.selectFrom('audit_watch_batch').select('batch').execute();
      const batches = rows.map(({ batch }) => batch as { count: number; lines: { seq: number }[] });
      expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(80);
      const listed = batches.flatMap(({ lines }) => lines.map(({ seq }) => seq));
      expect(new Set(listed).size).toBe(listed.length);
      expect(posts(talk).map((post) => current(post).title)).toHaveLength(batches.length);
    });

    test('that begin the same watch have one', async () => {
      const clock = fakeClock('2026-11-25T10:00:00Z');
      const one = house(await backend.open(clock), clock);
      const two = house(await backend.reopen(clock), clock);
      const begun = await Promise.all([one, two, one, two].map(({ use }) => use.beginWatch(approver, ops, 'action:x')));
      expect(new Set(begun.map(({ watch }) => watch.id)).size).toBe(1);
      expect(begun.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(await one.use.listWatches(owner, ops)).toHaveLength(1);
    });
  });
});
