import { afterEach, beforeEach } from 'vitest';
import { plus } from '../../src/core/delivery/time.ts';
import type { Claim, JobHandlers, OwedKind } from '../../src/core/ports/jobs.ts';
import { createLoop } from '../../src/queue/loop.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';
import { until } from '../support/wait.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const START = new Date('2026-11-25T10:00:00Z');
const idle = { batch: 1, run: async () => undefined };

/** An empty database, a clock that stands, and loops that are stopped at the end: made anew for each test. */
export function jobsBench(backend: Backend) {
  const own = {
    database: undefined as unknown as OpenDatabase,
    clock: undefined as unknown as FakeClock,
    log: keptLog(),
  };
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    own.clock = fakeClock(START);
    own.log.lines.length = 0;
    own.database = await backend.open(own.clock);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const owedKeys = async () =>
    (await own.database.kysely.selectFrom('owed').select('key').orderBy('key').execute()).map((row) => row.key);

  return Object.assign(own, {
    owedKeys,

    /** A loop in a process of its own, with handlers for what is given. */
    loop(handlers: Partial<JobHandlers>, on = own.database) {
      const all: JobHandlers = { roll_up: idle, post: idle, collect: idle, retention: idle, ...handlers };
      const jobs = createLoop({ database: on, clock: own.clock, log: own.log, handlers: all });
      stops.push(() => jobs.stop());
      return jobs;
    },

    /** Handles posts one by one and notes which, and how many seconds after the start. */
    noting(run: (claim: Claim) => Promise<Date | undefined> = async () => undefined) {
      const done: string[] = [];
      const handler = {
        batch: 1,
        run: async ([claim]: Claim[]) => {
          done.push(`${claim?.key} ${(Number(own.clock.now()) - Number(START)) / SECOND}`);
          return run(claim as Claim);
        },
      };
      return { done, handler };
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
  });
}
