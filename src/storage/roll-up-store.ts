import { type Kysely, sql } from 'kysely';
import { DAY, floorTo, HOUR, MINUTE, plus } from '../core/delivery/time.ts';
import type { HourRun } from '../core/ports/connector.ts';
import type { DeliveryStore, OwedStore } from '../core/ports/stores.ts';
import { stepNumber } from './count-rows.ts';
import { idsOf } from './delivery-write.ts';
import type { Dictionary } from './dictionary.ts';
import type { Partitions } from './partitions.ts';
import type { Tables } from './tables.ts';

/** A day is rolled up this long after its end, when its last hour is. */
const DAY_SETTLES = 5 * MINUTE;
/** A late hour waits this long for more of its day. */
const LATE_DAY_SETTLES = 5_000;

type RollingUp = Pick<DeliveryStore, 'backfill' | 'rollUp' | 'rollUpDays'>;

export function rollingUp(db: Kysely<Tables>, dictionary: Dictionary, owed: OwedStore, partitions: Partitions): RollingUp {
  /** Days are owed by the same kind of key as hours: the start in seconds, then the series. */
  const oweDays = (pairs: readonly { series: number; day: Date }[], now: Date) =>
    owed.owe(
      [...new Map(pairs.map(({ series, day }) => [`${Number(day) / 1000}/${series}`, day]))].map(([key, day]) => ({
        kind: 'roll_up_day',
        key,
        dueAt: new Date(Math.max(Number(day) + DAY + DAY_SETTLES, Number(now) + LATE_DAY_SETTLES)),
      })),
    );

  return {
    async rollUp(hours, now) {
      await partitions.make(
        'hour',
        hours.map(({ hour }) => hour),
      );
      const due = sql`unnest(${hours.map((h) => h.series)}::int[], ${hours.map((h) => h.hour)}::timestamptz[]) as due (series, hour)`;
      for (const part of ['count', 'step']) {
        await sql`
          insert into ${sql.table(`hour_${part}`)} (series, hour, step, facet, count, retried)
          select due.series, due.hour, m.step, m.facet, sum(m.count), sum(m.retried)
          from ${due} join ${sql.table(`minute_${part}`)} m
            on m.series = due.series and m.minute >= due.hour and m.minute < due.hour + interval '1 hour'
          group by 1, 2, 3, 4
          on conflict (series, hour, step, facet) do update set count = excluded.count, retried = excluded.retried`.execute(db);
      }
      await oweDays(
        hours.map(({ series, hour }) => ({ series, day: floorTo(DAY, hour) })),
        now,
      );
    },

    async rollUpDays(days) {
      const due = sql`unnest(${days.map((d) => d.series)}::int[], ${days.map((d) => d.day)}::timestamptz[]) as due (series, day)`;
      for (const part of ['count', 'step']) {
        await sql`
          insert into ${sql.table(`day_${part}`)} (series, day, step, facet, count, retried)
          select due.series, due.day, h.step, h.facet, sum(h.count), sum(h.retried)
          from ${due} join ${sql.table(`hour_${part}`)} h
            on h.series = due.series and h.hour >= due.day and h.hour < due.day + interval '1 day'
          group by 1, 2, 3, 4
          on conflict (series, day, step, facet) do update set count = excluded.count, retried = excluded.retried`.execute(db);
      }
    },

    async backfill(runs, provider, closedUntil, now) {
      const ids = await idsOf(dictionary, runs, provider);
      await partitions.make(
        'hour',
        runs.flatMap((run) => run.counts.map((_, hour) => plus(run.from, hour * HOUR))),
      );
      await insertRuns(db, 'hour_count', merge(runs, ids.series, ids.facets));
      await insertRuns(db, 'hour_step', merge(runs, ids.series, ids.reasons));
      const series = [...new Set(ids.series)].sort((a, b) => a - b);
      const from = runs.reduce((first, run) => Math.min(first, Number(run.from)), Number(closedUntil));
      await writeDays(db, series, floorTo(DAY, from), closedUntil);
      // The day that the back-fill ends in goes on in minutes.
      await oweDays(
        series.map((id) => ({ series: id, day: floorTo(DAY, closedUntil) })),
        now,
      );
      await sql`update series set closed_until = greatest(closed_until, ${closedUntil}) where id = any(${series}::int[])`.execute(
        db,
      );
    },
  };
}

/** Writes the days of a back-fill from its hours. */
async function writeDays(db: Kysely<Tables>, series: number[], from: Date, to: Date): Promise<void> {
  for (const part of ['count', 'step']) {
    await sql`
      insert into ${sql.table(`day_${part}`)} (series, day, step, facet, count, retried)
      select series, date_bin('1 day', hour, timestamptz 'epoch'), step, facet, sum(count), sum(retried)
      from ${sql.table(`hour_${part}`)} where series = any(${series}::int[]) and hour >= ${from} and hour < ${to}
      group by 1, 2, 3, 4
      on conflict (series, day, step, facet) do update set count = excluded.count, retried = excluded.retried`.execute(db);
  }
}

/** Runs a statement: embedded Postgres keeps the memory of its largest one. */
const RUNS_AT_ONCE = 20;

interface Run {
  series: number;
  step: number;
  facet: number;
  from: Date;
  counts: readonly number[];
  retried: readonly number[];
}

/** Runs that share a key, added up; sorted by series, so that rows which lie together are written together. */
function merge(runs: readonly HourRun[], series: number[], facets: number[]): Run[] {
  const from = new Date(Math.min(...runs.map((run) => Number(run.from))));
  const merged = new Map<string, Run>();
  runs.forEach((run, i) => {
    const key = { series: series[i] as number, step: stepNumber.get(run.step) as number, facet: facets[i] as number };
    const name = Object.values(key).join(' ');
    const known = merged.get(name) ?? { counts: [], retried: [] };
    const later = (Number(run.from) - Number(from)) / HOUR;
    merged.set(name, {
      ...key,
      from,
      counts: added(known.counts, run.counts, later),
      retried: added(known.retried, run.retried, later),
    });
  });
  return [...merged.values()].sort((a, b) => a.series - b.series);
}

const added = (some: readonly number[], more: readonly number[], later: number): number[] =>
  Array.from({ length: Math.max(some.length, later + more.length) }, (_, i) => (some[i] ?? 0) + (more[i - later] ?? 0));

/** A plain insert, in the order of the key: these hours are nobody else's, and it takes half the time. */
async function insertRuns(db: Kysely<Tables>, table: 'hour_count' | 'hour_step', runs: readonly Run[]): Promise<void> {
  for (let start = 0; start < runs.length; start += RUNS_AT_ONCE) {
    await sql`
      insert into ${sql.table(table)} (series, hour, step, facet, count, retried)
      select r.series, r."from" + (n.number - 1) * interval '1 hour', r.step, r.facet, n.count, n.retried
      from jsonb_to_recordset(${JSON.stringify(runs.slice(start, start + RUNS_AT_ONCE))}::jsonb)
          as r(series int, step smallint, facet int, "from" timestamptz, counts bigint[], retried bigint[]),
        unnest(r.counts, r.retried) with ordinality as n(count, retried, number)
      where n.count > 0
      order by 1, 2, 3, 4`.execute(db);
  }
}
