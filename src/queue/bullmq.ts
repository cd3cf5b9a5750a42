import type { Queue, Worker } from 'bullmq';
import type { OwedKind } from '../core/ports/jobs.ts';
import type { BullConnection, Waking } from './connection.ts';
import { createDrain, type QueueParts, SWEEP } from './drain.ts';
import { LATE, type RunningJobs } from './loop.ts';

/** Nobody waits longer for the queue. */
const ANSWER = 500;
const CLOSING = 2_000;
const PASS_ON = 200;
const LOOK_AGAIN = 1_000;

/** Jobs that are not named by a kind: the scheduler's, and one for a row of whatever kind that falls due. */
const SWEEPER = 'sweep';
const DUE = 'due';

/** How often the queue sweeps, how long it may be silent before this process sweeps by itself, how often that is looked at. */
export interface Timing {
  sweep: number;
  silence: number;
  watch: number;
}

/**
 * Wakes through BullMQ, so that any number of processes share the work and one of them sweeps. The owed rows stay the truth:
 * a job says only where to look. When the queue is silent or forgot everything, each process sweeps by itself and sets the
 * scheduler up again, so a dead queue costs time and no work.
 */
export function createBullJobs(parts: QueueParts & { connection: BullConnection; timing?: Timing }): RunningJobs {
  const { clock, log, connection } = parts;
  const timing = parts.timing ?? { sweep: SWEEP, silence: 2 * SWEEP, watch: 5_000 };
  const drain = createDrain(parts, later);
  const timers = new Set<() => void>();
  const adding = new Set<OwedKind>();
  const unheard = new Set<OwedKind>();
  const worksOff = drain.kinds.length > 0;
  let engine: { queue: Queue; worker?: Worker; broken: boolean } | undefined;
  /** When the queue last swept, as far as we know. */
  let heard = 0;
  let silent = false;
  /** When each trouble was last told. */
  const troubles = new Map<string, number>();
  let stopping: Promise<void> | undefined;

  const now = (): number => Number(clock.now());

  function after(ms: number, call: () => void): () => void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      call();
    });
    timers.add(cancel);
    return () => {
      timers.delete(cancel);
      cancel();
    };
  }

  /** The queue's answer, or an error when it takes too long. */
  async function answer<T>(ask: (queue: Queue) => Promise<T>): Promise<T> {
    if (!engine || engine.broken || !connection.isUp()) throw new Error(`${connection.name} does not answer`);
    return within(ANSWER, ask(engine.queue));
  }

  async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(ms, () => reject(new Error(`${connection.name} did not answer within ${ms} ms`)));
    });
    return Promise.race([promise, late]).finally(() => cancel());
  }

  /** Each trouble is told when it is new, then once a minute. */
  function tell(error: unknown): void {
    const text = error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error);
    if (stopping || now() - (troubles.get(text) ?? Number.NEGATIVE_INFINITY) < LATE) return;
    troubles.set(text, now());
    log.warn({ queue: connection.name, error: text }, 'the job queue has trouble');
  }

  function open(): void {
    const { queue, worker } = connection.open({ ...(worksOff && { work }), concurrency: drain.kinds.length + 1 });
    const own = { queue, ...(worker && { worker }), broken: false };
    queue.on('error', tell);
    worker?.on('error', tell);
    // Not ready yet is waited for; what is rejected here stays so, and has to be opened anew.
    Promise.all([queue.waitUntilReady(), worker?.waitUntilReady()]).catch((error: unknown) => {
      own.broken = true;
      tell(error);
    });
    engine = own;
  }

  /** Waits for the running jobs to end and the store to say good-bye, but not for a dead one. */
  async function close(): Promise<void> {
    const closed = Promise.all([engine?.worker?.close(), engine?.queue.close()]);
    closed.catch(() => {});
    await drain.stop();
    await within(connection.isUp() ? CLOSING : 0, closed).catch(() => {});
    await within(CLOSING, connection.close()).catch(() => {});
  }

  const schedule = () =>
    answer((queue) => queue.upsertJobScheduler(SWEEPER, { every: timing.sweep }, { name: SWEEPER, opts: { attempts: 1 } }));

  async function work(job: Waking): Promise<void> {
    if (job.name === SWEEPER) {
      heard = now();
      // Not waited for: a slow kind must not keep the next sweep.
      void sweep();
    } else if (job.name === DUE) {
      void sweep();
    } else if (isKind(job.name)) {
      // Before anything is claimed: a wake from here on is a job of its own, and what was owed before is claimed now.
      await within(ANSWER, job.removeDeduplicationKey()).catch(tell);
      if (drain.runs(job.name)) passOn(job.name);
      else await drain.run(job.name);
    }
  }

  /**
   * We are at this kind already. The job must not wait here, or a slow kind would fill the worker: our runner looks once more,
   * and a little later a process with nothing to do may take it, or we again.
   */
  function passOn(kind: OwedKind): void {
    void drain.run(kind);
    answer((queue) => queue.add(kind, {}, { delay: PASS_ON, deduplication: { id: `${kind}+` } })).catch(tell);
  }

  const isKind = (name: string): name is OwedKind => (drain.kinds as readonly string[]).includes(name);

  async function sweep(): Promise<void> {
    const next = await drain.sweep();
    // What is due already was owed meanwhile, or somebody is about to claim it: a look later than that sees what comes next.
    if (next) later(DUE, new Date(Math.max(Number(next), now() + LOOK_AGAIN)));
  }

  /** Looks again at that time, if no sweep comes sooner. All processes that know of the same row add the same job. */
  function later(name: OwedKind | typeof DUE, dueAt: Date): void {
    const delay = Math.max(0, Number(dueAt) - now());
    if (delay >= timing.sweep || stopping) return;
    const options = { delay, deduplication: { id: `${name}@${Number(dueAt)}` } };
    answer((queue) => queue.add(name, {}, options)).catch((error: unknown) => {
      tell(error);
      if (!stopping) after(Math.max(0, Number(dueAt) - now()), () => void (name === DUE ? sweep() : drain.run(name)));
    });
  }

  /** A burst of wakes is one job; one that comes while the job is being added is followed by another. */
  async function announce(kind: OwedKind): Promise<void> {
    adding.add(kind);
    do {
      unheard.delete(kind);
      try {
        await answer((queue) => queue.add(kind, {}, { deduplication: { id: kind } }));
      } catch (error) {
        tell(error);
        void drain.run(kind);
      }
    } while (unheard.has(kind) && !stopping);
    adding.delete(kind);
  }

  /** Sweeps in place of a queue that is silent. */
  async function watch(): Promise<void> {
    after(timing.watch, () => void watch());
    if (now() - heard <= timing.silence) return become(false);
    try {
      // Another process may have swept: then the next sweep is planned, and not overdue.
      const planned = (await answer((queue) => queue.getJobScheduler(SWEEPER)))?.next;
      if (planned && planned > now() - timing.sweep) heard = Math.min(planned, now() + timing.sweep) - timing.sweep;
    } catch (error) {
      tell(error);
    }
    if (stopping || now() - heard <= timing.silence) return become(false);
    become(true);
    void sweep();
    if (engine?.broken) {
      void Promise.all([engine.worker?.close(true), engine.queue.close()]).catch(() => {});
      open();
    }
    if (worksOff) await schedule().catch(tell);
  }

  function become(state: boolean): void {
    if (state === silent || stopping) return;
    silent = state;
    if (silent)
      log.warn(
        { queue: connection.name },
        `the job queue is silent: ${worksOff ? 'this process sweeps by itself' : 'nobody works'}`,
      );
    else {
      troubles.clear();
      log.info({ queue: connection.name }, 'the job queue sweeps again');
    }
  }

  return {
    async start() {
      try {
        await connection.prepare(tell);
      } catch (error) {
        await connection.close();
        throw error;
      }
      if (stopping) return;
      heard = now();
      open();
      after(timing.watch, () => void watch());
      // What was left over does not wait for the queue.
      void sweep();
      if (worksOff) void schedule().catch(tell);
    },
    wake(kind) {
      // Before the start there is nobody to wake: it begins with a sweep.
      if (stopping || !engine) return;
      if (adding.has(kind)) unheard.add(kind);
      else void announce(kind);
    },
    stop() {
      stopping ??= (async () => {
        for (const cancel of timers) cancel();
        await close();
      })();
      return stopping;
    },
    async runDue() {
      await Promise.all(drain.kinds.map(drain.run));
    },
    async check() {
      const planned = (await answer((queue) => queue.getJobScheduler(SWEEPER)))?.next;
      if (!worksOff && (silent || !planned)) throw new Error('nobody works off what is owed: start a process with ROLE=worker');
      if (silent || now() - heard > LATE) {
        throw new Error(`no sweep came through ${connection.name} since ${new Date(heard).toISOString()}`);
      }
      if (!planned) throw new Error(`${connection.name} has lost the sweeper; it is set up again within a minute`);
    },
  };
}
