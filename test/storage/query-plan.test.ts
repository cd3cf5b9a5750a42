import { type PostgresPool, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';
import type { CellQuery, DeliveryStore } from '../../src/core/ports/stores.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { nothingSaid, onPostgres, recording } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

const now = new Date('2026-11-25T10:31:00Z');
const clock = fakeClock(now);
const SERIES = 14;
const MINUTE_DAYS = 10;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

await onPostgres((backend) => {
  describe('with 200,000 minutes and 40,000 hours, a read', () => {
    const said = nothingSaid();
    let database: OpenDatabase;
    beforeAll(async () => {
      await backend.open(clock);
      database = await openOn(recording(backend.pool(), said), clock);
      const { kysely } = database;
      const hours = { series: 1, step: 6, facet: 1, count: '5', retried: '0' };
      // Partitions are made as they are by counts.
      await database.transaction(async ({ delivery }) => {
        const own = { workspace: 'main', source: 'web', destination: 'amplitude', mapping: '', audience: '' };
        const run = {
          series: own,
          step: 'successful_delivery',
          eventType: '',
          eventName: '',
          appVersion: '',
          reason: '',
        } as const;
        const counts = Array.from({ length: MINUTE_DAYS }, (_, i) => ({
          ...run,
          minute: plus(now, -i * DAY),
          count: 1,
          retried: 0,
        }));
        await delivery.addCounts(counts, 'push', now);
        const months = Array.from({ length: 4 }, (_, i) => ({
          ...run,
          from: plus(now, -i * 30 * DAY),
          counts: [1],
          retried: [0],
        }));
        await delivery.backfill(months, 'push', plus(now, -200 * DAY), now);
      });
      await sql`truncate minute_step, minute_count, hour_step, hour_count, owed`.execute(kysely);
      for (const part of ['step', 'count']) {
        await sql`insert into ${sql.table(`minute_${part}`)} select s, m, ${hours.step}, ${hours.facet}, 1, 0
          from generate_series(1, ${SERIES}) s,
            generate_series(${plus(now, -(MINUTE_DAYS - 1) * DAY)}::timestamptz, ${plus(now, -MINUTE)}::timestamptz, '1 minute') m`.execute(
          kysely,
        );
        await sql`insert into ${sql.table(`hour_${part}`)} select s, h, ${hours.step}, ${hours.facet}, 1, 0
          from generate_series(1, ${SERIES}) s,
            generate_series('2026-09-01T00:00:00Z'::timestamptz, '2026-11-25T09:00:00Z'::timestamptz, '1 hour') h`.execute(
          kysely,
        );
      }
      await sql`analyze`.execute(kysely);
    });

    const query = (to: Date, length: number): CellQuery => ({
      series: [3, 4],
      now: { from: plus(to, -length), to },
      before: { from: plus(to, -2 * length), to: plus(to, -length) },
      minutesFrom: plus(now, -14 * DAY),
      provisionalFrom: plus(now, -2 * MINUTE),
    });

    /** The plans of what this read sends. */
    async function plansOf(read: (delivery: DeliveryStore) => Promise<unknown>): Promise<Plan[]> {
      said.statements.length = 0;
      await database.read(({ delivery }) => read(delivery));
      const sent = said.statements.filter(({ text }) => /(minute|hour|day)_(step|count)/.test(text));
      expect(sent).not.toEqual([]);
      const client = await (backend.pool() as PostgresPool).connect();
      const nodes: Plan[] = [];
      for (const { text, parameters } of sent) {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, [...parameters]);
        nodes.push(...rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => nodesOf(Plan))));
      }
      client.release();
      return nodes;
    }

    const suffixes = (grain: 'minute' | 'hour', { from, to }: Window): string[] => {
      const names = new Set<string>();
      for (let at = Number(from); at < Number(to); at += MINUTE * 30)
        names.add(
          new Date(at)
            .toISOString()
            .slice(0, grain === 'minute' ? 10 : 7)
            .replaceAll('-', ''),
        );
      names.add(
        plus(to, -1)
          .toISOString()
          .slice(0, grain === 'minute' ? 10 : 7)
          .replaceAll('-', ''),
      );
      return [...names].sort();
    };

    function expectIndexed(nodes: Plan[], part: 'step' | 'count'): Set<string> {
      const ofRollUps = nodes.filter((node) => /^(minute|hour)_/.test(node['Relation Name'] ?? ''));
      expect(ofRollUps.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      const read = new Set(ofRollUps.map((node) => node['Relation Name'] as string));
      for (const name of read) expect(name).toMatch(new RegExp(`_${part}_`));
      return read;
    }

    test.each([
      ['10 minutes', now, 10 * MINUTE],
      ['24 hours', now, DAY],
      ['7 days to the hour', new Date('2026-11-25T10:00:00Z'), 4 * DAY],
      ['a window of its own', new Date('2026-11-22T07:13:00Z'), 2 * DAY + 5 * HOUR + 7 * MINUTE],
    ])('of one pipeline over %s uses indexes, and only the partitions of its time', async (_, to, length) => {
      const asked = query(to, length);
      const read = expectIndexed(await plansOf((delivery) => delivery.cells(asked)), 'step');
      const window = { from: asked.before.from, to: asked.now.to };
      const allowed = [
        ...suffixes('minute', window).map((day) => `minute_step_${day}`),
        ...suffixes('hour', window).map((month) => `hour_step_${month}`),
      ];
      expect(allowed).toEqual(expect.arrayContaining([...read]));
      expect(read.size).toBeGreaterThan(0);
      // Minutes are read at the edges only: the days in between are whole hours or days.
      expect([...read].filter((name) => name.startsWith('minute_')).length).toBeLessThanOrEqual(3);
    });

    test('of one step by its names, and over time, too', async () => {
      const asked = { ...query(now, DAY), step: 'successful_delivery' as const };
      const days = ['20261123', '20261124', '20261125'];
      const byName = expectIndexed(await plansOf((delivery) => delivery.breakdown({ ...asked, by: ['eventName'] })), 'count');
      expect([...days.map((day) => `minute_count_${day}`), 'hour_count_202611']).toEqual(expect.arrayContaining([...byName]));
      const origins = { now: asked.now.from, before: asked.before.from };
      const bucketed = expectIndexed(
        await plansOf((delivery) => delivery.timeline({ ...asked, bucket: 30 * MINUTE, origins })),
        'step',
      );
      expect(days.map((day) => `minute_step_${day}`)).toEqual(expect.arrayContaining([...bucketed]));
    });
  });
});
