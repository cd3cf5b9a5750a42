import { type Kysely, sql } from 'kysely';
import { NO_HASH, type SealedRow } from '../core/audit/chain.ts';
import { readStart } from '../core/audit/checkpoint.ts';
import type { SealedLine } from '../core/audit/verify.ts';
import { AUDIT_KEPT, plus } from '../core/delivery/time.ts';
import type { ChainEnd, SealStore } from '../core/ports/seals.ts';
import { type EventRow, storedEvent } from './audit-row.ts';
import { vectorOf } from './audit-write.ts';
import { noteDropped } from './forward-store.ts';
import { type Partitions, startOf } from './partitions.ts';
import type { Tables } from './tables.ts';

type SealRow = { n: string; seq: string; arrived: Date; hash: string };
type FullRow = EventRow & { details_hash: string; salt: string | null };

export function sealStore(db: Kysely<Tables>, partitions: Partitions): SealStore {
  const startToken = async () => (await db.selectFrom('audit_start').select('token').executeTakeFirst())?.token;
  return { ...sealing(db, startToken), ...checkpoints(db), ...proof(db), ...dropping(db, partitions), start: startToken };
}

const sealing = (db: Kysely<Tables>, startToken: SealStore['start']): Pick<SealStore, 'lock' | 'end' | 'toSeal' | 'add'> => ({
  async lock() {
    await sql`select pg_advisory_xact_lock(hashtext('pipewarden.seal'))`.execute(db);
  },

  async end(): Promise<ChainEnd> {
    const [last] = await sealRows(db, sql`order by n desc limit 1`);
    const token = await startToken();
    const start = token === undefined ? undefined : readStart(token);
    const seq = Number(last?.seq ?? 0);
    // What stayed from before the start may be all there is.
    if (last && Number(last.n) > (start?.n ?? 0)) return { n: Number(last.n), seq, hash: last.hash };
    return start ? { n: start.n, seq, hash: start.hash } : { n: 0, seq, hash: NO_HASH };
  },

  async toSeal(after, settled, limit) {
    const { rows } = await sql<FullRow>`${fullEvents}
      where e.seq > ${after} and e.seq <= ${settled} order by e.seq limit ${limit}`.execute(db);
    return rows.map(sealedRow);
  },

  async add(seals) {
    await sql`
      insert into audit_seal (n, seq, arrived, hash)
      select n, seq, arrived, decode(hash, 'hex')
      from unnest(${seals.map(({ n }) => n)}::bigint[], ${seals.map(({ seq }) => seq)}::bigint[],
        ${seals.map(({ arrived }) => arrived)}::timestamptz[], ${seals.map(({ hash }) => hash)}::text[]) as new (n, seq, arrived, hash)`.execute(
      db,
    );
  },
});

type Checkpoints = Pick<SealStore, 'lastCheckpoint' | 'addCheckpoint' | 'checkpoints' | 'lastPosted' | 'markPosted'>;

const checkpoints = (db: Kysely<Tables>): Checkpoints => ({
  async lastCheckpoint(upTo) {
    const all = db.selectFrom('audit_checkpoint').selectAll().orderBy('number', 'desc').limit(1);
    const row = await (upTo === undefined ? all : all.where('n', '<=', String(upTo))).executeTakeFirst();
    return row && { number: row.number, n: Number(row.n), at: row.at, token: row.token };
  },

  async addCheckpoint({ number, n, at, token }) {
    await db
      .insertInto('audit_checkpoint')
      .values({ number, n: String(n), at, token })
      .execute();
  },

  async checkpoints(after, limit) {
    const rows = await db
      .selectFrom('audit_checkpoint')
      .select(['number', 'n', 'token'])
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(({ number, n, token }) => ({ number, n: Number(n), token }));
  },

  async lastPosted() {
    const rows = db.selectFrom('audit_checkpoint').select('at').where('posted', '=', true);
    return (await rows.orderBy('number', 'desc').limit(1).executeTakeFirst())?.at;
  },

  async markPosted(number) {
    await db.updateTable('audit_checkpoint').set({ posted: true }).where('number', '=', number).execute();
  },
});

