import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Cell } from '../core/delivery/overview.ts';
import { type Segment, segmentsOf } from '../core/delivery/segments.ts';
import type { Provider } from '../core/delivery/series.ts';
import { type Step, steps } from '../core/delivery/steps.ts';
import { earlier, HOUR, later, plus } from '../core/delivery/time.ts';
import type { DeliveryStore, SeriesState } from '../core/ports/stores.ts';
import type { Dictionary } from './dictionary.ts';
import type { Tables } from './tables.ts';

type Reading = Pick<DeliveryStore, 'seriesFor' | 'allSeries' | 'pipelineSeries' | 'cells' | 'gauge'>;

export const deliveryReading = (db: Kysely<Tables>, dictionary: Dictionary): Reading => {
  const seriesRows = () =>
    db
      .selectFrom('series')
      .select(['id', 'workspace', 'source', 'destination', 'mapping', 'audience', 'provider', 'closed_until', 'newest']);

  return {
    async seriesFor(wanted, provider) {
      const ids = await dictionary.series(wanted, provider);
      const rows = await seriesRows()
        .where('id', 'in', [...new Set(ids), 0])
        .execute();
      const byId = new Map(rows.map((row) => [row.id, stateOf(row)]));
      return ids.map((id) => byId.get(id) as SeriesState);
    },

    async allSeries(workspace) {
      const rows = await seriesRows()
        .$if(workspace !== undefined, (query) => query.where('workspace', '=', workspace as string))
        .orderBy('id')
        .execute();
      return rows.map(stateOf);
    },

    async pipelineSeries({ workspace, source, destination }) {
      const rows = await seriesRows()
        .where('workspace', '=', workspace)
        .where('source', '=', source)
        .where('destination', 'in', ['', destination])
        .orderBy('id')
        .execute();
      return rows.map(stateOf);
    },

    async cells({ series, now, before, minutesFrom, provisionalFrom }) {
      if (series.length === 0) return [];
      const ids = [...series];
      const owedHours = await owedHoursOf(db, ids, earlier(before.from, now.from), later(before.to, now.to));
      const parts = [
        ...segmentsOf(now, owedHours, minutesFrom, provisionalFrom).map((segment) => ({ part: 'now', ...segment })),
        ...segmentsOf(before, owedHours, minutesFrom, provisionalFrom).map((segment) => ({ part: 'before', ...segment })),
      ];
      if (parts.length === 0) return [];
      const { rows } = await sql<CellRow>`
        select c.part, c.provisional, c.series, c.step, f.reason, sum(c.count)::float8 as count, sum(c.retried)::float8 as retried
        from (${sql.join(
          parts.map((part) => sumsOf(part, ids)),
          sql` union all `,
        )}) c
        join facet f on f.id = c.facet
        group by 1, 2, 3, 4, 5`.execute(db);
      return rows.map((row) => ({ ...row, step: steps[row.step] as Step }));
    },

    async gauge(series, metric, at) {
      const { rows } = await sql<{ total: number | null }>`
        select sum(last.value)::float8 as total
        from unnest(${[...series]}::int[]) as wanted (id)
        cross join lateral (
          select value from gauge where gauge.series = wanted.id and metric = ${metric} and at < ${at} order by at desc limit 1
        ) last`.execute(db);
      return rows[0]?.total ?? null;
    },
  };
};

interface CellRow {
  part: Cell['part'];
  provisional: boolean;
  series: number;
  step: number;
  reason: string;
  count: number;
  retried: number;
}

/** One stretch of one window, summed by series, step and reason. Bounds are parameters: computed ones are planned badly. */
function sumsOf(segment: Segment & { part: string }, ids: number[]): RawBuilder<unknown> {
  const [table, time] = segment.grain === 'hour' ? ['hour_step', 'hour'] : ['minute_step', 'minute'];
  return sql`
    select ${sql.lit(segment.part)} as part, ${sql.lit(segment.provisional)} as provisional, series, step, facet,
      sum(count) as count, sum(retried) as retried
    from ${sql.table(table as string)}
    where series = any(${ids}::int[]) and ${sql.ref(time as string)} >= ${segment.from} and ${sql.ref(time as string)} < ${segment.to}
    group by series, step, facet`;
}

/** Start times (ms) of hours whose roll-up is owed for any of these series: their hour rows are stale or missing. */
async function owedHoursOf(db: Kysely<Tables>, ids: number[], from: Date, to: Date): Promise<Set<number>> {
  const seconds = (at: Date) => String(Math.floor(Number(at) / 1000));
  const { rows } = await sql<{ hour: string }>`
    select distinct split_part(key, '/', 1) as hour from owed
    where kind = 'roll_up' and key >= ${seconds(plus(from, -HOUR))} and key < ${seconds(to)}
      and split_part(key, '/', 2) = any(${ids.map(String)}::text[])`.execute(db);
  return new Set(rows.map((row) => Number(row.hour) * 1000));
}

function stateOf(row: {
  id: number;
  workspace: string;
  source: string;
  destination: string;
  mapping: string;
  audience: string;
  provider: string;
  closed_until: Date | null;
  newest: Date | null;
}): SeriesState {
  const { closed_until: closedUntil, provider, ...rest } = row;
  return { ...rest, provider: provider as Provider, closedUntil };
}
