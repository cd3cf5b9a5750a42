import type { Queue, Worker } from 'bullmq';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/core/ports/stores.ts';
import { createBullJobs } from '../../src/queue/bullmq.ts';
import type { BullConnection, Waking } from '../../src/queue/connection.ts';
import type { RunningJobs } from '../../src/queue/loop.ts';
import { handlersOf } from '../contract/jobs-bench.ts';
import { fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';

/** Lets everything that is promised already happen. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Without a queue and without rows: what is asked of both, at the times of production. */
describe('a queue', () => {
  const clock = fakeClock('2026-11-25T10:00:00Z');
  const log = keptLog();
  let added: string[];
  let schedules: number;
  let opens: number;
  let sweeps: number;
  let planned: number | undefined;
  let ready: () => Promise<void>;
  let add: (name: string) => Promise<void>;
  let work: (job: Waking) => Promise<void>;
  let jobs: RunningJobs;

  const connection: BullConnection = {
    name: 'a queue',
    prepare: async () => {},
    isUp: () => true,
    open(options) {
      opens++;
      work = options.work as typeof work;
      const both = { on() {}, waitUntilReady: () => ready(), close: async () => {} };
      const queue = {
        ...both,
        add: (name: string) => {
          added.push(name);
          return add(name);
        },
        upsertJobScheduler: async () => void schedules++,
        getJobScheduler: async () => (planned ? { next: planned } : undefined),
      };
      return { queue: queue as unknown as Queue, worker: both as unknown as Worker };
    },
    close: async () => {},
  };
  let looks = 0;
  const database = {
    async transaction() {
      looks++;
      return [];
    },
    read: async () => void sweeps++,
  } as unknown as Database;

  beforeEach(async () => {
    [added, schedules, opens, sweeps, planned] = [[], 0, 0, 0, undefined];
    ready = async () => {};
    add = async () => {};
    jobs = createBullJobs({ clock, log, handlers: handlersOf(), database, connection });
    await jobs.start();
    await turn();
    return () => jobs.stop();
  });

  async function pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1_000);
      await turn();
    }
  }
  const sweptByQueue = () => work({ name: 'sweep', removeDeduplicationKey: async () => true });

  test('that sweeps is left to sweep', async () => {
    expect([sweeps, schedules]).toEqual([1, 1]);
    for (let i = 0; i < 20; i++) {
      await pass(15);
      await sweptByQueue();
      await turn();
    }
    expect([sweeps, schedules]).toEqual([21, 1]);
  });

  test('that is silent for half a minute is done without, and its scheduler set up again', async () => {
    await pass(30);
    expect([sweeps, schedules]).toEqual([1, 1]);
    await pass(10);
    expect(sweeps).toBeGreaterThan(1);
    expect(schedules).toBeGreaterThan(1);
    planned = Number(clock.now()) + 15_000;
    await expect(jobs.check()).rejects.toThrow(/no sweep came through a queue since 2026-/);
    await sweptByQueue();
    await pass(5);
    await jobs.check();
  });

  test('that sweeps in other processes is not silent; one whose sweep is overdue is', async () => {
    for (let i = 0; i < 10; i++) {
      planned = Number(clock.now()) + 15_000;
      await pass(15);
    }
    expect(sweeps).toBe(1);
    await pass(60);
    expect(sweeps).toBeGreaterThan(1);
  });

  test('that could not be opened is opened again', async () => {
    await jobs.stop();
    ready = async () => {
      throw new Error('INFO was cut off');
    };
    jobs = createBullJobs({ clock, log, handlers: handlersOf(), database, connection });
    await jobs.start();
    ready = async () => {};
    await turn();
    const before = opens;
    await expect(jobs.check()).rejects.toThrow('a queue does not answer');
    await pass(40);
    expect(opens).toBe(before + 1);
    await sweptByQueue();
    planned = Number(clock.now()) + 15_000;
    await pass(5);
    await jobs.check();
  });

  test('that refuses a wake, or does not answer for half a second, is done without at once', async () => {
    add = () => Promise.reject(new Error('READONLY'));
    looks = 0;
    jobs.wake('post');
    await turn();
    expect(looks).toBe(1);
    add = () => new Promise(() => {});
    jobs.wake('post');
    clock.advance(499);
    await turn();
    expect(looks).toBe(1);
    clock.advance(1);
    await turn();
    expect(looks).toBe(2);
  });

  test('that fails in two ways, again and again, is complained of twice a minute', async () => {
    log.lines.length = 0;
    for (let i = 0; i < 50; i++) {
      add = () => Promise.reject(new Error(i % 2 ? 'READONLY' : 'LOADING'));
      jobs.wake('post');
      await turn();
    }
    expect(log.lines.map((line) => line.message)).toEqual(Array(2).fill('the job queue has trouble'));
  });

  test('is told of a thousand wakes twice: once, and once more for those that came while it was told', async () => {
    let answered = () => {};
    add = () =>
      new Promise((resolve) => {
        answered = resolve;
      });
    for (let i = 0; i < 1_000; i++) jobs.wake('post');
    jobs.wake('collect');
    expect(added).toEqual(['post', 'collect']);
    answered();
    added.length = 0;
    add = async () => {};
    for (let i = 0; i < 10; i++) jobs.wake('collect');
    await turn();
    expect(added).toEqual(['collect']);
    await pass(1);
    expect(added).toEqual(['collect', 'post']);
  });
});
