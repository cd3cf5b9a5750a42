import type { Clock } from '../core/ports/clock.ts';
import type { Claim, JobHandlers, OwedKind } from '../core/ports/jobs.ts';
import type { Log } from '../core/ports/log.ts';
import type { Database } from '../core/ports/stores.ts';

/** A holder that has not settled by then is taken for dead, and the row is claimed again. */
const LEASE = 60_000;
/** Rows nobody woke us for are found this soon, whatever the engine. */
export const SWEEP = 15_000;
const LONGEST_BACK_OFF = 5 * 60_000;

/** 1 s, 2 s, 4 s … 5 min. */
export const backOff = (attempts: number): number => Math.min(LONGEST_BACK_OFF, 1_000 * 2 ** Math.min(attempts - 1, 20));

export interface QueueParts {
  database: Database;
  clock: Clock;
  log: Log;
  /** Without any, this process wakes others and does nothing itself. */
  handlers: Partial<JobHandlers>;
}

export interface Drain {
  kinds: readonly OwedKind[];
  /** Works off what is due of this kind: claim, work, settle. Asked while it runs, it looks once more before it ends. */
  run(kind: OwedKind): Promise<void>;
  runs(kind: OwedKind): boolean;
  /**
   * Works off what is due of every kind, then tells when the next row falls due. Undefined when nothing does, and when a
   * later sweep began meanwhile, which looks ahead for both.
   */
  sweep(): Promise<Date | undefined>;
  /** Finishes what runs; nothing new is claimed. */
  stop(): Promise<void>;
}

/**
 * What every engine shares. One runner per kind, so that a slow kind does not hold up another. When to drain is the engine's
 * business; `later` tells it of rows that will be due at a known time.
 */
export function createDrain(parts: QueueParts, later: (kind: OwedKind, dueAt: Date) => void): Drain {
  const { database, clock, log } = parts;
  const kinds = Object.keys(parts.handlers) as OwedKind[];
  // Asked for none but those.
  const handlers = parts.handlers as JobHandlers;
  const lanesOf = Object.fromEntries(kinds.map((kind) => [kind, new Set<Promise<void>>()])) as Record<
    OwedKind,
    Set<Promise<void>>
  >;
  const again = new Set<OwedKind>();
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
      const next = await handlers[kind].run(claims);
      await database.transaction(({ owed }) => owed.settle(claims, next));
      if (next) later(kind, next);
    } catch (error) {
      const [first, ...others] = claims;
      if (!first) return;
      if (others.length > 0) {
        // One bad row must not hold up its neighbours: each is tried by itself.
        for (const one of claims) await work(kind, [one]);
        return;
      }
      log.warn({ kind, key: first.key, attempts: first.attempts, error: String(error) }, 'job failed');
      const dueAt = new Date(Number(clock.now()) + backOff(first.attempts));
      await database.transaction(({ owed }) => owed.giveBack(first, dueAt));
      later(kind, dueAt);
    }
  }

  async function drain(kind: OwedKind, leave: () => void): Promise<void> {
    try {
      do {
        again.delete(kind);
        for (let claims = await claim(kind); claims.length > 0; claims = stopped ? [] : await claim(kind)) {
          // What was found may not be all of it: a free lane looks for more meanwhile.
          openLane(kind);
          await work(kind, claims);
        }
      } while (again.has(kind) && !stopped);
    } catch (error) {
      log.error({ kind, error: String(error) }, 'jobs could not be claimed');
    } finally {
      // In the same turn as the last look at `again`: a wake from now on starts a new run.
      leave();
    }
  }

  function openLane(kind: OwedKind): void {
    const lanes = lanesOf[kind];
    if (stopped || lanes.size >= (handlers[kind].lanes ?? 1)) return;
    const lane: Promise<void> = drain(kind, () => lanes.delete(lane));
    lanes.add(lane);
  }

  async function idle(kind: OwedKind): Promise<void> {
    while (lanesOf[kind].size > 0) await Promise.all(lanesOf[kind]);
  }

  function run(kind: OwedKind): Promise<void> {
    if (stopped || !kinds.includes(kind)) return Promise.resolve();
    again.add(kind);
    openLane(kind);
    return idle(kind);
  }

  return {
    kinds,
    run,
    runs: (kind) => lanesOf[kind]?.size > 0,
    async sweep() {
      const own = ++sweeps;
      const isLast = () => !stopped && own === sweeps;
      try {
        await Promise.all(kinds.map(run));
        if (!isLast()) return undefined;
        const next = await database.read(({ owed }) => owed.nextDue());
        return isLast() ? next : undefined;
      } catch (error) {
        log.error({ error: String(error) }, 'sweep failed');
        return undefined;
      }
    },
    async stop() {
      stopped = true;
      await Promise.all(kinds.map(idle));
    },
  };
}
