import { type Kysely, sql } from 'kysely';
import type { Count, Gauge, Provider, Series } from '../core/delivery/series.ts';
import { steps } from '../core/delivery/steps.ts';
import { floorTo, HOUR, MINUTE } from '../core/delivery/time.ts';
import type { HourRun } from '../core/ports/connector.ts';
import type { Owed } from '../core/ports/jobs.ts';
import type { DeliveryStore, OwedStore } from '../core/ports/stores.ts';
import type { Dictionary, Facet } from './dictionary.ts';
import type { Tables } from './tables.ts';

/** Stored step numbers are positions in the list of steps. */
export const stepNumber = new Map(steps.map((step, number) => [step, number]));

/** An hour is rolled up this long after its end, when its last minutes have come in. */
const HOUR_SETTLES = MINUTE;
/** Late counts wait this long for more of their kind before their hour is recomputed. */
const LATE_SETTLES = 2_000;

/** Counts that share a key, added up: column arrays for one statement. */
interface Columns {
  series: number[];
  times: Date[];
  steps: number[];
  facets: number[];
  counts: number[];
  retried: number[];
}

type Writing = Pick<
  DeliveryStore,
  'claimBatch' | 'addCounts' | 'putGauges' | 'backfill' | 'rollUp' | 'collectedUntil' | 'setCollectedUntil'
>;

export function deliveryWriting(
  db: Kysely<Tables>,
  dictionary: Dictionary,
  owed: OwedStore,
  makeDays: (times: Iterable<number>) => Promise<void>,
): Writing {
  async function idsOf(counts: readonly ({ series: Series } & Facet)[], provider: Provider) {
    const series = await dictionary.series(
      counts.map((c) => c.series),
      provider,
    );
    // In one call: two would lock in the order of the calls, and two writers could wait for each other in a circle.
    const facets = await dictionary.facets([
      ...counts,
      ...counts.map((c) => ({ eventType: '', eventName: '', appVersion: '', reason: c.reason })),
    ]);
    return { series, facets: facets.slice(0, counts.length), reasons: facets.slice(counts.length) };
  }

  return {
    async claimBatch({ workspace, sender, id, bodyHash, at }) {
      const hash = Buffer.from(bodyHash, 'hex');
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('batch')
        .values({ workspace, sender, id, body_hash: hash, at })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return 'new';
      const first = await db
        .selectFrom('batch')
        .select('body_hash')
        .where('workspace', '=', workspace)
        .where('sender', '=', sender)
        .where('id', '=', id)
        .executeTakeFirst();
      return first?.body_hash.equals(hash) ? 'same' : 'other';
    },

    async addCounts(counts, provider, now) {
      if (counts.length === 0) return;
      await makeDays(counts.map((c) => Number(c.minute)));
      const ids = await idsOf(counts, provider);
      const columns = (facets: number[]) => merge(counts, ids.series, facets);
      const coarse = columns(ids.reasons);
      await addTo(db, 'minute_count', columns(ids.facets));
      await addTo(db, 'minute_step', coarse);
      await advanceNewest(db, coarse);
      await owed.owe(rollUpsOf(coarse, now));
    },

    async putGauges(gauges: readonly Gauge[], provider) {
      const series = await dictionary.series(
        gauges.map((g) => g.series),
        provider,
      );
      // The last one of a repeated key counts, as it would one after the other.
      const last = new Map(gauges.map((g, i) => [`${series[i]} ${Number(g.at)} ${g.metric}`, { ...g, id: series[i] as number }]));
      const rows = [...last.values()].sort(
        (a, b) => a.id - b.id || Number(a.at) - Number(b.at) || (a.metric < b.metric ? -1 : 1),
      );
      if (rows.length === 0) return;
      await sql`
        insert into gauge (series, metric, at, value)
        select * from unnest(${rows.map((r) => r.id)}::int[], ${rows.map((r) => r.metric)}::text[], ${rows.map((r) => r.at)}::timestamptz[],
          ${rows.map((r) => r.value)}::float8[])
        on conflict (series, metric, at) do update set value = excluded.value`.execute(db);
    },

    async backfill(runs: readonly HourRun[], provider, closedUntil) {
      const ids = await idsOf(runs, provider);
      await addRuns(db, 'hour_count', runs, ids.series, ids.facets);
      await addRuns(db, 'hour_step', runs, ids.series, ids.reasons);
      await sql`update series set closed_until = greatest(closed_until, ${closedUntil}) where id = any(${[...new Set(ids.series)]}::int[])`.execute(
        db,
      );
    },

    async rollUp(hours) {
      const due = sql`unnest(${hours.map((h) => h.series)}::int[], ${hours.map((h) => h.hour)}::timestamptz[]) as due (series, hour)`;
      for (const [from, to] of [
        ['minute_count', 'hour_count'],
        ['minute_step', 'hour_step'],
      ] as const) {
        await sql`
          insert into ${sql.table(to)} (series, hour, step, facet, count, retried)
          select due.series, due.hour, m.step, m.facet, sum(m.count), sum(m.retried)
          from ${due} join ${sql.table(from)} m
            on m.series = due.series and m.minute >= due.hour and m.minute < due.hour + interval '1 hour'
          group by 1, 2, 3, 4
          on conflict (series, hour, step, facet) do update set count = excluded.count, retried = excluded.retried`.execute(db);
      }
    },

    async collectedUntil(connector) {
      const row = await db.selectFrom('collected').select('until').where('connector', '=', connector).executeTakeFirst();
      return row?.until;
    },

    async setCollectedUntil(connector, until) {
      await db
        .insertInto('collected')
        .values({ connector, until })
        .onConflict((conflict) => conflict.column('connector').doUpdateSet({ until }))
        .execute();
    },
  };
}

