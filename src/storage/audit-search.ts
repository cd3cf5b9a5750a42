import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { AuditQuery } from '../core/audit/query.ts';
import { DAY, plus } from '../core/delivery/time.ts';
import type { AuditPage, AuditStore } from '../core/ports/audit.ts';
import { type EventRow, storedEvent } from './audit-row.ts';
import { conditionsOf } from './audit-terms.ts';
import type { Tables } from './tables.ts';

/**
 * What many events match is found soon when one walks back in time; what few match, by the index of words. Nobody knows
 * beforehand which it is, and the planner, that has to guess, may sort millions of rows or walk through all of them. So we walk a
 * little first, then further, and then search by index in stretches of time that grow: each holds few matches, or the one before
 * would have held enough.
 */
const WALKS = [400, 8_000];
/** How much longer each stretch is than all before it. */
const GROWTH = 8;

interface Place {
  at: Date;
  seq: string;
}

export const auditSearching = (db: Kysely<Tables>): Pick<AuditStore, 'search' | 'event' | 'after'> => ({
  async search(query, page) {
    const places = await find(db, query, page);
    if (places.length === 0) return [];
    const { rows } = await sql<EventRow>`${columns}
      where e.seq = any(${places.map(({ seq }) => seq)}::bigint[]) order by e.at desc, e.seq desc`.execute(db);
    return rows.map(storedEvent);
  },

  async event(seq) {
    const { rows } = await sql<EventRow>`${columns} where e.seq = ${seq}`.execute(db);
    return rows.map(storedEvent)[0];
  },

  async after(seq, limit) {
    const { rows } = await sql<EventRow>`${columns} where e.seq > ${seq} order by e.seq limit ${limit}`.execute(db);
    return rows.map(storedEvent);
  },
});

const columns = sql`select e.seq, e.arrived, e.workspace, e.provider, e.event_id, e.at, e.actor_id, e.actor_type, e.actor_name, e.actor_email,
  e.action, e.type, e.kind, e.resource_id, e.resource_name, e.via, e.same_as, d.details
  from audit_event e left join audit_detail d on d.seq = e.seq and d.arrived = e.arrived`;

/** Where the page's events lie, newest first. */
async function find(
  db: Kysely<Tables>,
  query: AuditQuery & { workspace?: string },
  { limit, before }: AuditPage,
): Promise<Place[]> {
  const match = sql`same_as is null${sql.join(
    conditionsOf(query).map((condition) => sql` and ${condition}`),
    sql``,
  )}`;
  const since = query.since ?? EARLIEST;
  const found: Place[] = [];
  let below = await start(db, since, query.until, before);
  const first = below;
  for (const rows of WALKS) {
    if (!below) return found;
    const { hits, last } = await walk(db, { match, since, below, rows, limit: limit - found.length });
    found.push(...hits);
    if (found.length >= limit) return found;
    below = last;
  }
  while (below && first && below.at >= since) {
    const length: number = Math.max(SHORTEST, (Number(first.at) - Number(below.at)) * GROWTH);
    const from: Date = new Date(Math.max(Number(since), Number(below.at) - length));
    const hits = await search(db, { match, from, below, limit: limit - found.length });
    found.push(...hits);
    if (found.length >= limit || from <= since) return found;
    below = { at: from, seq: '0' };
    // Nothing is as old as that: the rest is empty.
    if (!(await hasOlder(db, below))) return found;
  }
  return found;
}

const EARLIEST = new Date(0);
const SHORTEST = 60 * 60_000;

/** Just above the newest event that may be on the page; undefined when there is none. */
async function start(
  db: Kysely<Tables>,
  since: Date,
  until: Date | undefined,
  before: AuditPage['before'],
): Promise<Place | undefined> {
  const given = before && !(until && until <= before.at) ? { at: before.at, seq: String(before.seq) } : undefined;
  if (given) return given;
  if (until) return { at: until, seq: '0' };
  const { rows } =
    await sql<Place>`select at, seq from audit_event where ${notBefore(since)} order by at desc, seq desc limit 1`.execute(db);
  return rows[0] && { at: rows[0].at, seq: String(BigInt(rows[0].seq) + 1n) };
}

/** What happened since then arrived since then, give or take a clock: older partitions are not looked into. */
const notBefore = (at: Date): RawBuilder<unknown> => sql`at >= ${at} and arrived >= ${plus(at, -DAY)}`;

interface Stretch {
  match: RawBuilder<unknown>;
  below: Place;
  limit: number;
}

/** Looks at so many rows in order of time. `last`: where the next one begins; undefined at the end. */
async function walk(
  db: Kysely<Tables>,
  { match, since, below, rows: most, limit }: Stretch & { since: Date; rows: number },
): Promise<{ hits: Place[]; last: Place | undefined }> {
  const { rows } = await sql<Place & { hit: boolean; place: number }>`
    with walked as materialized (
      select at, seq, (${match}) as hit, row_number() over (order by at desc, seq desc)::int as place
      from audit_event where ${notBefore(since)} and (at, seq) < (${below.at}, ${below.seq})
      order by at desc, seq desc limit ${most}
    )
    (select at, seq, hit, place from walked where hit order by place limit ${limit})
    union
    (select at, seq, hit, place from walked where place = ${most})
    order by place`.execute(db);
  return { hits: rows.filter((row) => row.hit).slice(0, limit), last: rows.find((row) => row.place === most) };
}

/** All matches of a stretch of time are found, by index, before they are sorted. */
async function search(db: Kysely<Tables>, { match, from, below, limit }: Stretch & { from: Date }): Promise<Place[]> {
  const { rows } = await sql<Place>`
    with found as materialized (
      select at, seq from audit_event where ${match} and ${notBefore(from)} and (at, seq) < (${below.at}, ${below.seq})
    )
    select at, seq from found order by at desc, seq desc limit ${limit}`.execute(db);
  return rows;
}

async function hasOlder(db: Kysely<Tables>, { at }: Place): Promise<boolean> {
  const { rows } = await sql`select from audit_event where at < ${at} order by at desc limit 1`.execute(db);
  return rows.length > 0;
}
