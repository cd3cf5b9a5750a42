import { type Kysely, sql } from 'kysely';
import { DAY, plus } from '../src/core/delivery/time.ts';
import type { OpenDatabase } from '../src/storage/database.ts';
import { Partitions } from '../src/storage/partitions.ts';
import type { Tables } from '../src/storage/tables.ts';

/** So long a trail is kept. */
const SPAN = 400 * DAY;
const ROWS_AT_ONCE = 50_000;

/**
 * A trail of so many events before `now`, spread over what is kept: 40 people and 10 tokens, 20 actions, 2,000 resources, details of a
 * few words, one in a hundred thousand with the rare word `zanzibar`. Written in the shape in which the store writes, with its words;
 * by two writers, without a write-ahead log, which reading does not notice. An index is filled in one go sooner than row by row.
 */
export async function writeTrail({ kysely }: OpenDatabase, now: Date, events: number): Promise<void> {
  const from = plus(now, -SPAN);
  const months = Array.from({ length: 15 }, (_, i) => plus(now, -i * 30 * DAY)).concat(from);
  await kysely.transaction().execute((trx) => new Partitions(trx, new Set()).make('audit', months));
  await sql`drop index audit_event_words`.execute(kysely);
  const partitions = await partitionsOf(kysely, 'audit_event');
  for (const name of [...partitions, ...(await partitionsOf(kysely, 'audit_detail'))])
    await sql`alter table ${sql.table(name)} set unlogged`.execute(kysely);
  const starts = Array.from({ length: Math.ceil(events / ROWS_AT_ONCE) }, (_, i) => i * ROWS_AT_ONCE);
  await byTwo(starts, (first) =>
    insert(kysely, { from, step: SPAN / events, first, last: Math.min(events, first + ROWS_AT_ONCE) - 1 }),
  );
  await sql`create index audit_event_words on only audit_event using gin (words)`.execute(kysely);
  await byTwo(partitions, (name) =>
    kysely.transaction().execute(async (trx) => {
      await sql`set local maintenance_work_mem = '512MB'`.execute(trx);
      await sql`create index ${sql.ref(`${name}_words`)} on ${sql.table(name)} using gin (words)`.execute(trx);
      await sql`analyze ${sql.table(name)}`.execute(trx);
    }),
  );
  for (const name of partitions)
    await sql`alter index audit_event_words attach partition ${sql.ref(`${name}_words`)}`.execute(kysely);
  await sql`select setval(pg_get_serial_sequence('audit_event', 'seq'), ${events + 1}, false)`.execute(kysely);
}

async function partitionsOf(db: Kysely<Tables>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = ${table}::regclass order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

/** Two at a time, in order. */
async function byTwo<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...all];
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all([worker(), worker()]);
}

async function insert(kysely: Kysely<Tables>, part: { from: Date; step: number; first: number; last: number }): Promise<void> {
  const { from, step, first, last } = part;
  const details = sql`('{"after":{"enabled":true,"note":"' || note || '"}}')`;
  const salt = sql`decode(md5(i::text), 'hex')`;
  await sql`
    with plain as (
      select i, ${from}::timestamptz + i * ${step} * interval '1 millisecond' as at,
        i % 50 as person, (array['destination','source','mapping','filter','audience'])[1 + i % 5] as kind,
        (array['disabled','enabled','modified','created'])[1 + (i / 5) % 4] as verb, (i * 7919) % 2000 as thing,
        case when i % 100000 = 77777 then 'zanzibar' else (array['checkout','weekly','owner','schedule'])[1 + (i / 3) % 4] end as note
      from generate_series(${first}::bigint, ${last}::bigint) i
    ),
    event as (
      select *, date_trunc('milliseconds', at) as arrived, 'u-' || person as actor_id, 'Person ' || person as actor_name,
        kind || '.' || verb as action, kind || '-' || thing as resource_id, 'Thing ' || thing as resource_name from plain
    ),
    main as (
      insert into audit_event (seq, arrived, workspace, provider, event_id, at, actor_id, actor_type, actor_name, actor_email,
        action, type, kind, resource_id, resource_name, via, same_as, same_key, details_hash, words)
      select i + 1, arrived, 'main', 'push', 'e-' || i, arrived, actor_id, 'user', actor_name, '', action, action, kind, resource_id,
        resource_name, 'push', null, i, sha256(${salt} || convert_to(${details}, 'UTF8')),
        ('''=a' || actor_id || ''' ''=a' || lower(actor_name) || ''' ''=x' || action || ''' ''=k' || kind || ''' ''=r' || resource_id ||
          ''' ''=r' || lower(resource_name) || ''' ''=wmain'' ''=vpush'' person:2 ' || person || ':3 ' || kind || ':9 ' || verb || ':10 thing:18 '
          || thing || ':19 enabled:30 true:32 note:34 ' || note || ':36')::tsvector
      from event
    )
    insert into audit_detail (seq, arrived, salt, details) select i + 1, arrived, ${salt}, ${details} from event`.execute(kysely);
}
