import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import { rollUp } from '../../src/flows/delivery/roll-up.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { type Backend, nothingSaid, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { count, series } from '../support/samples.ts';

const now = new Date('2026-11-25T10:30:20Z');
const clock = fakeClock(now);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** What sessions side by side must not do to each other: collide, wait in a circle, or lose a count. */
export function deliveryParallelContract(backend: Backend): void {
  let database: OpenDatabase;
  const said = nothingSaid();
  const processes = (n: number) => Promise.all(times(n, () => openOn(recording(backend.pool(), said), clock)));
  beforeEach(async () => {
    await backend.open(clock);
    [database] = (await processes(1)) as [OpenDatabase];
    said.errors.length = 0;
  });
  // A transaction that lost is run again, so a collision or a circle shows here only.
  afterEach(() => expect(said.errors).toEqual([]));

  const add = (of: OpenDatabase, counts: ReturnType<typeof count>[]) =>
    of.transaction(({ delivery }) => delivery.addCounts(counts, 'push', now));
  const total = async () => {
    const rows = await database.kysely.selectFrom('minute_step').select('count').execute();
    return rows.reduce((sum, row) => sum + Number(row.count), 0);
  };

  describe('five processes at once', () => {
    test('make the same new days once, whatever their order', async () => {
      const all = await processes(5);
      const days = times(4, (i) => plus(now, -(5 + i) * DAY));
      await Promise.all(
        all.map((process, i) =>
          add(
            process,
            [...days.slice(i % 4), ...days.slice(0, i % 4)].map((minute) => count({ minute })),
          ),
        ),
      );
      expect(await total()).toBe(20);
    });

    test('create the same series and texts once, and lose no count', async () => {
      const all = await processes(5);
      const counts = times(60, (i) =>
        count({
          minute: now,
          series: series({ mapping: `m-${i % 20}` }),
          eventName: `E${i}`,
          step: 'failed_delivery',
          reason: String(i % 7),
        }),
      );
      await Promise.all(all.map((process, i) => add(process, i % 2 ? counts : counts.toReversed())));
      expect(await total()).toBe(300);
      expect(await database.read(({ delivery }) => delivery.allSeries())).toHaveLength(20);
    });

    test('do not wait for each other in a circle over new reasons', async () => {
      const all = await processes(4);
      for (let round = 0; round < 15; round++) {
        const mixed = (i: number) =>
          times(40, (k) => {
            const named = (k + i) % 2 === 0;
            return count({
              minute: now,
              series: series({ mapping: `p${i}` }),
              step: 'failed_delivery',
              reason: `${round}/${k}`,
              eventType: named ? 'track' : '',
              eventName: named ? `E${i}` : '',
            });
          });
        await Promise.all(all.map((process, i) => add(process, mixed(i))));
      }
      expect(await total()).toBe(15 * 4 * 40);
    });

    test('write other minutes of the same series while hours are rolled up and settled', { timeout: 60_000 }, async () => {
      const all = await processes(4);
      const places = times(60, (i) => series({ mapping: `m-${i}` }));
      const write = async (process: OpenDatabase, i: number) => {
        for (let round = 0; round < 15; round++) {
          const minute = plus(now, -2 * HOUR - (i * 15 + round) * MINUTE);
          const batch = places.map((place) => count({ minute, series: place }));
          await add(process, i % 2 ? batch : batch.toReversed());
        }
      };
      const far = plus(now, DAY);
      let writing = true;
      const settle = async () => {
        while (writing) {
          const claims = await database.transaction(({ owed }) =>
            owed.claim({ kind: 'roll_up', now: far, leaseUntil: plus(far, HOUR), limit: 500 }),
          );
          await rollUp({ database, clock }, claims);
          await database.transaction(({ owed }) => owed.settle(claims));
        }
      };
      const settling = settle();
      await Promise.all(all.map(write)).finally(() => {
        writing = false;
      });
      await settling;
      const claims = await database.transaction(({ owed }) =>
        owed.claim({ kind: 'roll_up', now: far, leaseUntil: far, limit: 9_999 }),
      );
      await rollUp({ database, clock }, claims);
      const hours = await database.kysely.selectFrom('hour_step').select('count').execute();
      expect(hours.reduce((sum, row) => sum + Number(row.count), 0)).toBe(4 * 15 * 60);
      expect(await total()).toBe(4 * 15 * 60);
    });
  });

  test('a reading sees one moment, whatever is committed meanwhile', async () => {
    await add(database, [count({ minute: now })]);
    await database.read(async ({ delivery }) => {
      const before = await delivery.allSeries();
      const writer = await backend.reopen(clock);
      // Not from inside: another process writes.
      await new Promise<void>((resolve, reject) => {
        setImmediate(() => add(writer, [count({ minute: now, series: series({ source: 'ios' }) })]).then(resolve, reject));
      });
      expect(await delivery.allSeries()).toEqual(before);
    });
    expect(await database.read(({ delivery }) => delivery.allSeries())).toHaveLength(2);
  });
}
