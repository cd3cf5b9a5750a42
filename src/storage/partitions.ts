import { type Kysely, sql } from 'kysely';
import { DAY, floorTo, plus } from '../core/delivery/time.ts';
import type { Tables } from './tables.ts';

/** Minutes live in one partition per UTC day, so that retention drops a table and never deletes a row. */
const tables = ['minute_count', 'minute_step'] as const;

const suffixOf = (day: Date): string => day.toISOString().slice(0, 10).replaceAll('-', '');

/** Makes the partitions of these times' days. Serialised by a lock, since two makers of one table would collide. */
export async function makeDays(db: Kysely<Tables>, times: Iterable<Date | number>): Promise<string[]> {
  const days = [...new Set([...times].map((time) => Number(floorTo(DAY, time))))].map((day) => new Date(day));
  if (days.length === 0) return [];
  await sql`select pg_advisory_xact_lock(hashtext('pipewarden.partitions'))`.execute(db);
  for (const day of days) {
    for (const table of tables) {
      await sql
        .raw(
          `create table if not exists ${table}_${suffixOf(day)} partition of ${table}
           for values from ('${day.toISOString()}') to ('${plus(day, DAY).toISOString()}')`,
        )
        .execute(db);
    }
  }
  return days.map(suffixOf);
}

/**
 * Drops the partitions of days that ended before the given time. In the order in which counts are written, first minute_count,
 * so that the two never wait for each other in a circle. Returns how many days went.
 */
export async function dropDays(db: Kysely<Tables>, before: Date): Promise<number> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('minute_count'::regclass, 'minute_step'::regclass)
      and right(c.relname, 8) < ${suffixOf(floorTo(DAY, before))}
    order by c.relname`.execute(db);
  for (const { name } of rows) await sql.raw(`drop table "${name}"`).execute(db);
  return new Set(rows.map(({ name }) => name.slice(-8))).size;
}

export const dayKey = (time: Date): string => suffixOf(floorTo(DAY, time));
