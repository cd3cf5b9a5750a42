import { type Kysely, sql, type Transaction } from 'kysely';
import { type Grain, Partitions } from './partitions.ts';
import type { Tables } from './tables.ts';

/** Every table, in an order that reads well while it runs. Partitioned ones are read and written through their parent. */
const tables = [
  'series',
  'facet',
  'resource',
  'collected',
  'batch',
  'minute_count',
  'minute_step',
  'hour_count',
  'hour_step',
  'day_count',
  'day_step',
  'gauge',
  'sync',
  'sample',
  'owed',
  'view',
  'post',
  'channel',
  'long_work',
  'console_message',
  'account',
  'role_grant',
  'login_link',
  'secret',
  'code_try',
  'audit_event',
  'audit_detail',
  'audit_key',
  'audit_seal',
  'audit_checkpoint',
  'audit_start',
  'forward',
  'forward_delivery',
  'audit_watch',
  'audit_watch_cursor',
  'audit_watch_batch',
  'audit_saved',
] as const satisfies (keyof Tables)[];

/** Rows of one insert. */
const ROWS_AT_ONCE = 2_000;

/**
 * Copies everything into an empty database of the same schema, in one transaction there: all of it or nothing. The source is only
 * read. Throws a sentence when the target holds data already, or when a count differs afterwards.
 */
export async function moveAll(from: Kysely<Tables>, to: Kysely<Tables>, told: (line: string) => void): Promise<void> {
  await to.transaction().execute(async (target) => {
    for (const table of ['series', 'post', 'batch', 'audit_event'] as const) {
      if ((await countOf(target, table)) > 0) throw new Error('The target database holds data already. Move into an empty one.');
    }
    // What an empty database owes and holds by itself gives way to what is moved.
    for (const table of tables) await sql`delete from ${sql.table(table)}`.execute(target);
    // One snapshot of all tables, should somebody still write to it.
    const snapshot = from.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
    await snapshot.execute(async (source) => {
      await copyPartitions(source, target);
      for (const table of tables) told(`${table}: ${await copyTable(source, target, table)} rows`);
    });
    for (const table of ['series', 'facet', 'post', 'console_message'] as const) {
      await sql`select setval(pg_get_serial_sequence(${table}, 'id'), coalesce((select max(id) from ${sql.table(table)}), 0) + 1, false)`.execute(
        target,
      );
    }
    await sql`select setval(pg_get_serial_sequence('audit_event', 'seq'), coalesce((select max(seq) from audit_event), 0) + 1, false)`.execute(
      target,
    );
  });
}

async function copyPartitions(source: Transaction<Tables>, target: Transaction<Tables>): Promise<void> {
  const partitions = new Partitions(target, new Set());
  for (const grain of ['minute', 'hour'] as const satisfies Grain[]) {
    const { rows } = await sql<{ at: Date }>`select distinct ${sql.ref(grain)} as at from ${sql.table(`${grain}_step`)}`.execute(
      source,
    );
    await partitions.make(
      grain,
      rows.map((row) => row.at),
    );
  }
  const { rows } = await sql<{ at: Date }>`select distinct date_trunc('month', arrived, 'UTC') as at from audit_event`.execute(
    source,
  );
  await partitions.make(
    'audit',
    rows.map((row) => row.at),
  );
}

/** Rows travel as JSON text, so that no value passes through a number of JavaScript's. Read by a cursor: memory stays small. */
async function copyTable(
  source: Transaction<Tables>,
  target: Transaction<Tables>,
  table: (typeof tables)[number],
): Promise<number> {
  await sql`declare moving cursor for select to_jsonb(t)::text as row from ${sql.table(table)} t`.execute(source);
  let copied = 0;
  for (;;) {
    const { rows } = await sql.raw<{ row: string }>(`fetch ${ROWS_AT_ONCE} from moving`).execute(source);
    if (rows.length === 0) break;
    const json = `[${rows.map(({ row }) => row).join(',')}]`;
    await sql`insert into ${sql.table(table)} overriding system value
      select * from jsonb_populate_recordset(null::${sql.table(table)}, ${json}::jsonb)`.execute(target);
    copied += rows.length;
  }
  await sql`close moving`.execute(source);
  const arrived = await countOf(target, table);
  if (arrived !== copied) throw new Error(`${table}: ${copied} rows left, ${arrived} arrived. Nothing was moved.`);
  return copied;
}

async function countOf(db: Kysely<Tables>, table: keyof Tables): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(db);
  return rows[0]?.count ?? 0;
}
