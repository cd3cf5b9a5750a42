import { type Kysely, type Selectable, sql } from 'kysely';
import type { Delivery, ForwardOverview, ForwardState, ForwardStore } from '../core/ports/forwards.ts';
import type { Tables } from './tables.ts';

/** Counting what nobody has looked at yet ends here: more is "1,000 or more". */
const MOST_BEHIND = 1_000;

export const forwardStore = (db: Kysely<Tables>): ForwardStore => ({
  async begin(names, seq) {
    if (names.length === 0) return;
    const rows = names.map((name) => ({ name, seq }));
    await db
      .insertInto('forward')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },

  async state(name) {
    const row = await db.selectFrom('forward').selectAll().where('name', '=', name).executeTakeFirst();
    return row && stateOf(row);
  },

  async advance(name, from, to) {
    await db.updateTable('forward').set({ seq: to }).where('name', '=', name).where('seq', '=', String(from)).execute();
  },

  async mark(name, { failures, pausedUntil, deliveredAt }) {
    const set = { failures, paused_until: pausedUntil, delivered_at: deliveredAt };
    await db.updateTable('forward').set(set).where('name', '=', name).execute();
  },

  async due(name, now, limit) {
    const rows = await db
      .selectFrom('forward_delivery')
      .selectAll()
      .where('forward', '=', name)
      .where('state', '=', 'due')
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .orderBy('seq')
      .limit(limit)
      .execute();
    return rows.map(deliveryOf);
  },

  async nextDue(name) {
    const { rows } = await sql<{ due: Date | null }>`
      select min(due_at) as due from forward_delivery where forward = ${name} and state = 'due'`.execute(db);
    return rows[0]?.due ?? undefined;
  },

  async save(name, deliveries) {
    if (deliveries.length === 0) return;
    const rows = deliveries.map(({ seq, state, attempts, firstTried, tried, dueAt, error }) => ({
      ...{ forward: name, seq, state, attempts, tried, error },
      first_tried: firstTried,
      due_at: dueAt,
    }));
    await db
      .insertInto('forward_delivery')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['forward', 'seq']).doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          attempts: eb.ref('excluded.attempts'),
          first_tried: eb.ref('excluded.first_tried'),
          tried: eb.ref('excluded.tried'),
          due_at: eb.ref('excluded.due_at'),
          error: eb.ref('excluded.error'),
        })),
      )
      .execute();
  },

  async remove(name, seqs) {
    if (seqs.length === 0) return;
    await db.deleteFrom('forward_delivery').where('forward', '=', name).where('seq', 'in', seqs.map(String)).execute();
  },

  async hasten(name, now) {
    await sql`update forward_delivery set due_at = ${now} where forward = ${name} and state = 'due' and due_at > ${now}`.execute(
      db,
    );
  },

  async revive(name, now) {
    const gone = await sql`
      delete from forward_delivery d where forward = ${name} and state = 'dead'
        and not exists (select from audit_event e where e.seq = d.seq)`.execute(db);
    const due = await sql`
      update forward_delivery set state = 'due', attempts = 0, first_tried = ${now}, due_at = ${now}
      where forward = ${name} and state = 'dead'`.execute(db);
    return { due: Number(due.numAffectedRows ?? 0), gone: Number(gone.numAffectedRows ?? 0) };
  },

  async setTold(name, told) {
    await db.updateTable('forward').set({ told }).where('name', '=', name).execute();
  },

  async overview(names) {
    const { rows } = await sql<OverviewRow>`
      select f.*, d.*, (select count(*)::int from (select from audit_event e where e.seq > f.seq limit ${MOST_BEHIND}) later) as behind
      from forward f, lateral (
        select count(*) filter (where state = 'due')::int as waiting, count(*) filter (where state = 'dead')::int as dead,
          min(first_tried) as since, (array_agg(error order by tried desc, seq desc))[1] as error
        from forward_delivery where forward = f.name
      ) d
      where f.name = any(${names}) order by f.name`.execute(db);
    return rows.map(
      ({ name, waiting, dead, behind, since, error, ...row }): ForwardOverview => ({
        ...{ name, waiting, dead, behind, since, error },
        ...stateOf(row),
      }),
    );
  },
});

type OverviewRow = Selectable<Tables['forward']> & Pick<ForwardOverview, 'waiting' | 'dead' | 'behind' | 'since' | 'error'>;

const stateOf = (row: Omit<Selectable<Tables['forward']>, 'name'>): ForwardState => ({
  seq: Number(row.seq),
  failures: row.failures,
  pausedUntil: row.paused_until,
  deliveredAt: row.delivered_at,
  told: row.told,
});

const deliveryOf = (row: Selectable<Tables['forward_delivery']>): Delivery => ({
  seq: Number(row.seq),
  state: row.state as Delivery['state'],
  attempts: row.attempts,
  firstTried: row.first_tried,
  tried: row.tried,
  dueAt: row.due_at,
  error: row.error,
});

/**
 * Before months of the trail are dropped: whoever has not come so far yet keeps a dead letter that says so, one for all the events
 * it missed.
 */
export async function noteDropped(db: Kysely<Tables>, before: Date, now: Date): Promise<void> {
  await sql`
    insert into forward_delivery (forward, seq, state, attempts, first_tried, tried, due_at, error)
    select f.name, lost.first, 'dead', 0, ${now}, ${now}, ${now},
      'The trail dropped ' || case lost.n when 1 then 'this change' else lost.n || ' changes from this one on' end
        || ' for its age, before it could be sent.'
    from forward f, lateral (
      select min(e.seq) as first, count(*) as n from audit_event e where e.seq > f.seq and e.arrived < ${before}
    ) lost
    where lost.n > 0
    on conflict do nothing`.execute(db);
}
