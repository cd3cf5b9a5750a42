import { describe, expect, test } from 'vitest';
import { jobsBench } from '../contract/jobs-bench.ts';
import { briskSweeps, type Engine, REDIS, redisAnswers, redisEngine, removeKeys } from '../contract/jobs-engines.ts';
import { onPglite } from '../support/backends.ts';
import { faultProxy } from '../support/proxy.ts';
import { gate, until } from '../support/wait.ts';

const redis = await redisAnswers();

/** Redis at an address of the test's choice; what a queue leaves behind lies on the real one. */
let url = REDIS;
const engine: Engine = {
  ...redisEngine(),
  create: (parts, queue, timing) => redisEngine(url).create(parts, queue, timing),
};

const well = (check: Promise<void>) =>
  check.then(
    () => true,
    () => false,
  );

async function seconds(work: Promise<void>): Promise<number> {
  const began = performance.now();
  await work;
  return (performance.now() - began) / 1_000;
}

onPglite((backend) => {
  describe.skipIf(!redis)('a Redis in trouble', () => {
    const bench = jobsBench(backend, engine);
    const { jobs: newJobs, noting, owe, settled } = bench;
    const messages = () => bench.log.lines.map((line) => line.message);

    test('wiped in the middle of work: nothing is lost, and it sweeps again', async () => {
      url = REDIS;
      const door = gate();
      const { keys, handler } = noting((claim) =>
        claim.key === 'slow' ? door.opened.then(() => undefined) : Promise.resolve(undefined),
      );
      const jobs = newJobs({ post: handler }, { timing: briskSweeps });
      await jobs.start();
      await until('the queue sweeps', () => well(jobs.check()));
      await owe('slow');
      jobs.wake('post');
      await until('work runs', () => keys().length === 1);
      await owe('waiting');
      jobs.wake('post');
      await owe('soon', 700);
      await removeKeys(bench.queue);
      door.open();
      await owe('nobody woke us');
      await settled();
      await owe('woken');
      jobs.wake('post');
      await settled();
      expect(keys().sort()).toEqual(
        ['nobody woke us', 'slow', 'soon', 'waiting', 'woken'].sort().map((key) => key.split(' ')[0]),
      );
      await until('the queue sweeps again', () => messages().at(-1) === 'the job queue sweeps again');
      await jobs.check();
    });

    test('not there at the start: work is done all the same, and the check says why not all is well', async () => {
      const proxy = await faultProxy(REDIS);
      await proxy.refuse();
      url = proxy.url.replace('redis://', 'redis://worker:s3cret@');
      const { keys, handler } = noting();
      const jobs = newJobs({ post: handler }, { timing: briskSweeps });
      expect(await seconds(jobs.start())).toBeLessThan(4);
      await owe('a');
      jobs.wake('post');
      await settled();
      await owe('swept');
      await settled();
      await owe('due', 300);
      await settled();
      expect(keys()).toEqual(['a', 'swept', 'due']);
      await expect(jobs.check()).rejects.toThrow(/Redis at 127\.0\.0\.1:\d+ does not answer/);
      expect(JSON.stringify(bench.log.lines)).not.toContain('s3cret');
      expect(await seconds(jobs.stop())).toBeLessThan(5);
    });

    test('that comes after the start is used from then on', async () => {
      const proxy = await faultProxy(REDIS);
      await proxy.refuse();
      url = proxy.url;
      const { handler } = noting();
      const jobs = newJobs({ post: handler }, { timing: briskSweeps });
      await jobs.start();
      await until('it sweeps by itself', () => messages().includes('the job queue is silent: this process sweeps by itself'));
      await proxy.heal();
      await until('the queue sweeps', () => messages().at(-1) === 'the job queue sweeps again');
      await until('all is well', () => well(jobs.check()));
      await owe('a');
      jobs.wake('post');
      await settled();
      await jobs.stop();
      await proxy.close();
    });

    test.each(['refuse', 'swallow'] as const)(
      'that is gone in the middle (%s): wakes work at once, sweeps go on, and it comes back',
      async (how) => {
        const proxy = await faultProxy(REDIS);
        url = proxy.url;
        const { keys, handler } = noting();
        const jobs = newJobs({ post: handler }, { timing: briskSweeps });
        await jobs.start();
        await until('the queue sweeps', () => well(jobs.check()));
        await proxy[how]();
        await owe('woken');
        const began = performance.now();
        jobs.wake('post');
        expect(performance.now() - began, 'wake does not wait').toBeLessThan(50);
        await settled();
        expect(performance.now() - began).toBeLessThan(2_000);
        await until('it is missed', () => messages().includes('the job queue is silent: this process sweeps by itself'));
        expect(await well(jobs.check())).toBe(false);
        await owe('swept');
        await settled();
        // Whoever comes back has lost the connections it had.
        proxy.cut();
        await proxy.heal();
        await until('the queue sweeps', () => messages().at(-1) === 'the job queue sweeps again');
        await until('all is well', () => well(jobs.check()));
        await owe('again');
        jobs.wake('post');
        await settled();
        expect(keys()).toEqual(['woken', 'swept', 'again']);
        await proxy[how]();
        expect(await seconds(jobs.stop())).toBeLessThan(5);
        await proxy.close();
      },
    );

    test('that may evict keys: the start is refused with what to do', async () => {
      const proxy = await faultProxy(REDIS, ['maxmemory_policy:noeviction', 'maxmemory_policy:allkeys-lr']);
      url = proxy.url;
      await expect(newJobs({}).start()).rejects.toThrow(
        /Redis at \S+ may evict keys \(maxmemory-policy allkeys-lr\).*Set it to noeviction/,
      );
      await proxy.close();
    });

    test('that does not tell whether it evicts: a warning', async () => {
      const proxy = await faultProxy(REDIS, ['maxmemory_policy', 'maxmemory_hidden']);
      url = proxy.url;
      const jobs = newJobs({});
      await jobs.start();
      expect(JSON.stringify(bench.log.lines)).toContain('does not tell its maxmemory-policy');
      await jobs.stop();
      await proxy.close();
    });
  });
});
