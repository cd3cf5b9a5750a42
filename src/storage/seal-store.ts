import { type Kysely, type RawBuilder, sql } from 'kysely';
import { NO_HASH } from '../core/audit/chain.ts';
import { readStart } from '../core/audit/checkpoint.ts';
import type { SealedLine } from '../core/audit/verify.ts';
import { AUDIT_KEPT, plus } from '../core/delivery/time.ts';
import type { ChainEnd, SealStore } from '../core/ports/seals.ts';
import { type EventRow, eventColumns, storedEvent } from './audit-row.ts';
import { type FullEvent, fullEvents, isoOf, textRows } from './audit-sealed.ts';
import { vectorOf } from './audit-write.ts';
import { noteDropped } from './forward-store.ts';
import { type Partitions, startOf } from './partitions.ts';
import type { Tables } from './tables.ts';

type SealRow = { n: number; seq: number; arrived: string; hash: string };

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
    const seq = last?.seq ?? 0;
    // What stayed from before the start may be all there is.
    if (last && last.n > (start?.n ?? 0)) return { n: last.n, seq, hash: last.hash };
    return start ? { n: start.n, seq, hash: start.hash } : { n: 0, seq, hash: NO_HASH };
  },

  async toSeal(after, settled, limit) {
    const which = sql`e.seq > ${after} and e.seq <= ${settled} order by e.seq limit ${limit}`;
    // Of details the chain covers a hash that stands in the event itself.
    return (await fullEvents(db, which, sql`and false`)).map(({ row }) => row);
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
    const events = await eventsOf(db, seals);
    return seals.map(({ n, seq, hash, arrived }): SealedLine => {
      const { row = null, salt = null, details = null } = events.get(placeOf(seq, arrived)) ?? {};
      return { n, hash, row, salt, details };
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
    const { rows: events } = await sql<EventRow>`${eventColumns()} where e.seq = any(${[...seqs]}::bigint[])`.execute(db);
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
    const events = await eventsOf(db, kept);
    return {
      n: gone[0].n,
      hash: gone[0].hash,
      rows: rows[0]?.rows ?? 0,
      kept: kept.flatMap(({ n, seq, arrived }) => {
        const event = events.get(placeOf(seq, arrived));
        return event ? [{ n, row: event.row }] : [];
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

async function sealRows(db: Kysely<Tables>, which: RawBuilder<unknown>): Promise<SealRow[]> {
  const texts = sql`n::text, seq::text, ${isoOf('arrived')}, encode(hash, 'hex')`;
  const rows = await textRows(db, sql`n`, texts, sql`from audit_seal ${which}`);
  return rows.map(([n, seq, arrived, hash]) => ({ n: Number(n), seq: Number(seq), arrived: arrived ?? '', hash: hash ?? '' }));
}

/**
 * By seq and arrival. Their times tell which partitions need not be looked into. They lie side by side, which is read sooner than one by
 * one, the details too; more than there can be without tampering is not read.
 */
async function eventsOf(db: Kysely<Tables>, seals: readonly SealRow[]): Promise<Map<string, FullEvent>> {
  if (seals.length === 0) return new Map();
  const seqs = seals.map(({ seq }) => seq);
  const times = seals.map(({ arrived }) => Date.parse(arrived));
  const [first, last] = [Math.min(...seqs), Math.max(...seqs)];
  const [from, to] = [new Date(Math.min(...times)), new Date(Math.max(...times) + 1)];
  const events = await fullEvents(
    db,
    sql`e.seq between ${first} and ${last} and e.arrived >= ${from} and e.arrived < ${to} order by e.seq limit ${2 * seals.length}`,
    sql`and d.seq between ${first} and ${last} and d.arrived >= ${from} and d.arrived < ${to}`,
  );
  return new Map(events.map((event) => [placeOf(event.row.seq, event.row.arrived), event]));
}

const placeOf = (seq: number, arrived: string): string => `${seq} ${arrived}`;
