import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { SealedRow } from '../core/audit/chain.ts';
import type { Tables } from './tables.ts';

/** An event as the chain covers it, and its details as they are stored: null when erased. */
export interface FullEvent {
  row: SealedRow;
  salt: string | null;
  details: string | null;
}

/** In UTC and to the millisecond, as `toISOString` writes it: what the chain covers is a text. */
export const isoOf = (time: string): RawBuilder<unknown> =>
  sql`to_char(${sql.ref(time)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Rows of these texts, by `place` from below. They come as one JSON value: a driver takes longer to read twenty values of a row than it
 * takes to hash the row.
 */
export async function textRows(
  db: Kysely<Tables>,
  place: RawBuilder<unknown>,
  texts: RawBuilder<unknown>,
  from: RawBuilder<unknown>,
): Promise<Text[][]> {
  const { rows } = await sql<{ page: Text[][] | null }>`
    select json_agg(texts order by place) as page from (select ${place} as place, array[${texts}] as texts ${from}) found`.execute(
    db,
  );
  return rows[0]?.page ?? [];
}

type Text = string | null;

/** `which`: a condition on events `e`, with an order and a limit. `details`: what is known of where the details `d` lie. */
export async function fullEvents(
  db: Kysely<Tables>,
  which: RawBuilder<unknown>,
  details: RawBuilder<unknown>,
): Promise<FullEvent[]> {
  const from = sql`from audit_event e left join audit_detail d on d.seq = e.seq and d.arrived = e.arrived ${details} where ${which}`;
  return (await textRows(db, sql`e.seq`, eventTexts, from)).map(fullEvent);
}

const eventTexts = sql`e.seq::text, ${isoOf('e.arrived')}, e.workspace, e.provider, e.event_id, ${isoOf('e.at')},
  e.actor_id, e.actor_type, e.actor_name, e.actor_email, e.action, e.type, e.kind, e.resource_id, e.resource_name, e.via,
  e.same_as::text, encode(e.details_hash, 'hex'), encode(d.salt, 'hex'), d.details`;

function fullEvent(texts: readonly Text[]): FullEvent {
  const [seq, arrived, workspace, provider, id, at, actorId, actorType, actorName, actorEmail, ...more] = texts;
  const [action, type, kind, resourceId, resourceName, via, sameAs, detailsHash, salt = null, details = null] = more;
  const row = {
    seq: Number(seq),
    arrived,
    workspace,
    provider,
    id,
    at,
    actor: { id: actorId, type: actorType, name: actorName, email: actorEmail },
    action,
    type,
    resource: { kind, id: resourceId, name: resourceName },
    via,
    sameAs: sameAs == null ? null : Number(sameAs),
    detailsHash,
  };
  // The columns that are read into it are never null.
  return { row: row as SealedRow, salt, details };
}