const proof = (db: Kysely<Tables>): Pick<SealStore, 'rows' | 'unsealed' | 'erase'> => ({
  async rows(after, limit) {
    const seals = await sealRows(db, sql`where n > ${after} order by n limit ${limit}`);
    const times = seals.map(({ arrived }) => Number(arrived));
    const events = await eventsOf(db, seals, new Date(Math.min(...times)), new Date(Math.max(...times)));
    return seals.map(({ n, seq, hash, arrived }): SealedLine => {
      const event = events.get(`${seq} ${Number(arrived)}`);
      return {
        n: Number(n),
        hash,
        row: event ? sealedRow(event) : null,
        salt: event?.salt ?? null,
        details: event?.details ?? null,
      };
    });
  },

  async unsealed(after, limit) {
    const { rows } = await sql<{ seq: string }>`
      select seq from audit_event e
      where seq > ${after} and not exists (select from audit_seal s where s.seq = e.seq and s.arrived = e.arrived)
      order by seq limit ${limit}`.execute(db);
    return rows.map(({ seq }) => Number(seq));
  },

  async erase(seqs) {
    const { rows: events } = await sql<FullRow>`${fullEvents} where e.seq = any(${[...seqs]}::bigint[])`.execute(db);
    const remaining = events.map((row) => vectorOf(storedEvent({ ...row, details: null })));
    const { rows } = await sql<{ seq: string }>`
      select audit_erase(${events.map(({ seq }) => seq)}::bigint[], ${remaining}::text[]) as seq`.execute(db);
    return rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
  },
});

const dropping = (db: Kysely<Tables>, partitions: Partitions): Pick<SealStore, 'expiring' | 'drop'> => ({
  async expiring(before) {
    const month = startOf('audit', before);
    const gone = await sealRows(db, sql`where arrived < ${month} order by n desc limit 1`);
    const { rows } = await sql<{ rows: number; unsealed: boolean }>`
      select count(*)::int as rows,
        coalesce(max(seq) > (select coalesce(max(seq), 0) from audit_seal), false) as unsealed
      from audit_event where arrived < ${month}`.execute(db);
    if (!gone[0] || rows[0]?.unsealed) return undefined;
    const kept = await sealRows(db, sql`where n <= ${gone[0].n} and arrived >= ${month} order by n`);
    const events = kept.length === 0 ? new Map() : await eventsOf(db, kept, month, new Date(8.64e15));
    return {
      n: Number(gone[0].n),
      hash: gone[0].hash,
      rows: rows[0]?.rows ?? 0,
      kept: kept.flatMap(({ n, seq, arrived }) => {
        const event = events.get(`${seq} ${Number(arrived)}`);
        return event ? [{ n: Number(n), row: sealedRow(event) }] : [];
      }),
    };
  },

  async drop(before, { n, token }) {
    await noteDropped(db, startOf('audit', before), plus(before, AUDIT_KEPT));
    await partitions.drop('audit', before);
    await sql`delete from audit_key where seq < (select coalesce(min(seq), 9223372036854775807) from audit_event)`.execute(db);
    await db.deleteFrom('audit_checkpoint').where('n', '<=', String(n)).execute();
    await db
      .insertInto('audit_start')
      .values({ n: String(n), token })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ n: String(n), token }))
      .execute();
  },
});

async function sealRows(db: Kysely<Tables>, which: ReturnType<typeof sql>): Promise<SealRow[]> {
  const { rows } = await sql<SealRow>`select n, seq, arrived, encode(hash, 'hex') as hash from audit_seal ${which}`.execute(db);
  return rows;
}

const fullEvents = sql`
  select e.seq, e.arrived, e.workspace, e.provider, e.event_id, e.at, e.actor_id, e.actor_type, e.actor_name, e.actor_email,
    e.action, e.type, e.kind, e.resource_id, e.resource_name, e.via, e.same_as, encode(e.details_hash, 'hex') as details_hash,
    d.details, encode(d.salt, 'hex') as salt
  from audit_event e left join audit_detail d on d.seq = e.seq and d.arrived = e.arrived`;

/**
 * By seq and arrival. Their times tell which partitions need not be looked into. They lie side by side, which is read sooner than one by
 * one; more than there can be without tampering is not read.
 */
async function eventsOf(db: Kysely<Tables>, seals: readonly SealRow[], from: Date, to: Date): Promise<Map<string, FullRow>> {
  if (seals.length === 0) return new Map();
  const seqs = seals.map(({ seq }) => Number(seq));
  const { rows } = await sql<FullRow>`${fullEvents}
    where e.seq between ${Math.min(...seqs)} and ${Math.max(...seqs)} and e.arrived between ${from} and ${to}
    order by e.seq limit ${2 * seals.length}`.execute(db);
  return new Map(rows.map((row) => [`${row.seq} ${Number(row.arrived)}`, row]));
}

function sealedRow(row: FullRow): SealedRow {
  const {
    arrived,
    at,
    before: _before,
    after: _after,
    context: _context,
    erased: _erased,
    ...event
  } = storedEvent({ ...row, details: null });
  return { ...event, arrived: arrived.toISOString(), at: at.toISOString(), detailsHash: row.details_hash };
}
