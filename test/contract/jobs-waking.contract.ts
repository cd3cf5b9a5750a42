import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/core/ports/stores.ts';
import { gate, until } from '../support/wait.ts';
import { type JobsBench, SECOND } from './jobs-bench.ts';
import type { Engine } from './jobs-engines.ts';

/** Of the jobs port: whoever owes work wakes it, and no wake is lost. */
export function wakingContract(bench: JobsBench, engine: Engine): void {
  const { jobs: newJobs, noting, owe, settled, virtually } = bench;

  describe('waking', () => {
    test('runs what is due at once; of another kind it does nothing', async () => {
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler });
      await bench.begin(jobs);
      await owe('a');
      jobs.wake('collect');
      jobs.wake('post');
      await until('it is done', () => keys().length === 1);
    });

    test('during a run is not lost, at whatever moment it comes', async () => {
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler });
      await bench.begin(jobs);
      for (let i = 0; i < 60; i++) {
        // A run that finds nothing is at another point of its way each time.
        jobs.wake('post');
        const owing = owe(`k-${i}`);
        for (let turn = 0; turn < i % 7; turn++) await new Promise((resolve) => setImmediate(resolve));
        await owing;
        jobs.wake('post');
        // The last wake of each is all there is: nothing later makes up for it.
        if (i % 3 === 0) await settled();
      }
      await settled();
      expect(new Set(keys()).size).toBe(60);
    });

    test('between the last look of a run and its end is not lost', async () => {
      const [looked, mayEnd] = [gate(), gate()];
      let trap = false;
      let sweeps = 0;
      const held: Database = {
        read: (work) => bench.database.read(work).finally(() => sweeps++),
        async transaction(work) {
          let caught = false;
          const result = await bench.database.transaction(({ owed, ...stores }) => {
            const claim: typeof owed.claim = (query) => {
              caught = trap && query.kind === 'post';
              return owed.claim(query);
            };
            return work({ ...stores, owed: { ...owed, claim } });
          });
          if (caught) {
            trap = false;
            looked.open();
            await mayEnd.opened;
          }
          return result;
        },
      };
      const { handler } = noting();
      const jobs = newJobs({ post: handler }, { on: held });
      await jobs.start();
      // A sweep that ends later would look again.
      await until('our first sweep and the queue’s are over', () => sweeps === (engine.virtual ? 1 : 2));
      trap = true;
      jobs.wake('post');
      await looked.opened;
      await owe('a');
      jobs.wake('post');
      // An answer of the queue, so that it has heard the wake before.
      await jobs.check().catch(() => {});
      mayEnd.open();
      await settled();
    });

    test('a thousand times is a few looks', async () => {
      let looks = 0;
      const counting: Database = {
        read: (work) => bench.database.read(work),
        transaction: (work) => {
          looks++;
          return bench.database.transaction(work);
        },
      };
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler }, { on: counting });
      await jobs.start();
      await owe('first');
      jobs.wake('post');
      await settled();
      looks = 0;
      await owe('a');
      for (let i = 0; i < 1_000; i++) jobs.wake('post');
      await until('it is done', () => keys().length === 2);
      await settled();
      expect(looks).toBeLessThan(20);
    });

    virtually('is not needed: the sweep finds what nobody woke it for', async () => {
      const { done, handler } = noting();
      const jobs = newJobs({ post: handler });
      await bench.begin(jobs);
      await owe('a');
      bench.clock.advance(14 * SECOND);
      await jobs.stop();
      expect(done).toEqual([]);
      const next = newJobs({ post: handler });
      await next.start();
      await until('the first sweep', () => done.length === 1);
      await owe('b');
      bench.clock.advance(15 * SECOND);
      await settled();
      expect(done).toEqual(['a 14', 'b 29']);
    });
  });
}
