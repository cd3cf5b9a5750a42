import { expect, test } from 'vitest';
import type { Database } from '../../src/core/ports/stores.ts';
import { jobsBench } from '../contract/jobs-bench.ts';
import { briskSweeps, type Engine } from '../contract/jobs-engines.ts';
import type { Backend } from '../support/backends.ts';
import { gate, until } from '../support/wait.ts';

/** What the queue adds to the jobs port: it sweeps, and several processes share it. */
export function sharingContract(backend: Backend, engine: Engine): void {
  const bench = jobsBench(backend, engine);
  const { jobs: newJobs, noting, owe, settled } = bench;
  const silences = () => bench.log.lines.filter((line) => line.message.includes('is silent'));

  test('the scheduler finds what nobody woke it for', async () => {
    const { handler } = noting();
    // No silence, so that no process sweeps by itself.
    await newJobs({ post: handler }, { timing: { ...briskSweeps, silence: 60_000 } }).start();
    for (const key of ['a', 'b', 'c']) {
      await owe(key);
      await settled();
    }
  });

  test('a row that falls due between two sweeps is found in time', async () => {
    const { handler } = noting();
    await owe('a', 1_500);
    await newJobs({ post: handler }).start();
    await settled();
  });

  test('a process with nothing to do takes what a busy one is woken for', async () => {
    const door = gate();
    const busy = newJobs({ post: { batch: 1, run: () => door.opened.then(() => undefined) } });
    await busy.start();
    await owe('slow');
    busy.wake('post');
    await until('it is busy', () => leased().then((keys) => keys.join() === 'slow'));
    const { keys, handler } = noting();
    await newJobs({ post: handler }).start();
    for (const key of ['a', 'b', 'c', 'd']) {
      await owe(key);
      busy.wake('post');
      await until(`${key} is taken by the other`, () => keys().includes(key));
    }
    door.open();
    await settled();
  });

  const leased = async () =>
    (await bench.database.kysely.selectFrom('owed').select('key').where('lease_until', 'is not', null).execute()).map(
      (row) => row.key,
    );

  test('of four processes one sweeps at a time, and none takes the queue for silent', async () => {
    let sweeps = 0;
    const counting: Database = {
      transaction: (work) => bench.database.transaction(work),
      read: (work) => {
        sweeps++;
        return bench.database.read(work);
      },
    };
    const processes = Array.from({ length: 4 }, () => newJobs({}, { on: counting, timing: briskSweeps }));
    for (const jobs of processes) await jobs.start();
    await until('each swept at its start, and the queue ten times', () => sweeps >= 14);
    expect(silences()).toEqual([]);
    for (const jobs of processes) await jobs.check();
  });
}
