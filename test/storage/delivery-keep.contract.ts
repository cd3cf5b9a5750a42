import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, MINUTES_KEPT, plus } from '../../src/core/delivery/time.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { type Backend, nothingSaid, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { count, gauge, sample, series, sync } from '../support/samples.ts';
import { workOff } from './work-off.ts';

const now = new Date('2026-11-25T10:30:20Z');
const clock = fakeClock(now);
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Levels, what is kept and what goes. */
export function deliveryKeepContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(clock);
  });

  describe('a gauge', () => {
    const put = (...gauges: ReturnType<typeof gauge>[]) =>
      database.transaction(({ delivery }) => delivery.putGauges(gauges, 'push'));
    const level = (ids: number[], at: string, metric = 'pending_retry') =>
      database.read(({ delivery }) => delivery.gauge(ids, metric, new Date(at)));
    const ids = async () => (await database.read(({ delivery }) => delivery.allSeries())).map((s) => s.id);

    test('is its last value before the end, summed over series', async () => {
      const b = series({ mapping: 'm-1' });
      await put(
        gauge({ at: '2026-11-25T10:05:00Z', value: 7 }),
        gauge({ at: '2026-11-25T10:00:00Z', value: 5 }),
        gauge({ at: '2026-11-25T09:00:00Z', value: 100, series: b }),
        gauge({ at: '2026-11-25T10:00:00Z', value: 9, metric: 'audience_size' }),
      );
      const all = await ids();
      expect(await level(all, '2026-11-25T10:10:00Z')).toBe(107);
      expect(await level(all, '2026-11-25T10:05:00Z')).toBe(105);
      expect(await level(all, '2026-11-25T10:05:00.001Z')).toBe(107);
      expect(await level(all, '2026-11-25T09:30:00Z')).toBe(100);
      expect(await level(all, '2026-11-25T10:10:00Z', 'audience_size')).toBe(9);
    });

    test('that never reported is null, not zero', async () => {
      await put(gauge({ at: '2026-11-25T10:05:00Z', value: 0 }));
      expect(await level(await ids(), '2026-11-25T10:10:00Z')).toBe(0);
      expect(await level(await ids(), '2026-11-25T10:00:00Z')).toBeNull();
      expect(await level(await ids(), '2026-11-25T10:10:00Z', 'other')).toBeNull();
      expect(await level([], '2026-11-25T10:10:00Z')).toBeNull();
    });

    test('reported again for the same time is replaced, within a call by the last one', async () => {
      const at = '2026-11-25T10:05:00Z';
      await put(gauge({ at, value: 1 }));
      await put(gauge({ at, value: 2 }), gauge({ at, value: 3.5 }));
      await put();
      expect(await level(await ids(), '2026-11-25T10:10:00Z')).toBe(3.5);
    });
  });

  describe('retention', () => {
    const days = async () => {
      const { rows } = await sql<{ name: string }>`
        select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'minute_count'::regclass order by 1`.execute(database.kysely);
      return rows.map(({ name }) => name.replace('minute_count_', ''));
    };

    test('drops minutes of days that ended before, keeps hours and the rest, and makes room for the days to come', async () => {
      const before = plus(now, -MINUTES_KEPT);
      const minutes = ['2026-11-09T23:59:00Z', '2026-11-10T00:00:00Z', '2026-11-25T10:00:00Z'];
      await database.transaction(async ({ delivery }) => {
        await delivery.addCounts(
          minutes.map((minute) => count({ minute })),
          'push',
          now,
        );
        const [state] = await delivery.seriesFor([series()], 'push');
        await delivery.rollUp(
          minutes.map((minute) => ({ series: state?.id as number, hour: new Date(minute.replace(':59:', ':00:')) })),
          now,
        );
        await delivery.putGauges([gauge({ at: '2026-11-09T10:00:00Z' }), gauge({ at: '2026-11-10T11:00:00Z' })], 'push');
        for (const [id, at] of [
          ['old', plus(before, -1)],
          ['kept', before],
        ] as const) {
          await delivery.claimBatch({ workspace: 'main', sender: 's', id, bodyHash: 'aa', at });
        }
      });
      await database.transaction(({ delivery }) => delivery.retain(now));
      const { kysely } = database;
      const left = await kysely.selectFrom('minute_count').select('minute').orderBy('minute').execute();
      expect(left.map((row) => row.minute.toISOString())).toEqual(['2026-11-10T00:00:00.000Z', '2026-11-25T10:00:00.000Z']);
      expect(await kysely.selectFrom('minute_step').select('minute').execute()).toHaveLength(2);
      expect(await kysely.selectFrom('hour_count').select('hour').execute()).toHaveLength(3);
      expect(await kysely.selectFrom('hour_step').select('hour').execute()).toHaveLength(3);
      expect(await kysely.selectFrom('gauge').select('at').execute()).toHaveLength(1);
      expect(await kysely.selectFrom('batch').select('id').execute()).toEqual([{ id: 'kept' }]);
      expect(await days()).toEqual(expect.arrayContaining(['20261110', '20261125', '20261126', '20261127']));
      expect(await days()).not.toContain('20261109');
    });

    test('an hour whose minutes are gone keeps what it has', async () => {
      const minute = new Date('2026-11-12T10:04:00Z');
      const hour = new Date('2026-11-12T10:00:00Z');
      const id = await database.transaction(async ({ delivery }) => {
        await delivery.addCounts([count({ minute, count: 9 })], 'push', now);
        const [state] = await delivery.seriesFor([series()], 'push');
        await delivery.rollUp([{ series: state?.id as number, hour }], now);
        return state?.id as number;
      });
      await database.transaction(({ delivery }) => delivery.retain(plus(hour, MINUTES_KEPT + 2 * DAY)));
      await database.transaction(({ delivery }) => delivery.rollUp([{ series: id, hour }], now));
      expect(await database.kysely.selectFrom('hour_step').select('count').execute()).toEqual([{ count: '9' }]);
    });

    test('a day that was dropped is made again when it is needed', async () => {
      const minute = new Date('2026-11-11T10:04:00Z');
      const add = () => database.transaction(({ delivery }) => delivery.addCounts([count({ minute })], 'push', now));
      await add();
      await database.transaction(({ delivery }) => delivery.retain(plus(minute, MINUTES_KEPT + DAY)));
      expect(await days()).not.toContain('20261111');
      await add();
      expect(await database.kysely.selectFrom('minute_count').select('count').execute()).toEqual([{ count: '1' }]);
    });
  });

  describe('retention of roll-ups', () => {
    const old = new Date('2025-09-10T00:00:00Z');
    const partitions = async () => {
      const { rows } = await sql<{ parent: string; child: string }>`
        select p.relname as parent, c.relname as child from pg_inherits i
        join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
        where c.relkind = 'r' order by 1, 2`.execute(database.kysely);
      return (parent: string) => rows.filter((row) => row.parent === parent).map((row) => row.child.replace(`${parent}_`, ''));
    };
    const fill = (from: Date, hours: number) =>
      database.transaction(({ delivery }) =>
        delivery.backfill(
          [
            {
              ...{ series: series(), step: 'successful_delivery', eventType: '', eventName: 'A', appVersion: '', reason: '' },
              from,
              counts: times(hours, () => 1),
              retried: times(hours, () => 0),
            },
          ],
          'demo',
          plus(from, hours * HOUR),
          now,
        ),
      );

    test('drops months of hours and days of minutes as tables, keeps the days, and deletes no row of them', async () => {
      const said = nothingSaid();
      // Two days of September and two of October last year: 400 days ago is the 21st of October.
      await fill(old, 48);
      await fill(new Date('2025-10-30T00:00:00Z'), 48);
      await database.transaction(({ delivery }) =>
        delivery.addCounts([count({ minute: '2026-11-09T10:00:00Z' }), count({ minute: '2026-11-10T10:00:00Z' })], 'push', now),
      );
      const daysBefore = await database.kysely.selectFrom('day_count').selectAll().orderBy('day').execute();
      expect(daysBefore.length).toBeGreaterThanOrEqual(4);
      const had = await partitions();
      expect(had('hour_step')).toEqual(expect.arrayContaining(['202509', '202510']));
      expect(had('minute_step')).toEqual(expect.arrayContaining(['20261109', '20261110']));

      await (await openOn(recording(backend.pool(), said), clock)).transaction(({ delivery }) => delivery.retain(now));
      const has = await partitions();
      for (const part of ['count', 'step']) {
        expect(has(`hour_${part}`)).not.toContain('202509');
        expect(has(`hour_${part}`)).toEqual(expect.arrayContaining(['202510', '202611']));
        expect(has(`minute_${part}`)).not.toContain('20261109');
        expect(has(`minute_${part}`)).toEqual(expect.arrayContaining(['20261110', '20261125', '20261126', '20261127']));
        expect(has(`day_${part}`)).toEqual([]);
      }
      expect(await database.kysely.selectFrom('day_count').selectAll().orderBy('day').execute()).toEqual(daysBefore);
      expect(await database.kysely.selectFrom('hour_step').select('hour').execute()).toHaveLength(48);
      expect(await database.kysely.selectFrom('minute_step').select('minute').execute()).toHaveLength(1);
      const removed = said.statements.map(({ text }) => text).filter((text) => /^\s*(delete|truncate|update)\b/i.test(text));
      expect(removed.filter((text) => /(minute|hour|day)_(count|step)/.test(text))).toEqual([]);
      expect(removed.length).toBeGreaterThan(0);
    });

    test('leaves sums of whole days as they were when their hours are gone', async () => {
      await fill(old, 48);
      const read = () =>
        database.read(async ({ delivery }) => {
          const ids = (await delivery.allSeries()).map((s) => s.id);
          const [from, to] = [old, plus(old, 2 * DAY)];
          const window = { now: { from: plus(from, DAY), to }, before: { from, to: plus(from, DAY) } };
          const cells = await delivery.cells({ series: ids, ...window, minutesFrom: plus(now, -DAY), provisionalFrom: now });
          return cells.map((cell) => [cell.part, cell.count]).sort();
        });
      const sums = await read();
      expect(sums).toEqual([
        ['before', 24],
        ['now', 24],
      ]);
      await database.transaction(({ delivery }) => delivery.retain(now));
      expect(await database.kysely.selectFrom('hour_step').select('hour').execute()).toEqual([]);
      expect(await read()).toEqual(sums);
      // Owed or not: a day without hours keeps what it has.
      await workOff(database, now);
      expect(await read()).toEqual(sums);
    });

    test('by several processes at once drops each table once, and all of them end well', async () => {
      const processes = await Promise.all(times(4, () => backend.reopen(clock)));
      await fill(old, 48);
      await database.transaction(({ delivery }) => delivery.addCounts([count({ minute: '2026-11-05T10:00:00Z' })], 'push', now));
      await Promise.all(processes.map((process) => process.transaction(({ delivery }) => delivery.retain(now))));
      expect((await partitions())('minute_count')).not.toContain('20261105');
      expect((await partitions())('hour_count')).not.toContain('202509');
    });

    test('drops samples after three days, keeps syncs', async () => {
      await database.transaction(async ({ delivery }) => {
        await delivery.putSamples([sample({ at: '2026-11-22T09:59:00Z' }), sample({ at: '2026-11-22T11:00:00Z' })], 'push');
        await delivery.putSyncs([sync({ start: '2026-11-11T10:00:00Z' })], 'push');
        await delivery.retain(now);
      });
      const left = await database.kysely.selectFrom('sample').select('at').execute();
      expect(left).toEqual([{ at: new Date('2026-11-22T11:00:00Z') }]);
      expect(await database.kysely.selectFrom('sync').select('id').execute()).toHaveLength(1);
    });
  });

  test('how far a connector was collected is kept by connector', async () => {
    await database.transaction(({ delivery }) => delivery.setCollectedUntil('demo', now));
    await database.transaction(({ delivery }) => delivery.setCollectedUntil('demo', plus(now, MINUTE)));
    await database.read(async ({ delivery }) => {
      expect(await delivery.collectedUntil('demo')).toEqual(plus(now, MINUTE));
      expect(await delivery.collectedUntil('other')).toBeUndefined();
    });
  });

  test('a resource put again has its new name; the last of a repeated key counts', async () => {
    const web = { workspace: 'main', kind: 'source', id: 'web', slug: 'web', name: 'Web', parent: '', variant: '', url: '' };
    await database.transaction(({ resources }) => resources.put([web, { ...web, workspace: 'shop' }]));
    await database.transaction(({ resources }) =>
      resources.put([
        { ...web, name: 'Shop' },
        { ...web, name: 'Web shop' },
      ]),
    );
    await database.transaction(({ resources }) => resources.put([]));
    expect(await database.read(({ resources }) => resources.all('main'))).toEqual([{ ...web, name: 'Web shop' }]);
    expect(await database.read(({ resources }) => resources.all())).toHaveLength(2);
  });

  test('a reading refuses to write, and a transaction inside another is refused', async () => {
    await expect(database.read(({ delivery }) => delivery.setCollectedUntil('demo', now))).rejects.toThrow(/read-only/);
    await expect(database.transaction(() => database.read(async () => 1))).rejects.toThrow('transaction inside a transaction');
    await expect(database.read(() => database.transaction(async () => 1))).rejects.toThrow('transaction inside a transaction');
    await database.ping();
  });
}
