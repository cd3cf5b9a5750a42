import { type Kysely, sql } from 'kysely';
import type { Count } from '../core/delivery/series.ts';
import { steps } from '../core/delivery/steps.ts';
import { floorTo, HOUR, MINUTE } from '../core/delivery/time.ts';
import type { Owed } from '../core/ports/jobs.ts';
import type { Tables } from './tables.ts';

/** Stored step numbers are positions in the list of steps. */
export const stepNumber = new Map(steps.map((step, number) => [step, number]));

/** Rows a statement: embedded Postgres keeps the memory of its largest one. */
export const ROWS_AT_ONCE = 2_000;

/** An hour is rolled up this long after its end, when its last minutes have come in. */
const HOUR_SETTLES = MINUTE;
/** Late counts wait this long for more of their kind before their hour is recomputed. */
const LATE_SETTLES = 2_000;

/** Counts that share a key, added up. */
interface Row {
  series: number;
  minute: number;
  step: number;
  facet: number;
  count: number;
  retried: number;
}

/** Sorts by the key, so that two writers never wait for each other in a circle, and adds up what has the same one. */
export function merge(counts: readonly Count[], series: number[], facets: number[]): Row[] {
  const rows = counts.map((c, i) => ({
    series: series[i] as number,
    minute: Number(c.minute),
    step: stepNumber.get(c.step) as number,
    facet: facets[i] as number,
    count: c.count,
    retried: c.retried,
  }));
  rows.sort(byKey);
  const merged: Row[] = [];
  for (const row of rows) {
    const last = merged.at(-1);
    if (last && byKey(last, row) === 0) {
      last.count += row.count;
      last.retried += row.retried;
    } else merged.push(row);
  }
  return merged;
}

const byKey = (a: Row, b: Row): number => a.series - b.series || a.minute - b.minute || a.step - b.step || a.facet - b.facet;

export async function addTo(db: Kysely<Tables>, table: 'minute_count' | 'minute_step', rows: readonly Row[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = rows.slice(start, start + ROWS_AT_ONCE);
    // As text of our own: pg quotes and escapes every number of an array.
    const column = (of: (row: Row) => number) => `{${part.map(of).join(',')}}`;
    await sql`
      insert into ${sql.table(table)} (series, minute, step, facet, count, retried)
      select r.series, to_timestamp(r.minute), r.step, r.facet, r.count, r.retried
      from unnest(${column((r) => r.series)}::int[], ${column((r) => r.minute / 1000)}::float8[], ${column((r) => r.step)}::smallint[],
        ${column((r) => r.facet)}::int[], ${column((r) => r.count)}::bigint[], ${column((r) => r.retried)}::bigint[])
        as r (series, minute, step, facet, count, retried)
      on conflict (series, minute, step, facet) do update
      set count = ${sql.ref(`${table}.count`)} + excluded.count, retried = ${sql.ref(`${table}.retried`)} + excluded.retried`.execute(
      db,
    );
  }
}

/** The hours these counts touch, by the key that says which: the hour's start in seconds, then the series. */
export function rollUpsOf(rows: readonly Row[], now: Date): Owed[] {
  const owedByKey = new Map<string, Owed>();
  for (const { series, minute } of rows) {
    const hour = floorTo(HOUR, minute);
    const key = `${Number(hour) / 1000}/${series}`;
    const dueAt = new Date(Math.max(Number(hour) + HOUR + HOUR_SETTLES, Number(now) + LATE_SETTLES));
    owedByKey.set(key, { kind: 'roll_up', key, dueAt });
  }
  return [...owedByKey.values()];
}
