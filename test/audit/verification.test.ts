import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSigner } from '../../src/config/signing.ts';
import type { Actor } from '../../src/core/people/actor.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { seal } from '../../src/flows/audit/seal.ts';
import { createVerification, type Verification } from '../../src/flows/audit/verification.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onEachBackend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { gate, until } from '../support/wait.ts';
import { NOW, newEvents } from './samples.ts';

const dana: Actor = { person: 'Dana', account: 'console:dana', personKey: 'console:dana', roles: ['approver'] };
const sam: Actor = { ...dana, person: 'Sam', account: 'console:sam', personKey: 'console:sam' };
const signer = createSigner(Buffer.alloc(32, 1));

await onEachBackend((backend) => {
  let clock: FakeClock;
  let database: OpenDatabase;
  beforeAll(async () => {
    clock = fakeClock(NOW.toISOString());
    database = await backend.open(clock);
    await database.transaction(({ audit }) => audit.add(newEvents(...Array.from({ length: 2_300 }, () => ({}))), NOW));
    await seal({ database, clock, signer, jobs: { wake() {} }, checkpointsTo: () => undefined });
  });

  /** The database, which answers the first reads and then waits. */
  let reads: number;
  let door: ReturnType<typeof gate>;
  let verification: Verification;
  beforeEach(() => {
    reads = 0;
    door = gate();
    const waiting: Database = {
      ...database,
      async read(work) {
        reads += 1;
        if (reads === 5) await door.opened;
        return database.read(work);
      },
    };
    verification = createVerification({ database: waiting, clock, signer });
  });
  const heard = () => {
    const told: (number | undefined)[][] = [];
    return { told, tell: (...progress: (number | undefined)[]) => void told.push(progress) };
  };

  describe('a verification', () => {
    test('tells how far it is, and is one for all who ask meanwhile', async () => {
      const [one, two] = [heard(), heard()];
      const first = verification.verify(dana, [], one.tell);
      await until('it is at work', () => one.told.some(([rows]) => rows === 1_000));
      const second = verification.verify(sam, [], two.tell);
      door.open();
      const result = await first;
      expect(await second).toBe(result);
      expect(result.verdict).toMatchObject({ state: 'unproven', rows: { first: 1, last: 2_300 } });
      expect(one.told[0]).toEqual([0, undefined]);
      expect(one.told).toContainEqual([1_000, 2_300]);
      expect(one.told.at(-1)).toEqual([2_300, 2_300]);
      expect(two.told).toContainEqual([1_000, 2_300]);
      const before = reads;
      expect(await verification.verify(sam, [])).not.toBe(result);
      expect(reads, 'whoever asks later has it checked again').toBeGreaterThan(before + 4);
    });

    test('against another checkpoint waits for its turn', async () => {
      const { token = '' } = (await database.read(({ seals }) => seals.lastCheckpoint())) ?? {};
      const first = verification.verify(dana, []);
      const wrong = verification.verify(dana, ['pw1.a.b']).catch((error: Error) => error.message);
      const second = verification.verify(dana, [token]);
      await until('the first is at work', () => reads === 5);
      door.open();
      expect((await first).verdict.state).toBe('unproven');
      expect(await wrong).toMatch(/no checkpoint/);
      expect((await second).verdict).toMatchObject({ state: 'proven', anchoredTo: 2_000 });
    });

    test('is for those who may search alone', async () => {
      const running = verification.verify(dana, []);
      const other: Actor = { ...sam, roles: ['viewer'] };
      await expect(verification.verify(other, [])).rejects.toMatchObject({ code: 'forbidden' });
      door.open();
      await running;
    });

    test('is given up when the process ends, and whoever waits is told', async () => {
      const running = verification.verify(dana, []);
      await until('it waits', () => reads === 5);
      const stopped = verification.stop();
      await expect(running).rejects.toThrow('Send /audit verify again in a moment.');
      await expect(verification.verify(dana, [])).rejects.toThrow('Send /audit verify again in a moment.');
      door.open();
      await stopped;
    });

    test.runIf(backend.parallel)('keeps no transaction open and locks nothing while it goes on', async () => {
      const running = verification.verify(dana, []);
      await until('it is between two pages', () => reads === 5);
      const { rows } = await sql<{ sessions: number; locks: number }>`
        select (select count(*)::int from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and (xact_start is not null or backend_xmin is not null)) as sessions,
          (select count(*)::int from pg_locks
            where database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()) as locks`.execute(
        database.kysely,
      );
      expect(rows[0]).toEqual({ sessions: 0, locks: 0 });
      door.open();
      await running;
    });
  });
});
