import { hash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { canonicalJson } from '../core/audit/canonical.ts';
import { detailsHash } from '../core/audit/chain.ts';
import type { AuditEvent } from '../core/audit/event.ts';
import { keysOf, placesOf } from '../core/audit/words.ts';
import { DAY, plus } from '../core/delivery/time.ts';
import type { Added, AuditStore, NewEvent } from '../core/ports/audit.ts';
import type { Owed } from '../core/ports/jobs.ts';
import type { OwedStore } from '../core/ports/stores.ts';
import { detailsOf } from './audit-row.ts';
import type { Partitions } from './partitions.ts';
import type { Tables } from './tables.ts';

/** So far apart the same change may be dated by two ways. */
const SAME_WITHIN_SECONDS = 5;
const SALT_BYTES = 16;

interface Row {
  key: string;
  hash: string;
  seq: string;
  event: AuditEvent;
}

export const auditWriting = (
  db: Kysely<Tables>,
  partitions: Partitions,
  owed: Pick<OwedStore, 'owe'>,
): Pick<AuditStore, 'add' | 'settledSeq' | 'makeRoom'> => ({
  async add(events, arrived) {
    if (events.length === 0) return [];
    await partitions.make('audit', [arrived]);
    // Held until the commit: `settledSeq` waits for those who have taken numbers and not written them yet.
    await sql`select pg_advisory_xact_lock_shared(hashtext('pipewarden.audit'))`.execute(db);
    const rows = await numbered(db, events);
    const byKey = new Map<string, Row>();
    for (const row of rows) if (!byKey.has(row.key)) byKey.set(row.key, row);
    const taken = await claim(db, [...byKey.values()]);
    const fresh = [...byKey.values()].filter((row) => !taken.has(row.key));
    if (fresh.length > 0) {
      await insert(db, fresh, arrived);
      await oweFollowers(db, owed, arrived);
    }
    return rows.map((row): Added => {
      const first = taken.get(row.key) ?? (byKey.get(row.key) as Row);
      if (first.hash !== row.hash) return { outcome: 'conflict', seq: Number(first.seq) };
      return { outcome: first === row ? 'new' : 'same', seq: Number(first.seq) };
    });
  },

  async settledSeq() {
    await sql`select pg_advisory_xact_lock(hashtext('pipewarden.audit'))`.execute(db);
    const { rows } = await sql<{ seq: string | null }>`select max(seq) as seq from audit_event`.execute(db);
    return Number(rows[0]?.seq ?? 0);
  },

  async makeRoom(now) {
    await partitions.make('audit', [now, plus(now, 2 * DAY)]);
  },
});

/**
 * Those who watch the trail and forward it have something to do. Last, since whoever owes waits for whoever owes the same, until that is
 * committed. So where it is owed already, and begun by nobody since, it is not owed once more: whoever begins it later asks
 * `settledSeq`, which waits for us. A watch or a forward that begins meanwhile owes its own first look, which waits for us as well.
 */
async function oweFollowers(db: Kysely<Tables>, owed: Pick<OwedStore, 'owe'>, dueAt: Date): Promise<void> {
  const { rows } = await sql<Pick<Owed, 'kind' | 'key'>>`
    select kind, key from (
      select 'forward' as kind, name as key from forward union all
      select 'watch', 'all' where exists (select from audit_watch)
    ) follower
    where not exists (
      select from owed where owed.kind = follower.kind and owed.key = follower.key and due_at <= ${dueAt}
        and (lease_until is null or version > 0)
    )`.execute(db);
  await owed.owe(rows.map((row) => ({ ...row, dueAt })));
}

async function numbered(db: Kysely<Tables>, events: readonly NewEvent[]): Promise<Row[]> {
  // The sequence's name is looked up once, and not for every number.
  const { rows } = await sql<{ seq: string }>`
    select nextval(own) as seq
    from (select pg_get_serial_sequence('audit_event', 'seq')::regclass as own offset 0) sequence, generate_series(1, ${events.length})`.execute(
    db,
  );
  return events.map(({ event, hash }, i) => ({
    key: sha256(JSON.stringify([event.workspace, event.provider, event.id])).toString('hex'),
    hash: hash.toString('hex'),
    seq: rows[i]?.seq as string,
    event,
  }));
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

/** Those of the keys that were taken before, and by what. Sorted, so that two writers never wait for each other in a circle. */
async function claim(db: Kysely<Tables>, rows: readonly Row[]): Promise<Map<string, Pick<Row, 'hash' | 'seq'>>> {
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  const { rows: claimed } = await sql<{ key: string }>`
    insert into audit_key (key, hash, seq)
    select decode(key, 'hex'), decode(hash, 'hex'), seq
    from unnest(${sorted.map((row) => row.key)}::text[], ${sorted.map((row) => row.hash)}::text[], ${sorted.map((row) => row.seq)}::bigint[])
      as new (key, hash, seq)
    on conflict do nothing returning encode(key, 'hex') as key`.execute(db);
  const ours = new Set(claimed.map(({ key }) => key));
  const others = rows.filter((row) => !ours.has(row.key)).map((row) => row.key);
  if (others.length === 0) return new Map();
  const { rows: taken } = await sql<{ key: string; hash: string; seq: string }>`
    select encode(key, 'hex') as key, encode(hash, 'hex') as hash, seq from audit_key
    where key in (select decode(key, 'hex') from unnest(${others}::text[]) as other (key))`.execute(db);
  return new Map(taken.map((row) => [row.key, row]));
}

/** Nothing arrives (a day) before it happens: so only the partitions since then are looked into for the same change. */
async function insert(db: Kysely<Tables>, rows: readonly Row[], arrived: Date): Promise<void> {
  const salts = randomBytes(rows.length * SALT_BYTES);
  const full = rows.map(({ seq, event }, i) => {
    const salt = salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES);
    const details = canonicalJson(detailsOf(event));
    const hash = detailsHash(salt, details);
    return { seq, event, details, salt: salt.toString('hex'), hash, words: vectorOf(event), same: sameKeyOf(event) };
  });
  const texts = (pick: (event: AuditEvent) => string) => sql`${full.map(({ event }) => pick(event))}::text[]`;
  await sql`
    insert into audit_event (seq, arrived, workspace, provider, event_id, at, actor_id, actor_type, actor_name, actor_email,
      action, type, kind, resource_id, resource_name, via, same_as, same_key, details_hash, words)
    select new.seq, ${arrived}, new.workspace, new.provider, new.event_id, new.at, new.actor_id, new.actor_type, new.actor_name,
      new.actor_email, new.action, new.type, new.kind, new.resource_id, new.resource_name, new.via, same.seq, new.same_key,
      decode(new.details_hash, 'hex'), new.words::tsvector
    from unnest(${full.map(({ seq }) => seq)}::bigint[], ${texts((e) => e.workspace)}, ${texts((e) => e.provider)},
      ${texts((e) => e.id)}, ${full.map(({ event }) => event.at)}::timestamptz[], ${texts((e) => e.actor.id)},
      ${texts((e) => e.actor.type)}, ${texts((e) => e.actor.name)}, ${texts((e) => e.actor.email)}, ${texts((e) => e.action)},
      ${texts((e) => e.type)}, ${texts((e) => e.resource.kind)}, ${texts((e) => e.resource.id)}, ${texts((e) => e.resource.name)},
      ${texts((e) => e.via)}, ${full.map(({ same }) => same)}::bigint[], ${full.map(({ hash }) => hash)}::text[],
      ${full.map(({ words }) => words)}::text[])
      as new (seq, workspace, provider, event_id, at, actor_id, actor_type, actor_name, actor_email, action, type, kind,
        resource_id, resource_name, via, same_key, details_hash, words)
    left join lateral (
      select old.seq from audit_event old
      where old.same_key = new.same_key and old.arrived >= new.at - interval '1 day' and old.same_as is null and (old.provider, old.via) <> (new.provider, new.via)
        and old.at between new.at - ${SAME_WITHIN_SECONDS} * interval '1 second' and new.at + ${SAME_WITHIN_SECONDS} * interval '1 second'
      order by abs(extract(epoch from old.at - new.at)), old.seq limit 1
    ) same on true`.execute(db);
  await sql`
    insert into audit_detail (seq, arrived, salt, details)
    select seq, ${arrived}, decode(salt, 'hex'), details
    from unnest(${full.map(({ seq }) => seq)}::bigint[], ${full.map(({ salt }) => salt)}::text[],
      ${full.map(({ details }) => details)}::text[]) as new (seq, salt, details)`.execute(db);
}

/** The same change has the same key whichever way it comes; different ones may share it by chance, once in 2^64. */
const sameKeyOf = ({ workspace, action, resource, actor }: AuditEvent): string =>
  String(sha256(JSON.stringify([workspace, action, resource.id, actor.id])).readBigInt64BE());

/** A text vector as PostgreSQL reads it: keys without a place, words with all of theirs. */
export function vectorOf(event: AuditEvent): string {
  const words = [...placesOf(event)].map(([word, positions]) => `${lexeme(word)}:${positions.join(',')}`);
  return [...keysOf(event).map(lexeme), ...words].join(' ');
}

/** Quoted for a text vector or a query of one. */
export const lexeme = (text: string): string => `'${text.replace(/[\\']/g, '$&$&')}'`;
