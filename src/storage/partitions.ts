import { type Kysely, sql } from 'kysely';
import { DAY, floorTo, plus } from '../core/delivery/time.ts';
import type { Tables } from './tables.ts';

/** Minutes lie in one partition a UTC day, hours and audit events (by arrival) in one a month, so that retention drops a table and never deletes a row. */
export type Grain = 'minute' | 'hour' | 'audit';

const tables = {
  minute: ['minute_count', 'minute_step'],
  hour: ['hour_count', 'hour_step'],
  audit: ['audit_event', 'audit_detail', 'audit_seal'],
} as const;

/**
 * Senders report a minute again and again. In pages left half empty the new version of a row lies beside the old one and no index
 * changes: adding to a row takes about half the time.
 */
const storage = { minute: ' with (fillfactor = 50)', hour: '', audit: '' } as const;

/** The partition that holds a time: its name's last part, and its bounds. */
function partitionOf(grain: Grain, time: Date | number): { suffix: string; from: Date; to: Date } {
  const day = floorTo(DAY, time);
  const digits = day.toISOString().slice(0, 10).replaceAll('-', '');
  if (grain === 'minute') return { suffix: digits, from: day, to: plus(day, DAY) };
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  return { suffix: digits.slice(0, 6), from: new Date(Date.UTC(year, month)), to: new Date(Date.UTC(year, month + 1)) };
}

/** Where the partition that holds a time begins: what lies before it goes when that is the time things are kept for. */
export const startOf = (grain: Grain, time: Date): Date => partitionOf(grain, time).from;

/**
 * Makes partitions when they are first needed, and remembers which exist. What a transaction makes is remembered only once it is
 * committed.
 */
export class Partitions {
  readonly #db: Kysely<Tables>;
  readonly #known: Set<string>;
  readonly #made: string[] = [];

  constructor(db: Kysely<Tables>, known: Set<string>) {
    this.#db = db;
    this.#known = known;
  }

  remember(): void {
    for (const name of this.#made) this.#known.add(name);
  }

  /** Serialised by a lock, since two makers of one table would collide. */
  async make(grain: Grain, times: Iterable<Date | number>): Promise<void> {
    const wanted = new Map([...times].map((time) => partitionOf(grain, time)).map((part) => [`${grain} ${part.suffix}`, part]));
    const missing = [...wanted].filter(([name]) => !this.#known.has(name));
    if (missing.length === 0) return;
    await this.#lock();
    const there = await this.#existing(missing.flatMap(([, { suffix }]) => tables[grain].map((table) => `${table}_${suffix}`)));
    for (const [name, { suffix, from, to }] of missing) {
      for (const table of tables[grain].filter((table) => !there.has(`${table}_${suffix}`))) {
        const bounds = `from ('${from.toISOString()}') to ('${to.toISOString()}')`;
        await sql
          .raw(`create table ${table}_${suffix} partition of ${table} for values ${bounds}${storage[grain]}`)
          .execute(this.#db);
        if (table === 'audit_event') await this.#guard(`${table}_${suffix}`);
      }
      this.#made.push(name);
    }
  }

  async #existing(names: readonly string[]): Promise<Set<string>> {
    const { rows } = await sql<{ name: string }>`
      select name from unnest(${names}::text[]) as name where to_regclass(name) is not null`.execute(this.#db);
    return new Set(rows.map(({ name }) => name));
  }

  /** Triggers on rows come with the parent's; one on truncate has to be made for each table. */
  async #guard(table: string): Promise<void> {
    await sql
      .raw(
        `create or replace trigger audit_event_stays_whole before truncate on ${table} for each statement execute function audit_event_stays()`,
      )
      .execute(this.#db);
  }

  async #lock(): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtext('pipewarden.partitions'))`.execute(this.#db);
  }

  /** Drops what ended before the given time; by name, as counts are written, so that nobody waits for us in a circle. How many. */
  async drop(grain: Grain, before: Date): Promise<number> {
    const { suffix } = partitionOf(grain, before);
    // Under the makers' lock: of two who drop the same table at once, PostgreSQL fails one, IF EXISTS or not.
    await this.#lock();
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent in (${sql.join(tables[grain].map((table) => sql`${sql.lit(table)}::regclass`))})
        and right(c.relname, ${suffix.length}) < ${suffix}
      order by c.relname`.execute(this.#db);
    for (const { name } of rows) await sql.raw(`drop table "${name}"`).execute(this.#db);
    for (const name of [...this.#known]) if (name < `${grain} ${suffix}` && name.startsWith(grain)) this.#known.delete(name);
    return rows.length;
  }
}
