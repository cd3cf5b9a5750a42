import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Claim, Owed, OwedKind } from '../../src/core/ports/jobs.ts';
import type { OwedStore } from '../../src/core/ports/stores.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { type Backend, nothingSaid, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { gate, untilBlocked } from '../support/wait.ts';

const now = new Date('2026-11-25T10:00:00Z');
const clock = fakeClock(now);
const SECOND = 1_000;
const row = (key: string, after = 0, kind: OwedKind = 'post'): Owed => ({ kind, key, dueAt: plus(now, after) });
const keysOf = (claims: Claim[]) => claims.map((claim) => claim.key).sort();

/** What owed work must do: be owed once, held by one, and never be forgotten. */
export function owedStoreContract(backend: Backend): void {
  let database: OpenDatabase;
  const said = nothingSaid();
  const process = () => openOn(recording(backend.pool(), said), clock);
  beforeEach(async () => {
    await backend.open(clock);
    database = await process();
    said.errors.length = 0;
  });

  const owing = <T>(work: (owed: OwedStore) => Promise<T>) => database.transaction(({ owed }) => work(owed));
  const owe = (...rows: Owed[]) => owing((owed) => owed.owe(rows));
  const claim = (at: Date = now, limit = 100, kind: OwedKind = 'post') =>
    owing((owed) => owed.claim({ kind, now: at, leaseUntil: plus(at, MINUTE), limit }));
  const settle = (claims: Claim[], again?: Date) => owing((owed) => owed.settle(claims, again));
  const rows = () => database.kysely.selectFrom('owed').selectAll().orderBy('key').execute();

  describe('owing', () => {
    test('the same work twice is one row, due at the earlier time', async () => {
      await owe(row('a', 5 * SECOND));
      await owe(row('a', 9 * SECOND));
      expect((await rows()).map((r) => r.due_at)).toEqual([plus(now, 5 * SECOND)]);
      await owe(row('a', 2 * SECOND));
      expect((await rows()).map((r) => r.due_at)).toEqual([plus(now, 2 * SECOND)]);
    });

    test('keys are told apart by kind; nothing owed is nothing stored', async () => {
      await owe(row('a'), row('b'), row('a', 0, 'roll_up'));
      await owe();
      expect(await rows()).toHaveLength(3);
      expect(keysOf(await claim())).toEqual(['a', 'b']);
      expect(keysOf(await claim(now, 100, 'roll_up'))).toEqual(['a']);
    });
  });

  describe('claiming', () => {
    test('takes what is due, soonest first, up to the limit', async () => {
      await owe(row('late', 1), row('c', -1), row('b', -2), row('a', -3), row('z', -3));
      expect(keysOf(await claim(now, 2))).toEqual(['a', 'z']);
      expect(keysOf(await claim(now, 1))).toEqual(['b']);
      expect(keysOf(await claim())).toEqual(['c']);
      expect(await claim()).toEqual([]);
    });

    test('holds until the lease ends; then the next claimant has it, with one attempt more and a higher fence', async () => {
      await owe(row('a'));
      const [first] = await claim();
      expect(first).toEqual({ kind: 'post', key: 'a', attempts: 1, fence: 1 });
      expect(await claim(plus(now, MINUTE - 1))).toEqual([]);
      const [second] = await claim(plus(now, MINUTE));
      expect(second).toEqual({ ...first, attempts: 2, fence: 2 });
    });

    test('is exclusive, however many claim at once', async () => {
      const all = Array.from({ length: 60 }, (_, i) => row(`k-${String(i).padStart(2, '0')}`));
      await owe(...all);
      const claimants = await Promise.all(Array.from({ length: 5 }, () => backend.reopen(clock)));
      const claimed = await Promise.all(
        claimants.flatMap((claimant) =>
          Array.from({ length: 4 }, () =>
            claimant.transaction(({ owed }) => owed.claim({ kind: 'post', now, leaseUntil: plus(now, MINUTE), limit: 7 })),
          ),
        ),
      );
      const rest = await claim();
      expect(keysOf([...claimed.flat(), ...rest])).toEqual(all.map((r) => r.key));
    });
  });

  describe('settling', () => {
    test('removes the row', async () => {
      await owe(row('a'), row('b'));
      await settle(await claim(now, 1));
      expect((await rows()).map((r) => r.key)).toEqual(['b']);
      await settle([]);
      expect(await rows()).toHaveLength(1);
    });

    test('again: due at that time, held by nobody, attempts forgotten', async () => {
      await owe(row('tick'));
      await settle(await claim(), plus(now, HOUR));
      expect(await claim(plus(now, HOUR - 1))).toEqual([]);
      expect(await claim(plus(now, HOUR))).toMatchObject([{ key: 'tick', attempts: 1, fence: 2 }]);
    });

    test.each([undefined, plus(now, HOUR)])(
      'keeps what was owed again meanwhile, due as it was owed (again: %s)',
      async (again) => {
        await owe(row('a'));
        const claims = await claim();
        await owe(row('a', 2 * SECOND));
        await settle(claims, again);
        expect(await claim(plus(now, 2 * SECOND))).toMatchObject([{ key: 'a', attempts: 1 }]);
      },
    );

    test('by who lost the row changes nothing', async () => {
      await owe(row('a'));
      const lost = await claim();
      const held = await claim(plus(now, MINUTE));
      await settle(lost);
      await settle(lost, plus(now, HOUR));
      await owing((owed) => owed.giveBack(lost[0] as Claim, plus(now, HOUR)));
      expect(await rows()).toMatchObject([{ key: 'a', due_at: now, fence: '2', lease_until: plus(now, 2 * MINUTE) }]);
      await settle(held);
      expect(await rows()).toEqual([]);
    });

    test('in a transaction that fails leaves the row held', async () => {
      await owe(row('a'));
      const claims = await claim();
      const failing = database.transaction(async ({ owed }) => {
        await owed.settle(claims);
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await rows()).toMatchObject([{ key: 'a', lease_until: plus(now, MINUTE) }]);
    });
  });

  describe('the race between who works and who owes', () => {
    test('owed and committed while it is worked on: still owed after the settling', async () => {
      await owe(row('a'));
      const claims = await claim();
      const other = await backend.reopen(clock);
      await other.transaction(({ owed }) => owed.owe([row('a')]));
      await settle(claims);
      expect(await claim()).toMatchObject([{ key: 'a', attempts: 1 }]);
    });

    test('owed in a transaction that is still open when the work settles: still owed once it commits', async () => {
      await owe(row('a'));
      const claims = await claim();
      const [owedIt, mayCommit] = [gate(), gate()];
      const other = await backend.reopen(clock);
      const owingAgain = other.transaction(async ({ owed }) => {
        await owed.owe([row('a')]);
        owedIt.open();
        await mayCommit.opened;
      });
      await owedIt.opened;
      const settling = settle(claims);
      await untilBlocked(backend, database);
      mayCommit.open();
      await Promise.all([owingAgain, settling]);
      expect(await claim()).toMatchObject([{ key: 'a' }]);
    });

    test('owed in an open transaction before anybody claimed it: nobody claims it until that commits', async () => {
      await owe(row('a'));
      const [owedIt, mayCommit] = [gate(), gate()];
      const other = await backend.reopen(clock);
      const owingAgain = other.transaction(async ({ owed }) => {
        await owed.owe([row('a')]);
        owedIt.open();
        await mayCommit.opened;
      });
      await owedIt.opened;
      // PGlite's one session makes the claimant wait instead; either way it sees what the other wrote.
      if (backend.parallel) expect(await claim()).toEqual([]);
      mayCommit.open();
      await owingAgain;
      expect(await claim()).toMatchObject([{ key: 'a' }]);
    });

    test('many keys owed and settled at once never wait in a circle', { timeout: 60_000 }, async () => {
      const all = Array.from({ length: 400 }, (_, i) => row(`k-${i}`));
      const owers = await Promise.all([process(), process(), process()]);
      let owing = owers.length;
      // Another two thirds each time, so that rows lie in the table in another order than that of their keys.
      const owe = async (ower: OpenDatabase, turn: number) => {
        for (let round = 0; round < 40; round++) {
          await ower.transaction(({ owed }) => owed.owe(all.filter((_, i) => (i * 7 + round * 5 + turn) % 3 > 0)));
        }
      };
      const work = async (again: Date | undefined) => {
        while (owing > 0) await settle(await claim(now, 300), again);
      };
      await Promise.all([...owers.map((ower, turn) => owe(ower, turn).finally(() => owing--)), work(undefined), work(now)]);
      // A transaction that lost is run again, so a circle shows here only.
      expect(said.errors).toEqual([]);
    });
  });

  describe('giving back', () => {
    test('makes the row due then, with its attempts', async () => {
      await owe(row('a'));
      const [claimed] = await claim();
      await owing((owed) => owed.giveBack(claimed as Claim, plus(now, 4 * SECOND)));
      expect(await claim(plus(now, 4 * SECOND - 1))).toEqual([]);
      expect(await claim(plus(now, 4 * SECOND))).toMatchObject([{ key: 'a', attempts: 2, fence: 2 }]);
    });
  });

  test('what is due next: the earliest due time, or the end of the lease that holds it', async () => {
    const next = () => database.read(({ owed }) => owed.nextDue());
    expect(await next()).toBeUndefined();
    await owe(row('b', 9 * SECOND), row('a', -SECOND));
    expect(await next()).toEqual(plus(now, -SECOND));
    await claim();
    expect(await next()).toEqual(plus(now, 9 * SECOND));
    await claim(plus(now, 10 * SECOND));
    expect(await next()).toEqual(plus(now, MINUTE));
  });
}
