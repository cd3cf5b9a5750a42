import { type Kysely, sql } from 'kysely';
import type { Cell } from '../core/delivery/overview.ts';
import type { Provider } from '../core/delivery/series.ts';
import { type Step, steps } from '../core/delivery/steps.ts';
import type { DeliveryStore, SeriesState } from '../core/ports/stores.ts';
import type { Dictionary } from './dictionary.ts';
import { partsOf, sumsOf } from './segment-sums.ts';
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

    async cells(query) {
      const parts = query.series.length === 0 ? [] : await partsOf(db, query);
      if (parts.length === 0) return [];
      const sums = sumsOf(parts, query.series, { tables: 'step', keep: ['series', 'step', 'facet'] });
      const { rows } = await sql<CellRow>`
        select c.part, c.provisional, c.series, c.step, f.reason, sum(c.count)::float8 as count, sum(c.retried)::float8 as retried
        from (${sums}) c join facet f on f.id = c.facet
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