/** Adds up what has the same key, and sorts by it, so that two writers never wait for each other in a circle. */
function merge(counts: readonly Count[], series: number[], facets: number[]): Columns {
  const merged = new Map<
    string,
    { series: number; minute: number; step: number; facet: number; count: number; retried: number }
  >();
  counts.forEach((c, i) => {
    const [id, minute, step, facet] = [
      series[i] as number,
      Number(c.minute),
      stepNumber.get(c.step) as number,
      facets[i] as number,
    ];
    const key = `${id} ${minute} ${step} ${facet}`;
    const row = merged.get(key);
    if (row) {
      row.count += c.count;
      row.retried += c.retried;
    } else merged.set(key, { series: id, minute, step, facet, count: c.count, retried: c.retried });
  });
  const rows = [...merged.values()].sort(
    (a, b) => a.series - b.series || a.minute - b.minute || a.step - b.step || a.facet - b.facet,
  );
  return {
    series: rows.map((r) => r.series),
    times: rows.map((r) => new Date(r.minute)),
    steps: rows.map((r) => r.step),
    facets: rows.map((r) => r.facet),
    counts: rows.map((r) => r.count),
    retried: rows.map((r) => r.retried),
  };
}

/** Rows a statement: embedded Postgres keeps the memory of its largest one. */
const ROWS_AT_ONCE = 2_000;

async function addTo(db: Kysely<Tables>, table: 'minute_count' | 'minute_step', rows: Columns): Promise<void> {
  for (let start = 0; start < rows.series.length; start += ROWS_AT_ONCE) {
    const part = <T>(column: T[]) => column.slice(start, start + ROWS_AT_ONCE);
    await sql`
      insert into ${sql.table(table)} (series, minute, step, facet, count, retried)
      select * from unnest(${part(rows.series)}::int[], ${part(rows.times)}::timestamptz[], ${part(rows.steps)}::smallint[],
        ${part(rows.facets)}::int[], ${part(rows.counts)}::bigint[], ${part(rows.retried)}::bigint[])
      on conflict (series, minute, step, facet) do update
      set count = ${sql.ref(`${table}.count`)} + excluded.count, retried = ${sql.ref(`${table}.retried`)} + excluded.retried`.execute(
      db,
    );
  }
}

/** Written only when a series' newest minute moves: once a minute, not once a batch. */
async function advanceNewest(db: Kysely<Tables>, rows: Columns): Promise<void> {
  const newest = new Map<number, Date>();
  rows.series.forEach((series, i) => {
    const time = rows.times[i] as Date;
    if (time > (newest.get(series) ?? new Date(0))) newest.set(series, time);
  });
  await sql`
    update series set newest = fresh.newest
    from unnest(${[...newest.keys()]}::int[], ${[...newest.values()]}::timestamptz[]) as fresh (id, newest)
    where series.id = fresh.id and (series.newest is null or series.newest < fresh.newest)`.execute(db);
}

/** The hours these counts touch, by the key that says which: the hour's start in seconds, then the series. */
function rollUpsOf(rows: Columns, now: Date): Owed[] {
  const byKey = new Map<string, Owed>();
  rows.series.forEach((series, i) => {
    const hour = floorTo(HOUR, rows.times[i] as Date);
    const key = `${Number(hour) / 1000}/${series}`;
    const dueAt = new Date(Math.max(Number(hour) + HOUR + HOUR_SETTLES, Number(now) + LATE_SETTLES));
    if (!byKey.has(key)) byKey.set(key, { kind: 'roll_up', key, dueAt });
  });
  return [...byKey.values()];
}

/** Runs a statement: embedded Postgres keeps the memory of its largest one. */
const RUNS_AT_ONCE = 20;

async function addRuns(
  db: Kysely<Tables>,
  table: 'hour_count' | 'hour_step',
  runs: readonly HourRun[],
  series: number[],
  facets: number[],
): Promise<void> {
  for (let start = 0; start < runs.length; start += RUNS_AT_ONCE) {
    const rows = runs.slice(start, start + RUNS_AT_ONCE).map((run, i) => ({
      series: series[start + i],
      step: stepNumber.get(run.step),
      facet: facets[start + i],
      from: run.from.toISOString(),
      counts: run.counts,
      retried: run.retried,
    }));
    await sql`
      insert into ${sql.table(table)} (series, hour, step, facet, count, retried)
      select r.series, r."from" + (n.number - 1) * interval '1 hour', r.step, r.facet, sum(n.count), sum(n.retried)
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as r(series int, step smallint, facet int, "from" timestamptz, counts bigint[], retried bigint[]),
        unnest(r.counts, r.retried) with ordinality as n(count, retried, number)
      where n.count > 0
      group by 1, 2, 3, 4
      on conflict (series, hour, step, facet) do update
      set count = ${sql.ref(`${table}.count`)} + excluded.count, retried = ${sql.ref(`${table}.retried`)} + excluded.retried`.execute(
      db,
    );
  }
}
