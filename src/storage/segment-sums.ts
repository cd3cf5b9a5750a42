import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Grain, type Segment, segmentsOf } from '../core/delivery/segments.ts';
import { DAY, earlier, floorTo, HOURS_KEPT, later, plus } from '../core/delivery/time.ts';
import type { CellQuery } from '../core/ports/stores.ts';
import type { Tables } from './tables.ts';

export type Part = Segment & { part: 'now' | 'before' };

/** Both windows of a query, split into the stretches that answer them exactly. */
export async function partsOf(db: Kysely<Tables>, query: CellQuery, coarsest?: Grain): Promise<Part[]> {
  const { series, now, before, minutesFrom, provisionalFrom } = query;
  // Summing what is asked for takes less time than starting parallel workers and waiting for them.
  await sql`set local max_parallel_workers_per_gather = 0`.execute(db);
  const [from, to] = [earlier(before.from, now.from), later(before.to, now.to)];
  const tables = {
    ...(await owedIn(db, series, from, to)),
    minutesFrom,
    // The same day as retention drops months before: what is kept longer does no harm.
    hoursFrom: floorTo(DAY, plus(provisionalFrom, -HOURS_KEPT)),
    provisionalFrom,
  };
  const split = (part: Part['part'], window: { from: Date; to: Date }) =>
    segmentsOf(window, tables, coarsest).map((segment) => ({ part, ...segment }));
  return [...split('now', now), ...split('before', before)];
}

/** Start times (ms) of hours and days whose roll-up is owed for any of these series. */
async function owedIn(
  db: Kysely<Tables>,
  series: readonly number[],
  from: Date,
  to: Date,
): Promise<{ owedHours: Set<number>; owedDays: Set<number> }> {
  const seconds = (at: Date) => String(Math.floor(Number(at) / 1000));
  const { rows } = await sql<{ kind: string; start: string }>`
    select distinct kind, split_part(key, '/', 1) as start from owed
    where kind in ('roll_up', 'roll_up_day') and key >= ${seconds(plus(from, -DAY))} and key < ${seconds(to)}
      and split_part(key, '/', 2) = any(${series.map(String)}::text[])`.execute(db);
  const starts = (kind: string) => new Set(rows.filter((row) => row.kind === kind).map((row) => Number(row.start) * 1000));
  return { owedHours: starts('roll_up'), owedDays: starts('roll_up_day') };
}

/**
 * All stretches as one relation of (part, provisional, at, series, step, facet, count, retried), each summed by what `keep` names.
 * Bounds are parameters: computed ones are planned badly.
 */
export function sumsOf(
  parts: readonly Part[],
  series: readonly number[],
  options: { tables: 'count' | 'step'; step?: number; keep: readonly ('series' | 'step' | 'facet' | 'at')[] },
): RawBuilder<unknown> {
  const selects = parts.map(({ part, provisional, grain, from, to }) => {
    const time = sql.ref(grain);
    const kept = options.keep.map((column) => (column === 'at' ? time : sql.ref(column)));
    const named = options.keep.map((column, i) => sql`${kept[i]} as ${sql.ref(column)}`);
    return sql`
      select ${sql.lit(part)} as part, ${sql.lit(provisional)} as provisional, ${sql.join(named)},
        sum(count) as count, sum(retried) as retried
      from ${sql.table(`${grain}_${options.tables}`)}
      where series = any(${[...series]}::int[]) and ${time} >= ${from} and ${time} < ${to}
        ${options.step === undefined ? sql`` : sql`and step = ${options.step}`}
      group by ${sql.join(kept)}`;
  });
  return sql.join(selects, sql` union all `);
}
