import { beforeEach, describe, expect, test } from 'vitest';
import type { Count, Series } from '../../src/core/delivery/series.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { type Backend, rowCounts } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { count, gauge, series } from '../support/samples.ts';
import { gate, untilBlocked } from '../support/wait.ts';

const clock = fakeClock('2026-11-25T10:30:20Z');
const at = '2026-11-25T10:04:00Z';

/** What counts, batches and series do when they are written. */
export function deliveryWriteContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(clock);
  });

  const add = (...counts: Count[]) => database.transaction(({ delivery }) => delivery.addCounts(counts, 'push', clock.now()));
  const minutes = () =>
    database.kysely
      .selectFrom('minute_count')
      .innerJoin('facet', 'facet.id', 'facet')
      .select(['event_name', 'count', 'retried'])
      .execute();

  describe('counts', () => {
    test('of the same key add up, across calls and within one', async () => {
      await add(count({ minute: at, count: 3, retried: 1 }));
      await add(
        count({ minute: at, count: 4 }),
        count({ minute: at, count: 5, retried: 5 }),
        count({ minute: at, eventName: 'Other' }),
      );
      expect(await minutes()).toEqual(
        expect.arrayContaining([
          { event_name: 'Order Completed', count: '12', retried: '6' },
          { event_name: 'Other', count: '1', retried: '0' },
        ]),
      );
      expect(await minutes()).toHaveLength(2);
    });

    test('are stored by step and reason beside their names, with the same total', async () => {
      await add(
        ...['A', 'B', 'C'].map((eventName, i) =>
          count({ minute: at, eventName, step: 'failed_delivery', reason: '400', count: i + 1 }),
        ),
      );
      const coarse = await database.kysely.selectFrom('minute_step').select(['count', 'step']).execute();
      expect(coarse).toEqual([{ count: '6', step: 5 }]);
    });

    test('stay exact where a double is', async () => {
      await add(count({ minute: at, count: 1_000_000_000_000 }), count({ minute: at, count: 999_999_999_999 }));
      await add(...Array.from({ length: 3 }, () => count({ minute: at, count: 1_000_000_000_000 })));
      expect(await minutes()).toEqual([{ event_name: 'Order Completed', count: '4999999999999', retried: '0' }]);
    });

    test('none: nothing is stored', async () => {
      const before = await rowCounts(database.kysely);
      await add();
      expect(await rowCounts(database.kysely)).toEqual(before);
    });

    test('move the newest minute forward only', async () => {
      const newest = async () => (await database.read(({ delivery }) => delivery.allSeries()))[0]?.newest?.toISOString();
      await add(count({ minute: '2026-11-25T10:02:00Z' }), count({ minute: '2026-11-25T10:05:00Z' }));
      expect(await newest()).toBe('2026-11-25T10:05:00.000Z');
      await add(count({ minute: '2026-11-25T09:00:00Z' }));
      expect(await newest()).toBe('2026-11-25T10:05:00.000Z');
      await add(count({ minute: '2026-11-25T10:06:00Z' }));
      expect(await newest()).toBe('2026-11-25T10:06:00.000Z');
    });

    test('owe the roll-up of each hour and series they touch: past hours soon, running ones after their end', async () => {
      await add(
        count({ minute: at }),
        count({ minute: '2026-11-25T10:29:00Z' }),
        count({ minute: '2026-11-25T08:59:00Z' }),
        count({ minute: at, series: series({ destination: 'braze' }) }),
      );
      const rows = await database.kysely.selectFrom('owed').select(['key', 'due_at']).orderBy('due_at').orderBy('key').execute();
      expect(rows.map((row) => [row.key.split('/')[0], row.due_at.toISOString()])).toEqual([
        [String(Date.parse('2026-11-25T08:00:00Z') / 1000), '2026-11-25T10:30:22.000Z'],
        [String(Date.parse('2026-11-25T10:00:00Z') / 1000), '2026-11-25T11:01:00.000Z'],
        [String(Date.parse('2026-11-25T10:00:00Z') / 1000), '2026-11-25T11:01:00.000Z'],
      ]);
    });
  });

  describe('a batch', () => {
    const batch = { workspace: 'main', sender: 'shop', id: 'b-1', bodyHash: 'aa'.repeat(32), at: clock.now() };
    const claim = (some: Partial<typeof batch> = {}) =>
      database.transaction(({ delivery }) => delivery.claimBatch({ ...batch, ...some }));

    test('is new once, then the same; with another body it is another', async () => {
      expect(await claim()).toBe('new');
      expect(await claim()).toBe('same');
      expect(await claim({ bodyHash: 'bb'.repeat(32) })).toBe('other');
      expect(await claim()).toBe('same');
    });

    test('is one per workspace and sender', async () => {
      expect(await claim()).toBe('new');
      expect(await claim({ workspace: 'shop' })).toBe('new');
      expect(await claim({ sender: 'billing' })).toBe('new');
    });

    test.each([
      ['is committed', 'same', async () => {}],
      ['is rolled back', 'new', async () => Promise.reject(new Error('changed my mind'))],
    ] as const)('sent twice at once: the second waits, and when the first %s it is %s', async (_, expected, end) => {
      const [claimed, mayEnd] = [gate(), gate()];
      const first = database.transaction(async ({ delivery }) => {
        expect(await delivery.claimBatch(batch)).toBe('new');
        claimed.open();
        await mayEnd.opened;
        await end();
      });
      await claimed.opened;
      const second = claim();
      await untilBlocked(backend, database);
      mayEnd.open();
      await Promise.allSettled([first]);
      expect(await second).toBe(expected);
    });
  });

  describe('a transaction that fails', () => {
    const failing = (counts: Count[]) =>
      database.transaction(async ({ delivery, resources, owed }) => {
        await delivery.claimBatch({ workspace: 'main', sender: 'shop', id: 'b-2', bodyHash: 'aa', at: clock.now() });
        await delivery.addCounts(counts, 'push', clock.now());
        await delivery.putGauges([gauge({ at })], 'push');
        await resources.put([
          { workspace: 'main', kind: 'source', id: 'web', slug: '', name: '', parent: '', variant: '', url: '' },
        ]);
        await owed.owe([{ kind: 'post', key: 'console:general', dueAt: clock.now() }]);
        throw new Error('changed my mind');
      });

    test('stores nothing', async () => {
      const before = await rowCounts(database.kysely);
      await expect(failing([count({ minute: at })])).rejects.toThrow('changed my mind');
      expect(await rowCounts(database.kysely)).toEqual(before);
    });

    test('leaves no memory of the ids and days that were rolled back with it', async () => {
      const late = count({ minute: '2026-11-15T10:04:00Z', eventName: 'Rare' });
      await expect(failing([late])).rejects.toThrow('changed my mind');
      await add(late);
      const joined = await database.kysely
        .selectFrom('minute_count')
        .innerJoin('series', 'series.id', 'series')
        .innerJoin('facet', 'facet.id', 'facet')
        .select(['destination', 'event_name'])
        .execute();
      expect(joined).toEqual([{ destination: 'amplitude', event_name: 'Rare' }]);
    });
  });

  describe('series', () => {
    const ask = (wanted: Series[], provider: 'push' | 'demo' = 'push') =>
      database.transaction(({ delivery }) => delivery.seriesFor(wanted, provider));

    test('come back in the order asked for, repeats included, and keep their ids', async () => {
      const [a, b] = [series(), series({ mapping: 'm-1' })];
      const first = await ask([b, a, b]);
      expect(first.map((s) => s.mapping)).toEqual(['m-1', '', 'm-1']);
      expect(first[0]?.id).toBe(first[2]?.id);
      expect((await ask([a, b])).map((s) => s.id)).toEqual([first[1]?.id, first[0]?.id]);
      const reopened = await backend.reopen(clock);
      expect((await reopened.transaction(({ delivery }) => delivery.seriesFor([a], 'push')))[0]?.id).toBe(first[1]?.id);
      expect(await ask([])).toEqual([]);
    });

    test('belong to who came first', async () => {
      await ask([series()], 'demo');
      expect((await ask([series()], 'push'))[0]?.provider).toBe('demo');
    });

    test('are told apart by each of their five parts', async () => {
      const parts = [{ workspace: 'x' }, { source: 'x' }, { destination: 'x' }, { mapping: 'x' }, { audience: 'x' }];
      const states = await ask([series(), ...parts.map(series), series({ source: 'we', destination: 'bamplitude' })]);
      expect(new Set(states.map((s) => s.id)).size).toBe(7);
    });

    test('are listed by workspace, and by pipeline with those of its source', async () => {
      const all = [
        series(),
        series({ mapping: 'm-1' }),
        series({ destination: '' }),
        series({ destination: 'braze' }),
        series({ source: 'ios' }),
        series({ workspace: 'shop' }),
      ];
      await ask(all);
      const places = (states: Series[]) => states.map((s) => [s.workspace, s.source, s.destination, s.mapping].join('/'));
      const { everywhere, shop, pipeline } = await database.read(async ({ delivery }) => ({
        everywhere: places(await delivery.allSeries()),
        shop: places(await delivery.allSeries('shop')),
        pipeline: places(await delivery.pipelineSeries(series())),
      }));
      expect(everywhere).toHaveLength(6);
      expect(shop).toEqual(['shop/web/amplitude/']);
      expect(pipeline.sort()).toEqual(['main/web//', 'main/web/amplitude/', 'main/web/amplitude/m-1']);
    });
  });
}
