import { createHash, randomUUID } from 'node:crypto';
import { type RefusalEvent, RefusalTally, type RefusedAttempt } from '../../core/audit/refusals.ts';
import { ceilTo, HOUR, MINUTE, plus } from '../../core/delivery/time.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Database } from '../../core/ports/stores.ts';
import { record } from './record.ts';

/** Events that wait for a database which is away; there are some 50 an hour. */
const KEPT = 200;

export interface Refusals {
  /** Returns at once: whoever is turned away does not wait for the database, and cannot keep it busy. */
  note(attempt: RefusedAttempt): void;
  /** Writes what is not written yet, the numbers of this hour too. */
  stop(): Promise<void>;
}

/** Puts those who were turned away into the trail. One write at a time, of all that has come meanwhile. */
export function createRefusals({ database, clock, log }: { database: Database; clock: Clock; log: Log }): Refusals {
  const tally = new RefusalTally();
  let waiting: { event: RefusalEvent; at: Date }[] = [];
  let writing: Promise<void> | undefined;
  let cancelHour: (() => void) | undefined;
  let cancelRetry: (() => void) | undefined;

  function add(events: readonly RefusalEvent[]): void {
    if (events.length === 0) return;
    const at = clock.now();
    waiting = [...waiting, ...events.map((event) => ({ event, at }))].slice(-KEPT);
    wake();
  }

  function wake(): void {
    writing ??= write().finally(() => {
      writing = undefined;
    });
  }

  function watchHour(): void {
    const now = clock.now();
    cancelHour ??= clock.after(Number(ceilTo(HOUR, plus(now, 1))) - Number(now), () => {
      cancelHour = undefined;
      add(tally.close(clock.now()));
      if (!tally.isEmpty) watchHour();
    });
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await database.transaction(async (stores) => {
          for (const { event, at } of batch) await record(stores, event.who, event.deed, at, { id: idOf(event) });
        });
      } catch (error) {
        waiting = [...batch, ...waiting].slice(-KEPT);
        log.warn({ error: String(error), events: waiting.length }, 'refused attempts are not in the trail yet');
        cancelRetry?.();
        cancelRetry = clock.after(MINUTE, wake);
        return;
      }
    }
  }

  return {
    note(attempt) {
      add(tally.note(attempt, clock.now()));
      watchHour();
    },
    async stop() {
      cancelHour?.();
      add(tally.close());
      await writing;
      cancelRetry?.();
    },
  };
}

/** Ids are at most so long, and no more than a hash is needed. */
const idOf = ({ id }: RefusalEvent): string =>
  `refused-${id === '' ? randomUUID() : createHash('sha256').update(id).digest('base64url')}`;
