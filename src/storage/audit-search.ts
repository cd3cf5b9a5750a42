import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { StoredEvent } from '../core/audit/event.ts';
import type { AuditQuery } from '../core/audit/query.ts';
import { DAY, HOUR, plus } from '../core/delivery/time.ts';
import type { AuditPage, AuditStore } from '../core/ports/audit.ts';
import { type EventRow, eventColumns, storedEvent } from './audit-row.ts';
import { conditionsOf } from './audit-terms.ts';
import type { Tables } from './tables.ts';

/**
 * What many events match is found soon when one walks back in time; what few match, by the index of words. Nobody knows
 * beforehand which it is, and the planner, that has to guess, may sort millions of rows or walk through all of them. So we walk a
 * little first, then further, and then search by index in stretches of time that grow, as long as few rows fit what the index knows
 * of the search. Where many do, or where it knows nothing (a star in front, what must not be), we walk on. Each statement looks at so
 * many rows and no more: what takes long ends between two of them, though never before the first few thousand events were looked at.
 */
const WALKS = [400, 4_000];
const WALK = 4_000;
/** How much longer each stretch is than all before it. */
const GROWTH = 8;
const SHORTEST = HOUR;
/** For what many events have the index has as many entries, and all of a stretch are read. */
const LONGEST = 60 * DAY;
/** More than these in a stretch are not few. */
const FEW = 4_000;

interface Place {
  at: Date;
  seq: string;
}

/** `arrived`: which partition it lies in. */
interface Hit extends Place {
  arrived: Date;
}

export const auditSearching = (db: Kysely<Tables>): Pick<AuditStore, 'search' | 'page' | 'event' | 'after'> => ({
  async search(query, page) {
    const { hits } = await find(db, query, page, Number.POSITIVE_INFINITY);
    return eventsAt(db, hits);
  },

  async page(query, page, patience) {
    const { hits, reached } = await find(db, query, page, patience);
    return { events: await eventsAt(db, hits), ...(reached ? { reached: { at: reached.at, seq: Number(reached.seq) } } : {}) };
  },

  async event(seq) {
    const { rows } = await sql<EventRow>`${eventColumns()} where e.seq = ${seq}`.execute(db);
    return rows.map(storedEvent)[0];
  },

  async after(seq, limit) {
    const { rows } = await sql<EventRow>`${eventColumns()} where e.seq > ${seq} order by e.seq limit ${limit}`.execute(db);
    return rows.map(storedEvent);
  },
});

/** In the order of the hits. */
async function eventsAt(db: Kysely<Tables>, hits: readonly Hit[]): Promise<StoredEvent[]> {
  if (hits.length === 0) return [];
  const seqs = sql`any(${hits.map(({ seq }) => seq)}::bigint[])`;
  const times = hits.map(({ arrived }) => Number(arrived));
  const [from, to] = [new Date(Math.min(...times)), new Date(Math.max(...times) + 1)];
  const { rows } = await sql<EventRow>`${eventColumns(sql`and d.seq = ${seqs} and d.arrived >= ${from} and d.arrived < ${to}`)}
    where e.seq = ${seqs} and e.arrived >= ${from} and e.arrived < ${to}`.execute(db);
  const events = new Map(rows.map((row) => [row.seq, storedEvent(row)]));
  return hits.flatMap(({ seq }) => events.get(seq) ?? []);
}

/** Where the page's events lie, newest first. `reached`: nothing was looked at below, since it would have taken long. */
async function find(
  db: Kysely<Tables>,
  query: AuditQuery & { workspace?: string },
  { limit, before }: AuditPage,
  patience: number,
): Promise<{ hits: Hit[]; reached?: Place }> {
  const { match, indexed } = conditionsOf(query);
  // An embedded database keeps no statistics: without them the planner would sort all events to walk over a few. A sort that has to be
  // is then thought to be so dear that compiling the statement would pay.
  await sql`select set_config('enable_sort', 'off', true), set_config('jit', 'off', true)`.execute(db);
  const since = query.since ?? EARLIEST;
  const began = performance.now();
  const hits: Hit[] = [];
  const first = await start(db, since, query.until, before);
  let isRare = indexed !== undefined;
  let below = first;
  for (let look = 0; first && below && below.at >= since && hits.length < limit; look++) {
    const isLong = look >= WALKS.length;
    if (isLong && performance.now() - began > patience) return { hits, reached: below };
    const wanted = { match, since, below, limit: limit - hits.length };
    const length = Math.min(LONGEST, Math.max(SHORTEST, (Number(first.at) - Number(below.at)) * GROWTH));
    const few = isLong && isRare && indexed ? await search(db, { ...wanted, indexed, length }) : undefined;
    if (isLong && !few) isRare = false;
    const found = few ?? (await walk(db, { ...wanted, rows: Math.max(WALKS[look] ?? WALK, limit) }));
    hits.push(...found.hits);
    below = found.next;
  }
  return { hits };
}

