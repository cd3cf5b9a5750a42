import type { Jobs } from '../core/ports/jobs.ts';
import { createDrain, type QueueParts, SWEEP } from './drain.ts';

/** Jobs with what the process adds to the port: a look at their health, and work without waiting, for tests. */
export interface RunningJobs extends Jobs {
  /** Works off everything that is due now, in this process; for tests with a clock of their own. */
  runDue(): Promise<void>;
  /** Resolves when rows that nobody wakes us for are found in time, rejects with what is wrong. */
  check(): Promise<void>;
}

/** Sweeps may be late by this much before the process calls itself ill. */
export const LATE = 60_000;

/** Runs what is owed, in this process, by timers of its own. Waking is a hint; the timer that sweeps is the promise. */
export function createLoop(parts: QueueParts): RunningJobs {
  const { clock } = parts;
  const drain = createDrain(parts, (_, dueAt) => sweepAt(Number(dueAt)));
  let cancelTimer = () => {};
  /** When the timer rings. Before the start and after the end nothing is earlier, so none is set. */
  let nextSweep = Number.NEGATIVE_INFINITY;
  let stopped = false;

  /** Sweeps at that time, unless a sweep comes earlier. */
  function sweepAt(time: number): void {
    if (time >= nextSweep) return;
    cancelTimer();
    nextSweep = time;
    cancelTimer = clock.after(time - Number(clock.now()), () => {
      nextSweep = Number.POSITIVE_INFINITY;
      void sweep();
    });
  }

  /** Looks for due rows of every kind, and sleeps until the next one falls due, at most until the next sweep. */
  async function sweep(): Promise<void> {
    // First, so that a slow kind does not hold up the others' next sweep.
    sweepAt(Number(clock.now()) + SWEEP);
    const next = await drain.sweep();
    if (next && !stopped) sweepAt(Math.max(Number(next), Number(clock.now()) + 50));
  }

  return {
    async start() {
      nextSweep = Number.POSITIVE_INFINITY;
      void sweep();
    },
    wake(kind) {
      void drain.run(kind);
    },
    async stop() {
      stopped = true;
      nextSweep = Number.NEGATIVE_INFINITY;
      cancelTimer();
      await drain.stop();
    },
    async runDue() {
      await Promise.all(drain.kinds.map(drain.run));
    },
    async check() {
      const late = Number(clock.now()) - nextSweep;
      if (late > LATE) throw new Error('no sweep in time');
    },
  };
}
