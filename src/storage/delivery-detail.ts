import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Sync, SyncStatus } from '../core/delivery/series.ts';
import type { Step } from '../core/delivery/steps.ts';
import { DAY, HOUR } from '../core/delivery/time.ts';
import type { BreakdownKey, DeliveryStore } from '../core/ports/stores.ts';
import { stepNumber } from './count-rows.ts';
import { partsOf, sumsOf } from './segment-sums.ts';
import type { Tables } from './tables.ts';

type Detail = Pick<DeliveryStore, 'breakdown' | 'timeline' | 'syncs' | 'samples'>;

const columns: Record<BreakdownKey, string> = {
  eventName: 'event_name',
  eventType: 'event_type',
  appVersion: 'app_version',
  reason: 'reason',
};

/** What stands behind one step: its events by name, its course over time, its syncs and samples. */
export const deliveryDetail = (db: Kysely<Tables>): Detail => ({
  async breakdown(query) {
    const parts = query.series.length === 0 ? [] : await partsOf(db, query);
    if (parts.length === 0) return [];
    const sums = sumsOf(parts, query.series, { tables: 'count', step: numberOf(query.step), keep: ['facet'] });
    const keys = query.by.map((key) => sql.ref(`f.${columns[key]}`));
    const only: RawBuilder<unknown> = query.reasons ? sql`where f.reason = any(${[...query.reasons]}::text[])` : sql``;
    const { rows } = await sql<{ part: 'now' | 'before'; keys: string[]; count: number }>`
      select c.part, array[${sql.join(keys)}]::text[] as keys, sum(c.count)::float8 as count
      from (${sums}) c join facet f on f.id = c.facet ${only}
      group by 1, 2`.execute(db);
    return rows.map(({ part, keys: values, count }) => ({
      part,
      keys: Object.fromEntries(query.by.map((key, i) => [key, values[i] ?? ''])),
      count,
    }));
  },

  async timeline(query) {
    const { bucket, reasons } = query;
    const coarsest = bucket % DAY === 0 ? 'day' : bucket % HOUR === 0 ? 'hour' : 'minute';
    const parts = query.series.length === 0 ? [] : await partsOf(db, query, coarsest);
    if (parts.length === 0) return [];
    const sums = sumsOf(parts, query.series, {
      tables: 'step',
      step: numberOf(query.step),
      keep: reasons ? ['at', 'facet'] : ['at'],
    });
    const only = reasons ? sql`join facet f on f.id = c.facet and f.reason = any(${[...reasons]}::text[])` : sql``;
    const start = sql`case c.part when 'now' then ${query.origins.now}::timestamptz else ${query.origins.before}::timestamptz end`;
    const { rows } = await sql<{ part: 'now' | 'before'; bucket: number; count: number }>`
      select c.part, floor(extract(epoch from c.at - ${start}) * 1000 / ${bucket})::int as bucket, sum(c.count)::float8 as count
      from (${sums}) c ${only} group by 1, 2 order by 1, 2`.execute(db);
    return rows;
  },

  async syncs(series, window) {
    const rows = await db
      .selectFrom('sync')
      .innerJoin('series as s', 's.id', 'sync.series')
      .select(['s.workspace', 's.source', 's.destination', 's.mapping', 's.audience'])
      .select(['sync.id', 'started', 'ended', 'status', 'rows', 'reason', 'collections'])
      .where('sync.series', 'in', [...series, 0])
      .where('started', '>=', window.from)
      .where('started', '<', window.to)
      .orderBy('started', 'desc')
      .orderBy('sync.id')
      .execute();
    return rows.map(
      ({ workspace, source, destination, mapping, audience, started, ended, status, rows: synced, ...rest }): Sync => ({
        ...rest,
        series: { workspace, source, destination, mapping, audience },
        start: started,
        end: ended,
        status: status as SyncStatus,
        rows: synced === null ? null : Number(synced),
        collections: rest.collections as Sync['collections'],
      }),
    );
  },

  async samples(series, step, window, limit) {
    const rows = await db
      .selectFrom('sample')
      .innerJoin('series as s', 's.id', 'sample.series')
      .select(['s.workspace', 's.source', 's.destination', 's.mapping', 's.audience'])
      .select(['at', 'reason', 'event_name', 'request', 'response'])
      .where('sample.series', 'in', [...series, 0])
      .where('step', '=', numberOf(step))
      .where('at', '>=', window.from)
      .where('at', '<', window.to)
      .orderBy('at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ workspace, source, destination, mapping, audience, event_name: eventName, ...rest }) => ({
      ...rest,
      step,
      eventName,
      series: { workspace, source, destination, mapping, audience },
    }));
  },
});

const numberOf = (step: Step): number => stepNumber.get(step) as number;
