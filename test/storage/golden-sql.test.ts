import { beforeAll, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Stores } from '../../src/core/ports/stores.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { nothingSaid, onPglite, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { count, gauge, sample, series, sync } from '../support/samples.ts';
import { tidySql } from '../support/tidy-sql.ts';

const now = new Date('2026-11-25T10:30:20Z');
const clock = fakeClock(now);

onPglite((backend) => {
  describe('the SQL we send', () => {
    const said = nothingSaid();
    let database: OpenDatabase;
    beforeAll(async () => {
      await backend.open(clock);
      database = await openOn(recording(backend.pool(), said), clock);
      // Names and days are looked up once; what is shown here is what every call after the first sends.
      await add();
    });

    const counts = [count({ minute: now, reason: '400', step: 'failed_delivery' }), count({ minute: now })];
    const add = () => database.transaction(({ delivery }) => delivery.addCounts(counts, 'push', now));

    async function isGolden(name: string, work: (stores: Stores) => Promise<unknown>): Promise<void> {
      said.statements.length = 0;
      await database.transaction(work);
      const texts = said.statements.map(({ text }) => text).filter((text) => !/^(begin|commit)/.test(text));
      await expect(`${texts.map(tidySql).join(';\n\n')};\n`).toMatchFileSnapshot(`../golden/sql/${name}.sql`);
    }

    test('adding counts', () => isGolden('add-counts', ({ delivery }) => delivery.addCounts(counts, 'push', now)));

    const days = {
      series: [1, 2],
      now: { from: plus(now, -36 * HOUR - 20_000), to: plus(now, 40_000) },
      before: { from: plus(now, -72 * HOUR - 20_000), to: plus(now, -36 * HOUR - 20_000) },
      minutesFrom: plus(now, -90 * HOUR),
      provisionalFrom: plus(now, -2 * MINUTE - 20_000),
    };
    const hour = { ...days, now: { from: plus(now, -HOUR - 20_000), to: plus(now, -20_000) }, before: { from: now, to: now } };

    test('reading two windows of minutes, hours, days and a provisional end', () =>
      isGolden('cells', ({ delivery }) => delivery.cells(days)));

    test('rolling up hours', () =>
      isGolden('roll-up', ({ delivery }) => delivery.rollUp([{ series: 1, hour: new Date('2026-11-25T10:00:00Z') }], now)));

    test('rolling up days', () =>
      isGolden('roll-up-days', ({ delivery }) => delivery.rollUpDays([{ series: 1, day: new Date('2026-11-24T00:00:00Z') }])));

    test('reading one step by event name, of some reasons', () =>
      isGolden('breakdown', ({ delivery }) =>
        delivery.breakdown({ ...hour, step: 'failed_delivery', by: ['eventName', 'appVersion'], reasons: ['400'] }),
      ));

    test('reading one step over time', () =>
      isGolden('timeline', ({ delivery }) =>
        delivery.timeline({
          ...hour,
          step: 'failed_delivery',
          bucket: MINUTE,
          origins: { now: hour.now.from, before: hour.before.from },
        }),
      ));

    test('syncs', () =>
      isGolden('syncs', async ({ delivery }) => {
        await delivery.putSyncs([sync({ start: now })], 'push');
        await delivery.syncs([1], days.now);
      }));

    test('samples', () =>
      isGolden('samples', async ({ delivery }) => {
        await delivery.putSamples([sample({ at: now })], 'push');
        await delivery.samples([1], 'failed_delivery', days.now, 10);
      }));

    test('claiming a batch', () =>
      isGolden('claim-batch', ({ delivery }) =>
        delivery.claimBatch({ workspace: 'main', sender: 'shop', id: 'b-1', bodyHash: 'aa', at: now }),
      ));

    test('levels', () =>
      isGolden('gauges', async ({ delivery }) => {
        await delivery.putGauges([gauge({ at: now, series: series() })], 'push');
        await delivery.gauge([1], 'pending_retry', now);
      }));

    test('owing, claiming and settling', () =>
      isGolden('owed', async ({ owed }) => {
        await owed.owe([{ kind: 'post', key: 'console:general', dueAt: now }]);
        const claims = await owed.claim({ kind: 'post', now, leaseUntil: plus(now, MINUTE), limit: 1 });
        await owed.settle(claims);
        await owed.settle(claims, plus(now, HOUR));
        await owed.nextDue();
      }));

    test('posts of a channel', () => isGolden('unshown-posts', ({ chat }) => chat.unshown('console:general', 20)));
  });
});
