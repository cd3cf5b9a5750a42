import { afterEach, beforeEach, test } from 'vitest';
import { plus } from '../../src/core/delivery/time.ts';
import type { Claim, JobHandlers, OwedKind } from '../../src/core/ports/jobs.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import type { Timing } from '../../src/queue/bullmq.ts';
import type { RunningJobs } from '../../src/queue/loop.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';
import { until } from '../support/wait.ts';
import { type Engine, freshName, systemClock } from './jobs-engines.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const START = '2026-11-25T10:00:00Z';
const idle = { batch: 1, run: async () => undefined };

/** Of every kind, though most find nothing to do. */
export const handlersOf = (handlers: Partial<JobHandlers> = {}): JobHandlers => ({
  roll_up: idle,
  roll_up_day: idle,
  post: idle,
  collect: idle,
  seal: idle,
  retention: idle,
  forward: idle,
  watch: idle,
  long: idle,
  ...handlers,
});

/** The system's time, which nobody can move. */
const standstill = (): never => {
  throw new Error('this engine has no virtual clock: such a case runs on the loop');
};
const realClock: FakeClock = { ...systemClock, advance: standstill, nextTimer: standstill };

export type JobsBench = ReturnType<typeof jobsBench>;

/** An empty database, a clock, a queue and jobs that are stopped at the end: made anew for each test. */
export function jobsBench(backend: Backend, engine: Engine) {
  const own = {
    database: undefined as unknown as OpenDatabase,
    clock: undefined as unknown as FakeClock,
    log: keptLog(),
    queue: '',
  };
  const stops: (() => Promise<void>)[] = [];
  let began = 0;
  beforeEach(async () => {
    own.clock = engine.virtual ? fakeClock(START) : realClock;
    began = Number(own.clock.now());
    own.log.lines.length = 0;
    own.queue = freshName();
    own.database = await backend.open(own.clock);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await engine.forget(own.queue);
  });

  const owedKeys = async () =>
    (await own.database.kysely.selectFrom('owed').select('key').orderBy('key').execute()).map((row) => row.key);

  return Object.assign(own, {
    owedKeys,

    /** A test that moves time by hand, or compares to the second. */
    virtually: (name: string, run: () => Promise<void>) =>
      engine.virtual ? test(name, run) : test.skip(`${name} (needs the virtual clock: runs on the loop)`, run),

    /** Jobs of a process of its own, with handlers for what is given. */
    jobs(handlers: Partial<JobHandlers>, { on = own.database, timing }: { on?: Database; timing?: Timing } = {}) {
      const jobs = engine.create(
        { database: on, clock: own.clock, log: own.log, handlers: handlersOf(handlers) },
        own.queue,
        timing,
      );
      stops.push(() => jobs.stop());
      return jobs;
    },

    /** Handles posts one by one and notes which, and how many seconds after the start. */
    noting(run: (claim: Claim) => Promise<Date | undefined> = async () => undefined) {
      const done: string[] = [];
      const handler = {
        batch: 1,
        run: async ([claim]: Claim[]) => {
          const second = (Number(own.clock.now()) - began) / SECOND;
          done.push(engine.virtual ? `${claim?.key} ${second}` : `${claim?.key}`);
          return run(claim as Claim);
        },
      };
      /** Without the seconds, which only the virtual clock makes certain. */
      const keys = () => done.map((entry) => entry.split(' ')[0]);
      return { done, keys, handler };
    },

    owe: (key: string, after = 0, kind: OwedKind = 'post') =>
      own.database.transaction(({ owed }) => owed.owe([{ kind, key, dueAt: plus(own.clock.now(), after) }])),

    settled: () => until('nothing is owed', async () => (await owedKeys()).length === 0),

    /** Until the loop has done all there is to do, and its timer rings in so many seconds. */
    sleepsFor: (seconds: number) =>
      until(
        `the loop sleeps for ${seconds} s`,
        async () => Number(await own.clock.nextTimer()) - Number(own.clock.now()) === seconds * SECOND,
      ),

    /** Starts them, and waits until what was due at the start is done. */
    async begin(jobs: RunningJobs): Promise<void> {
      await jobs.start();
      await jobs.runDue();
    },

    /** Moves on to when the one row falls due that waits; real time passes by itself. */
    async pass(): Promise<void> {
      if (!engine.virtual) return;
      let due: Date | undefined;
      await until('a row waits for its time', async () => {
        const waiting = own.database.kysely.selectFrom('owed').select('due_at').where('lease_until', 'is', null);
        due = (await waiting.where('due_at', '>', own.clock.now()).executeTakeFirst())?.due_at;
        return due !== undefined;
      });
      await until('its time has come', async () => {
        const next = Number(await own.clock.nextTimer());
        if (next <= Number(due)) own.clock.advance(next - Number(own.clock.now()));
        return own.clock.now() >= (due as Date);
      });
    },
  });
}
