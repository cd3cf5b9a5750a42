import { beforeEach, describe, expect, test } from 'vitest';
import type { Sample, Sync } from '../../src/core/delivery/series.ts';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { type Backend, nothingSaid, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { sample, series, sync } from '../support/samples.ts';

const now = new Date('2026-11-25T10:30:20Z');
const clock = fakeClock(now);
const at = (minute: number): Date => plus(new Date('2026-11-25T10:00:00Z'), minute * MINUTE);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Warehouse runs, and examples of discarded events. */
export function deliveryEventsContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(clock);
  });
  const idsOf = async (...workspaces: string[]) => {
    const all = await database.read(({ delivery }) => delivery.allSeries());
    return all.filter((s) => workspaces.length === 0 || workspaces.includes(s.workspace)).map((s) => s.id);
  };

  describe('a sync', () => {
    const put = (...syncs: Sync[]) => database.transaction(({ delivery }) => delivery.putSyncs(syncs, 'push'));
    const read = async (from: string, to: string, ids?: number[]) => {
      const wanted = ids ?? (await idsOf());
      return database.read(({ delivery }) => delivery.syncs(wanted, { from: new Date(from), to: new Date(to) }));
    };
    const day = ['2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z'] as const;

    test('comes back as it was told, with its collections', async () => {
      const collections = [
        { name: 'orders', rows: 9_007_199_254_740_991, failed: false },
        { name: 'users "quoted"', rows: 0, failed: true },
      ];
      const partial = sync({ start: '2026-11-25T09:00:00Z', status: 'partial', reason: 'Row too wide', rows: 1e12, collections });
      const skipped = sync({ start: '2026-11-25T08:00:00Z', id: 'run-0', end: null, status: 'skipped', rows: null });
      await put(skipped, partial);
      expect(await read(...day)).toEqual([partial, skipped]);
    });

    test('told again has its last report, in every part; within a call the last one counts', async () => {
      const start = '2026-11-25T09:00:00Z';
      await put(sync({ start, end: null, status: 'failed', rows: null, reason: 'Timeout' }));
      const second = sync({
        start: '2026-11-25T09:01:00Z',
        end: '2026-11-25T09:20:00Z',
        rows: 7,
        collections: [{ name: 'a', rows: 7, failed: false }],
      });
      await put(sync({ start, status: 'partial', reason: 'Half' }), second);
      expect(await read(...day)).toEqual([second]);
      await put(second);
      expect(await read(...day)).toEqual([second]);
    });

    test('of the same id in another series is another', async () => {
      await put(
        sync({ start: now }),
        sync({ start: now, series: series({ destination: 'snowflake' }) }),
        sync({ start: now, series: series({ workspace: 'shop' }) }),
      );
      expect(await read(...day)).toHaveLength(3);
      expect(await read(...day, await idsOf('shop'))).toMatchObject([{ series: { workspace: 'shop' } }]);
      expect(await read(...day, [])).toEqual([]);
    });

    test('is in the window that it began in, newest first; its end does not matter', async () => {
      const starts = ['2026-11-24T23:59:59.999Z', '2026-11-25T00:00:00Z', '2026-11-25T23:59:59.999Z', '2026-11-26T00:00:00Z'];
      await put(...starts.map((start, i) => sync({ start, id: `run-${i}`, end: plus(new Date(start), 3 * HOUR) })));
      expect((await read(...day)).map((one) => one.id)).toEqual(['run-2', 'run-1']);
      expect((await read(starts[1] as string, starts[3] as string)).map((one) => one.id)).toEqual(['run-2', 'run-1']);
      expect((await read(starts[0] as string, starts[1] as string)).map((one) => one.id)).toEqual(['run-0']);
    });

    test('moves the newest minute of its series to its end, or to its start while it runs; never back', async () => {
      const newest = async () => (await database.read(({ delivery }) => delivery.allSeries()))[0]?.newest?.toISOString();
      await put(sync({ start: '2026-11-25T09:00:30Z', end: null }));
      expect(await newest()).toBe('2026-11-25T09:00:00.000Z');
      await put(
        sync({ start: '2026-11-25T09:00:30Z', end: '2026-11-25T09:10:59Z' }),
        sync({ start: '2026-11-25T08:00:00Z', id: 'b' }),
      );
      expect(await newest()).toBe('2026-11-25T09:10:00.000Z');
      await put(sync({ start: '2026-11-25T01:00:00Z', id: 'c' }));
      expect(await newest()).toBe('2026-11-25T09:10:00.000Z');
    });
  });

  describe('samples', () => {
    const put = (...samples: Sample[]) => database.transaction(({ delivery }) => delivery.putSamples(samples, 'push'));
    const read = async (limit = 500, window = { from: plus(now, -3 * HOUR), to: plus(now, HOUR) }) => {
      const ids = await idsOf();
      return database.read(({ delivery }) => delivery.samples(ids, 'failed_delivery', window, limit));
    };

    test('come back as they were, newest first, up to the limit', async () => {
      const all = times(4, (i) => sample({ at: at(i), request: `{"i":${i},"t":"\\u0000"}`, response: 'plain "text" \\' }));
      await put(...all);
      expect(await read()).toEqual(all.toReversed());
      expect(await read(2)).toEqual(all.toReversed().slice(0, 2));
      expect(await read(9, { from: at(1), to: at(3) })).toEqual([all[2], all[1]]);
    });

    test('are at most ten of a reason an hour and the first ones stay, across calls and within one', async () => {
      await put(...times(4, (i) => sample({ at: at(i), eventName: `E${i}` })));
      await put(...times(9, (i) => sample({ at: at(4 + i), eventName: `E${4 + i}` })));
      await put(sample({ at: at(0), eventName: 'late' }));
      expect((await read()).map((one) => one.eventName)).toEqual(times(10, (i) => `E${9 - i}`));
    });

    test('are counted by hour, reason, step and series', async () => {
      const eleven = (some: Partial<Sample>) => times(11, (i) => sample({ ...some, at: some.at ?? at(i) }));
      await put(
        ...eleven({}),
        ...eleven({ reason: '401' }),
        ...eleven({ at: at(-1) }),
        ...eleven({ series: series({ mapping: 'm-1' }) }),
        ...eleven({ step: 'filtered_at_destination' }),
      );
      const rows = await database.kysely
        .selectFrom('sample')
        .select(['series', 'step', 'reason', 'hour', (eb) => eb.fn.countAll<string>().as('n')])
        .groupBy(['series', 'step', 'reason', 'hour'])
        .execute();
      expect(rows.map((row) => row.n)).toEqual(times(5, () => '10'));
      expect(await read()).toHaveLength(40);
    });

    test('of several processes at once are still at most ten, and each process ends well', async () => {
      const processes = await Promise.all(times(4, () => backend.reopen(clock)));
      await Promise.all(
        processes.flatMap((process, p) =>
          times(4, (round) =>
            process.transaction(({ delivery }) =>
              delivery.putSamples(
                times(3, (i) => sample({ at: at(i), eventName: `${p}/${round}/${i}` })),
                'push',
              ),
            ),
          ),
        ),
      );
      const kept = await read();
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept.length).toBeGreaterThanOrEqual(3);
      expect(new Set(kept.map((one) => one.eventName)).size).toBe(kept.length);
      await put(...times(10, (i) => sample({ at: at(i), eventName: `later ${i}` })));
      expect(await read()).toHaveLength(10);
    });
  });

  if (!backend.parallel) return;

  describe('several writers of the same series at once', () => {
    const mixed = <T>(list: readonly T[], i: number): T[] => (i % 2 ? [...list] : list.toReversed());

    test('never wait for each other in a circle: samples, syncs, newest minutes', async () => {
      const said = nothingSaid();
      const processes = await Promise.all(times(4, () => openOn(recording(backend.pool(), said), clock)));
      const places = times(12, (i) => series({ mapping: `m-${i}` }));
      for (let round = 0; round < 12; round++) {
        const minute = at(round);
        const samples = places.flatMap((place) => [
          sample({ at: minute, series: place, reason: `a${round}` }),
          sample({ at: minute, series: place, reason: `b${round}` }),
        ]);
        const syncs = places.map((place, i) => sync({ start: minute, series: place, id: `${round}/${i}` }));
        await Promise.all(
          processes.flatMap((process, i) => [
            process.transaction(({ delivery }) => delivery.putSamples(mixed(samples, i), 'push')),
            process.transaction(({ delivery }) => delivery.putSyncs(mixed(syncs, i), 'push')),
          ]),
        );
      }
      expect(said.errors).toEqual([]);
      expect(await database.kysely.selectFrom('sync').select('id').execute()).toHaveLength(12 * 12);
    });
  });
}