const EARLIEST = new Date(0);

/** Just above the newest event that may be on the page; undefined when there is none. */
async function start(
  db: Kysely<Tables>,
  since: Date,
  until: Date | undefined,
  before: AuditPage['before'],
): Promise<Place | undefined> {
  const given = before && !(until && until <= before.at) ? { at: before.at, seq: String(before.seq) } : undefined;
  if (given) return given;
  const { rows } = await sql<Place>`
    select at, seq + 1 as seq from audit_event where ${notBefore(since)}${until ? sql` and at < ${until}` : sql``}
    order by at desc, audit_event.seq desc limit 1`.execute(db);
  return rows[0];
}

/** What happened since then arrived since then, give or take a clock: older partitions are not looked into. */
const notBefore = (at: Date): RawBuilder<unknown> => sql`at >= ${at} and arrived >= ${plus(at, -DAY)}`;

interface Wanted {
  match: RawBuilder<unknown>;
  since: Date;
  below: Place;
  limit: number;
}

/** What was found, and below what to look next; undefined at the end. */
interface Looked {
  hits: Hit[];
  next: Place | undefined;
}

/** Looks at so many rows in order of time. */
async function walk(db: Kysely<Tables>, { match, since, below, rows: most, limit }: Wanted & { rows: number }): Promise<Looked> {
  const { rows } = await sql<Hit & { hit: boolean; place: number }>`
    with walked as materialized (
      select at, seq, arrived, (${match}) as hit, row_number() over (order by at desc, seq desc)::int as place
      from audit_event where ${notBefore(since)} and (at, seq) < (${below.at}, ${below.seq})
      order by at desc, seq desc limit ${most}
    )
    (select at, seq, arrived, hit, place from walked where hit order by place limit ${limit})
    union
    (select at, seq, arrived, hit, place from walked where place = ${most})
    order by place`.execute(db);
  return { hits: rows.filter((row) => row.hit).slice(0, limit), next: rows.find((row) => row.place === most) };
}

/**
 * All matches of a stretch of time, by index; undefined where too many rows fit what the index knows. The rows are planned for as if
 * all were wanted: with a limit before its eyes the planner would rather walk, and walk for long.
 */
async function search(
  db: Kysely<Tables>,
  { match, indexed, since, below, length, limit }: Wanted & { indexed: RawBuilder<unknown>; length: number },
): Promise<Looked | undefined> {
  const from = new Date(Math.max(Number(since), Number(below.at) - length));
  const { rows } = await sql<{
    looked: number;
    at: Date | null;
    seq: string;
    arrived: Date;
    older_at: Date | null;
    older_seq: string;
  }>`
    with fitting as materialized (
      select at, seq, arrived, (${match}) as hit from audit_event
      where ${indexed} and ${notBefore(from)} and (at, seq) < (${below.at}, ${below.seq})
    ),
    few as materialized (select * from fitting limit ${FEW})
    select looked, hits.at, hits.seq, hits.arrived, older.at as older_at, older.seq + 1 as older_seq
    from (select count(*)::int as looked from few) counted
    left join (select at, seq, arrived from few where hit order by at desc, seq desc limit ${limit}) hits on true
    left join (
      select at, seq from audit_event where ${notBefore(since)} and at < ${from} order by at desc, seq desc limit 1
    ) older on true
    order by hits.at desc, hits.seq desc`.execute(db);
  const [first] = rows;
  if (!first || first.looked >= FEW) return undefined;
  const hits = rows.flatMap(({ at, seq, arrived }) => (at ? [{ at, seq, arrived }] : []));
  // Years may pass in which nothing happened.
  return { hits, next: first.older_at ? { at: first.older_at, seq: first.older_seq } : undefined };
}
