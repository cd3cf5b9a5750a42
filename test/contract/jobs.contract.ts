import { describe, expect, test } from 'vitest';
import { plus } from '../../src/core/delivery/time.ts';
import type { Claim } from '../../src/core/ports/jobs.ts';
import type { Backend } from '../support/backends.ts';
import { gate, until } from '../support/wait.ts';
import { jobsBench, MINUTE, SECOND } from './jobs-bench.ts';
import type { Engine } from './jobs-engines.ts';
import { wakingContract } from './jobs-waking.contract.ts';

/** The jobs port: whatever is owed is done once, in time, and nothing stands in the way of anything else. */
export function jobsContract(backend: Backend, engine: Engine): void {
  const bench = jobsBench(backend, engine);
  const { jobs: newJobs, noting, owe, owedKeys, settled, sleepsFor, virtually } = bench;

  describe('due work', () => {
    test('runs once, soonest first, and is no longer owed', async () => {
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler });
      // All are owed before anyone looks: a sweep between two of them would rightly take the first alone.
      await owe('b');
      await owe('a', -SECOND);
      await owe('later', 5 * MINUTE);
      await bench.begin(jobs);
      jobs.wake('post');
      await until('both are done', () => keys().length === 2);
      expect(keys()).toEqual(['a', 'b']);
      await until('both are settled', async () => (await owedKeys()).join() === 'later');
    });

    test('that was owed before the start runs at the start', async () => {
      const { handler } = noting();
      await owe('a');
      await newJobs({ post: handler }).start();
      await settled();
    });

    test('is done once, however many processes look for it', async () => {
      const seen: string[] = [];
      const post = { batch: 3, run: async (claims: Claim[]) => void seen.push(...claims.map((claim) => claim.key)) as undefined };
      const keys = Array.from({ length: 30 }, (_, i) => `k-${10 + i}`);
      const others = await Promise.all([backend.reopen(bench.clock), backend.reopen(bench.clock)]);
      const processes = [bench.database, ...others].map((on) => newJobs({ post }, { on }));
      for (const jobs of processes) await jobs.start();
      for (const key of keys) await owe(key);
      // Who finds a row locked passes over it: what is left then is found by the next look.
      await until('all is settled', async () => {
        for (const jobs of processes) jobs.wake('post');
        return (await owedKeys()).length === 0;
      });
      expect(seen.sort()).toEqual(keys);
    });

    test('of one kind does not wait for another', async () => {
      const door = gate();
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler, collect: { batch: 1, run: () => door.opened.then(() => undefined) } });
      await owe('demo', 0, 'collect');
      await owe('a');
      await jobs.start();
      await until('the post is sent', () => keys().length === 1);
      // However often the slow kind is asked for.
      for (let i = 0; i < 20; i++) {
        jobs.wake('collect');
        await owe(`b-${i}`);
        jobs.wake('post');
        await until('the next post is sent while the other kind still works', () => keys().length === i + 2);
      }
      await until('and is no longer owed', async () => (await owedKeys()).join() === 'demo');
      door.open();
      await settled();
    });

    test('of one kind runs side by side where it has lanes', async () => {
      const door = gate();
      const seen: string[] = [];
      const run = async ([claim]: Claim[]) => {
        if (claim?.key === 'slow') await door.opened;
        seen.push(claim?.key ?? '');
        return undefined;
      };
      const jobs = newJobs({ post: { batch: 1, lanes: 2, run } });
      await owe('slow', -SECOND);
      await jobs.start();
      for (const [i, key] of ['a', 'b', 'c'].entries()) {
        await owe(key);
        jobs.wake('post');
        await until('it passes the slow one', () => seen.length === i + 1);
      }
      door.open();
      await settled();
      expect(seen).toEqual(['a', 'b', 'c', 'slow']);
    });

    virtually('is found by the sweep while another kind is slow', async () => {
      const door = gate();
      const { done, handler } = noting();
      const jobs = newJobs({ post: handler, collect: { batch: 1, run: () => door.opened.then(() => undefined) } });
      await owe('demo', 0, 'collect');
      await jobs.start();
      await owe('b', 3 * SECOND);
      bench.clock.advance(15 * SECOND);
      await until('the post is sent', () => done.length === 1);
      door.open();
      await settled();
    });
  });

  describe('work that fails', () => {
    virtually('is tried again after 1 s, 2 s, 4 s …, and then starts over', async () => {
      let failures = 4;
      const { done, handler } = noting(async () => {
        if (failures-- > 0) throw new Error('not today');
        return undefined;
      });
      const jobs = newJobs({ post: handler });
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
      const { keys, handler } = noting(async () => {
        if (failures-- > 0) throw new Error('not today');
        return undefined;
      });
      const jobs = newJobs({ post: handler });
      await bench.begin(jobs);
      await owe('a');
      jobs.wake('post');
      await until('it failed', () => keys().length === 1);
      await bench.pass();
      await settled();
      expect(keys()).toEqual(['a', 'a']);
    });

    test('does not hold up its neighbours in the batch', async () => {
      const done: string[] = [];
      const run = async (claims: Claim[]) => {
        if (claims.some((claim) => claim.key === 'bad')) throw new Error('a bad row');
        done.push(...claims.map((claim) => claim.key));
        return undefined;
      };
      for (const key of ['a', 'bad', 'c']) await owe(key, 0, 'roll_up');
      await newJobs({ roll_up: { batch: 10, run } }).start();
      await until('the bad one alone is left', async () => (await owedKeys()).join() === 'bad');
      expect(done.sort()).toEqual(['a', 'c']);
      const failed = bench.log.lines.filter((line) => line.message === 'job failed');
      expect(failed[0]).toMatchObject({ level: 'warn', fields: { kind: 'roll_up', key: 'bad', attempts: 1 } });
    });
  });

  describe('work owed again', () => {
    test('while it runs is run again', async () => {
      const door = gate();
      let runs = 0;
      const { keys, handler } = noting(async () => {
        if (++runs === 1) await door.opened;
        return undefined;
      });
      const jobs = newJobs({ post: handler });
      await jobs.start();
      await owe('a');
      jobs.wake('post');
      await until('it runs', () => keys().length === 1);
      await owe('a');
      door.open();
      await settled();
      expect(keys()).toEqual(['a', 'a']);
    });

    test('by itself, a tick, runs at the time it returned', async () => {
      const { done, keys, handler } = noting(async () => plus(bench.clock.now(), SECOND));
      const jobs = newJobs({ post: handler });
      await bench.begin(jobs);
      await owe('tick');
      jobs.wake('post');
      for (const n of [1, 2, 3]) {
        await until(`tick ${n}`, () => keys().length === n);
        if (n < 3) await bench.pass();
      }
      if (engine.virtual) expect(done).toEqual(['tick 0', 'tick 1', 'tick 2']);
      expect(await owedKeys()).toEqual(['tick']);
    });
  });

  wakingContract(bench, engine);

  virtually('the row of a dead holder is claimed after its lease, not before', async () => {
    await owe('a');
    await bench.database.transaction(({ owed }) =>
      owed.claim({ kind: 'post', now: bench.clock.now(), leaseUntil: plus(bench.clock.now(), MINUTE), limit: 1 }),
    );
    const { done, handler } = noting();
    const jobs = newJobs({ post: handler });
    bench.clock.advance(MINUTE - 1);
    await jobs.runDue();
    expect(done).toEqual([]);
    bench.clock.advance(1);
    await jobs.runDue();
    expect(done).toEqual(['a 60']);
    expect(await owedKeys()).toEqual([]);
  });

  test('the check says yes while it runs and no after the end', async () => {
    const jobs = newJobs({});
    await jobs.start();
    await until('it is well', () =>
      jobs.check().then(
        () => true,
        () => false,
      ),
    );
    await jobs.stop();
    await expect(jobs.check()).rejects.toThrow();
  });

  describe('stopping', () => {
    test('waits for running work and claims nothing more', async () => {
      const door = gate();
      const { keys, handler } = noting(() => door.opened.then(() => undefined));
      const jobs = newJobs({ post: handler });
      await owe('a', -SECOND);
      await owe('b');
      await jobs.start();
      await until('work runs', () => keys().length === 1);
      let stopped = false;
      const stopping = jobs.stop().then(() => {
        stopped = true;
      });
      await bench.database.ping();
      expect(stopped).toBe(false);
      door.open();
      await stopping;
      expect(keys()).toEqual(['a']);
      const left = await bench.database.kysely.selectFrom('owed').select(['key', 'lease_until', 'attempts']).execute();
      expect(left).toEqual([{ key: 'b', lease_until: null, attempts: 0 }]);
    });

    test('twice is once; a wake and the passing of time do nothing after it', async () => {
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler });
      await jobs.start();
      await jobs.stop();
      await jobs.stop();
      await owe('a');
      jobs.wake('post');
      if (engine.virtual) bench.clock.advance(MINUTE);
      await jobs.runDue();
      await bench.database.ping();
      expect(keys()).toEqual([]);
      expect(bench.log.lines).toEqual([]);
    });
  });
}
