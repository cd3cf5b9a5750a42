import { describe, expect, test } from 'vitest';
import { plus } from '../../src/core/delivery/time.ts';
import type { Claim } from '../../src/core/ports/jobs.ts';
import type { Backend } from '../support/backends.ts';
import { gate, until } from '../support/wait.ts';
import { jobsBench, MINUTE, SECOND } from './jobs-bench.ts';

/** The jobs port: whatever is owed is done once, in time, and nothing stands in the way of anything else. */
export function jobsContract(backend: Backend): void {
  const bench = jobsBench(backend);
  const { loop, noting, owe, owedKeys, settled, sleepsFor } = bench;

  describe('due work', () => {
    test('runs once, soonest first, and is no longer owed', async () => {
      const { done, handler } = noting();
      await owe('b');
      await owe('a', -SECOND);
      await owe('later', 5 * SECOND);
      await loop({ post: handler }).runDue();
      expect(done).toEqual(['a 0', 'b 0']);
      expect(await owedKeys()).toEqual(['later']);
    });

    test('is done once, however many processes look for it', async () => {
      const seen: string[] = [];
      const post = { batch: 3, run: async (claims: Claim[]) => void seen.push(...claims.map((claim) => claim.key)) as undefined };
      const keys = Array.from({ length: 30 }, (_, i) => `k-${10 + i}`);
      for (const key of keys) await owe(key);
      const others = await Promise.all([backend.reopen(bench.clock), backend.reopen(bench.clock)]);
      await Promise.all([bench.database, ...others].map((on) => loop({ post }, on).runDue()));
      // Who finds a row locked passes over it: what is left then is found by the next look.
      await loop({ post }).runDue();
      expect(seen.sort()).toEqual(keys);
    });

    test('of one kind does not wait for another', async () => {
      const door = gate();
      const { done, handler } = noting();
      const jobs = loop({ post: handler, collect: { batch: 1, run: () => door.opened.then(() => undefined) } });
      await owe('demo', 0, 'collect');
      await owe('a');
      await jobs.start();
      await until('the post is sent', () => done.length === 1);
      await owe('b', 3 * SECOND);
      bench.clock.advance(15 * SECOND);
      await until('the next post is sent while the other kind still works', () => done.length === 2);
      await until('and is no longer owed', async () => (await owedKeys()).join() === 'demo');
      door.open();
      await settled();
    });
  });

  describe('work that fails', () => {
    test('is tried again after 1 s, 2 s, 4 s …, and then starts over', async () => {
      let failures = 4;
      const { done, handler } = noting(async () => {
        if (failures-- > 0) throw new Error('not today');
        return undefined;
      });
      const jobs = loop({ post: handler });
      await owe('a');
      await jobs.start();
      for (const [i, wait] of [1, 2, 4, 8].entries()) {
        await sleepsFor(wait);
        expect(done).toHaveLength(i + 1);
        bench.clock.advance(wait * SECOND - 1);
        await jobs.runDue();
        expect(done, `not before ${wait} s`).toHaveLength(i + 1);
        bench.clock.advance(1);
      }
      await settled();
      expect(done).toEqual(['a 0', 'a 1', 'a 3', 'a 7', 'a 15']);
      expect(bench.log.lines.filter((line) => line.message === 'job failed')).toHaveLength(4);
    });

    test('after a wake is tried again in time too, not at the next sweep', async () => {
      let failures = 1;
      const { done, handler } = noting(async () => {
        if (failures-- > 0) throw new Error('not today');
        return undefined;
      });
      const jobs = loop({ post: handler });
      await jobs.start();
      await jobs.runDue();
      await owe('a');
      jobs.wake('post');
      await sleepsFor(1);
      bench.clock.advance(SECOND);
      await settled();
      expect(done).toEqual(['a 0', 'a 1']);
    });

    test('does not hold up its neighbours in the batch', async () => {
      const done: string[] = [];
      const run = async (claims: Claim[]) => {
        if (claims.some((claim) => claim.key === 'bad')) throw new Error('a bad row');
        done.push(...claims.map((claim) => claim.key));
        return undefined;
      };
      for (const key of ['a', 'bad', 'c']) await owe(key, 0, 'roll_up');
      await loop({ roll_up: { batch: 10, run } }).runDue();
      expect(done.sort()).toEqual(['a', 'c']);
      expect(await owedKeys()).toEqual(['bad']);
      expect(bench.log.lines).toMatchObject([{ level: 'warn', fields: { kind: 'roll_up', key: 'bad', attempts: 1 } }]);
    });
  });

  describe('work owed again', () => {
    test('while it runs is run again', async () => {
      const door = gate();
      let runs = 0;
      const { done, handler } = noting(async () => {
        if (++runs === 1) await door.opened;
        return undefined;
      });
      const jobs = loop({ post: handler });
      await owe('a');
      const running = jobs.runDue();
      await until('it runs', () => done.length === 1);
      await owe('a');
      door.open();
      await running;
      expect(done).toEqual(['a 0', 'a 0']);
      expect(await owedKeys()).toEqual([]);
    });

    test('a tick owes itself again at the time it returns', async () => {
      const { done, handler } = noting(async () => plus(bench.clock.now(), 10 * SECOND));
      const jobs = loop({ post: handler });
      await owe('tick');
      await jobs.start();
      for (const n of [1, 2, 3]) {
        await sleepsFor(10);
        expect(done).toHaveLength(n);
        if (n < 3) bench.clock.advance(10 * SECOND);
      }
      expect(done).toEqual(['tick 0', 'tick 10', 'tick 20']);
      expect(await owedKeys()).toEqual(['tick']);
    });
  });

  describe('waking', () => {
    test('runs what is due at once; of another kind it does nothing', async () => {
      const { done, handler } = noting();
      const jobs = loop({ post: handler });
      await owe('a');
      jobs.wake('collect');
      jobs.wake('post');
      await until('it is done', () => done.length === 1);
    });

    test('during a run is not lost, at whatever moment it comes', async () => {
      const { done, handler } = noting();
      const jobs = loop({ post: handler });
      for (let i = 0; i < 60; i++) {
        // A run that finds nothing is at another point of its way each time.
        jobs.wake('post');
        const owing = owe(`k-${i}`);
        for (let turn = 0; turn < i % 7; turn++) await new Promise((resolve) => setImmediate(resolve));
        await owing;
        jobs.wake('post');
      }
      await settled();
      expect(new Set(done).size).toBe(60);
    });

    test('is not needed: the sweep finds what nobody woke it for', async () => {
      const { done, handler } = noting();
      const jobs = loop({ post: handler });
      await jobs.start();
      await jobs.runDue();
      await owe('a');
      bench.clock.advance(14 * SECOND);
      await jobs.stop();
      expect(done).toEqual([]);
      const next = loop({ post: handler });
      await next.start();
      await until('the first sweep', () => done.length === 1);
      await owe('b');
      bench.clock.advance(15 * SECOND);
      await settled();
      expect(done).toEqual(['a 14', 'b 29']);
    });
  });

  test('the row of a dead holder is claimed after its lease, not before', async () => {
    await owe('a');
    await bench.database.transaction(({ owed }) =>
      owed.claim({ kind: 'post', now: bench.clock.now(), leaseUntil: plus(bench.clock.now(), MINUTE), limit: 1 }),
    );
    const { done, handler } = noting();
    const jobs = loop({ post: handler });
    bench.clock.advance(MINUTE - 1);
    await jobs.runDue();
    expect(done).toEqual([]);
    bench.clock.advance(1);
    await jobs.runDue();
    expect(done).toEqual(['a 60']);
    expect(await owedKeys()).toEqual([]);
  });

  describe('stopping', () => {
    test('waits for running work and claims nothing more', async () => {
      const door = gate();
      const { done, handler } = noting(() => door.opened.then(() => undefined));
      const jobs = loop({ post: handler });
      await owe('a', -SECOND);
      await owe('b');
      await jobs.start();
      await until('work runs', () => done.length === 1);
      let stopped = false;
      const stopping = jobs.stop().then(() => {
        stopped = true;
      });
      await bench.database.ping();
      expect(stopped).toBe(false);
      door.open();
      await stopping;
      expect(done).toEqual(['a 0']);
      const left = await bench.database.kysely.selectFrom('owed').select(['key', 'lease_until', 'attempts']).execute();
      expect(left).toEqual([{ key: 'b', lease_until: null, attempts: 0 }]);
    });

    test('twice is once; a wake and the passing of time do nothing after it', async () => {
      const { done, handler } = noting();
      const jobs = loop({ post: handler });
      await jobs.start();
      await jobs.stop();
      await jobs.stop();
      await owe('a');
      jobs.wake('post');
      bench.clock.advance(MINUTE);
      await jobs.runDue();
      await bench.database.ping();
      expect(done).toEqual([]);
      expect(bench.log.lines).toEqual([]);
    });
  });
}
