import { beforeEach, describe, expect, test } from 'vitest';
import { MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Claim } from '../../src/core/ports/jobs.ts';
import { runWatches } from '../../src/flows/audit/run-watches.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { newEvents } from '../audit/samples.ts';
import { ops, Talk } from '../chat/room.ts';
import { silent } from '../support/app.ts';
import { onPostgres } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { gate, until, untilBlocked } from '../support/wait.ts';
import { approver, current, type House, house, owner, posts } from './house.ts';

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

    describe('while somebody writes', () => {
      const clock = fakeClock('2026-11-25T10:00:00Z');
      let here: House;
      let database: OpenDatabase;
      let other: OpenDatabase;
      beforeEach(async () => {
        database = await backend.open(clock);
        other = await backend.reopen(clock);
        here = house(database, clock);
        await here.say('/audit watch action:destination.*');
        await here.run();
      });

      /** Has written an event by another actor and commits it when it is let go. */
      async function writing(who: string): Promise<{ commit(): Promise<void> }> {
        const [written, letGo] = [gate(), gate()];
        const committed = other.transaction(async ({ audit }) => {
          await audit.add(newEvents({ actor: { id: who, name: who }, at: clock.now() }), clock.now());
          written.open();
          await letGo.opened;
        });
        await written.opened;
        return {
          async commit() {
            letGo.open();
            await committed;
          },
        };
      }
      const claim = () =>
        database.transaction(({ owed }) =>
          owed.claim({ kind: 'watch', now: clock.now(), leaseUntil: plus(clock.now(), MINUTE), limit: 1 }),
        );
      const work = () => runWatches({ database, clock, log: silent });
      const settle = (claims: Claim[]) => database.transaction(({ owed }) => owed.settle(claims));
      const told = () => posts(here.talk).map((post) => current(post).title.split(' ')[0]);

      test('nobody who writes waits for them, where the telling is owed already', async () => {
        await here.happen({ actor: { id: 'ann', name: 'Ann' } });
        const slow = await writing('Bob');
        await here.happen({ actor: { id: 'cid', name: 'Cid' } });
        const [claimed] = await claim();
        await here.happen({ actor: { id: 'dan', name: 'Dan' } });
        const slower = await writing('Eve');
        await here.happen({ actor: { id: 'fay', name: 'Fay' } });
        await slow.commit();
        await slower.commit();
        await settle(claimed ? [claimed] : []);
        await here.run();
        expect(told().sort()).toEqual(['Ann', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay']);
      });

      test('who tells what was owed before waits for them, and tells theirs too', async () => {
        await here.happen({ actor: { id: 'ann', name: 'Ann' } });
        const slow = await writing('Bob');
        let isDone = false;
        const telling = claim().then(async (claims) => {
          await work();
          await settle(claims);
          isDone = true;
        });
        await Promise.race([until('all is told', () => isDone), untilBlocked(backend, database)]);
        await slow.commit();
        await telling;
        await here.drain();
        expect(told()).toEqual(['Ann', 'Bob']);
        expect(await here.owes()).toBe(false);
      });

      test('what comes while it is told stays owed, though it was not written yet when that ended', async () => {
        await here.happen({ actor: { id: 'ann', name: 'Ann' } });
        const claims = await claim();
        await work();
        const slow = await writing('Bob');
        const settling = settle(claims);
        await Promise.race([settling, untilBlocked(backend, database)]);
        await slow.commit();
        await settling;
        await here.run();
        expect(told()).toEqual(['Ann', 'Bob']);
      });

      test('what comes once more while it is told stays owed as well', async () => {
        await here.happen({ actor: { id: 'ann', name: 'Ann' } });
        const claims = await claim();
        await work();
        await here.happen({ actor: { id: 'bob', name: 'Bob' } });
        const slow = await writing('Cid');
        await settle(claims);
        const telling = here.run();
        await untilBlocked(backend, database);
        await slow.commit();
        await telling;
        expect(told()).toEqual(['Ann', 'Bob', 'Cid']);
      });
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
