import type { Clock } from '../core/ports/clock.ts';
import type { Claim, JobHandlers, Jobs, OwedKind } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import type { Database } from '../core/ports/stores.ts';

/** A holder that has not settled by then is taken for dead, and the row is claimed again. */
const LEASE = 60_000;
/** Rows nobody woke us for are found this soon. */
export const SWEEP = 15_000;
const LONGEST_BACK_OFF = 5 * 60_000;

/** 1 s, 2 s, 4 s … 5 min. */
export const backOff = (attempts: number): number => Math.min(LONGEST_BACK_OFF, 1_000 * 2 ** Math.min(attempts - 1, 20));

/**
 * Runs what is owed, in this process: claim, work, settle. One runner per kind, so that a slow kind does not hold up another.
 * Waking is a hint; the timer that sweeps is the promise.
 */
export function createLoop(parts: { database: Database; clock: Clock; log: Log; handlers: JobHandlers }): Jobs & {
  /** Works off everything that is due now; for tests with a clock of their own. */
  runDue(): Promise<void>;
} {
  const { database, clock, log, handlers } = parts;
  const kinds = Object.keys(handlers) as OwedKind[];
  const running = new Map<OwedKind, Promise<void>>();
  const again = new Set<OwedKind>();
  let cancelTimer = () => {};
  /** When the timer rings. Before the start and after the end nothing is earlier, so none is set. */
  let nextSweep = Number.NEGATIVE_INFINITY;
  let sweeps = 0;
  let stopped = false;

  async function claim(kind: OwedKind): Promise<Claim[]> {
    const now = clock.now();
    return database.transaction(({ owed }) =>
      owed.claim({ kind, now, leaseUntil: new Date(Number(now) + LEASE), limit: handlers[kind].batch }),
    );
  }

  async function work(kind: OwedKind, claims: Claim[]): Promise<void> {
    try {
      const again = await handlers[kind].run(claims);
      await database.transaction(({ owed }) => owed.settle(claims, again));
    } catch (error) {
      const [first, ...others] = claims;
      if (!first) return;
      if (others.length > 0) {
        // One bad row must not hold up its neighbours: each is tried by itself.
        for (const claim of claims) await work(kind, [claim]);
        return;
      }
      log.warn({ kind, key: first.key, attempts: first.attempts, error: String(error) }, 'job failed');
      const dueAt = new Date(Number(clock.now()) + backOff(first.attempts));
      await database.transaction(({ owed }) => owed.giveBack(first, dueAt));
      sweepAt(Number(dueAt));
    }
  }

  async function drain(kind: OwedKind): Promise<void> {
    try {
      do {
        again.delete(kind);
        for (let claims = await claim(kind); claims.length > 0; claims = stopped ? [] : await claim(kind))
          await work(kind, claims);
      } while (again.has(kind) && !stopped);
    } catch (error) {
      log.error({ kind, error: String(error) }, 'jobs could not be claimed');
    } finally {
      // In the same turn as the last look at `again`: a wake from now on starts a new run.
      running.delete(kind);
    }
  }

  function run(kind: OwedKind): Promise<void> {
    if (stopped) return Promise.resolve();
    again.add(kind);
    const current = running.get(kind);
    if (current) return current;
    const started = drain(kind);
    running.set(kind, started);
    return started;
  }

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
    const own = ++sweeps;
    // A later sweep looks ahead for both.
    const isLast = () => !stopped && own === sweeps;
    try {
      await Promise.all(kinds.map(run));
      if (!isLast()) return;
      const next = await database.read(({ owed }) => owed.nextDue());
      if (next && isLast()) sweepAt(Math.max(Number(next), Number(clock.now()) + 50));
    } catch (error) {
      log.error({ error: String(error) }, 'sweep failed');
    }
  }

  return {
    async start() {
      nextSweep = Number.POSITIVE_INFINITY;
      void sweep();
    },
    wake(kind) {
      void run(kind);
    },
    async stop() {
      stopped = true;
      nextSweep = Number.NEGATIVE_INFINITY;
      cancelTimer();
      await Promise.all(running.values());
    },
    async runDue() {
      await Promise.all(kinds.map(run));
    },
  };
}
