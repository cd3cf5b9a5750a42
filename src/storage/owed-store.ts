import { type Kysely, sql } from 'kysely';
import type { Claim, OwedKind } from '../core/ports/jobs.ts';
import type { OwedStore } from '../core/ports/stores.ts';
import type { Tables } from './tables.ts';

interface OwedRow {
  kind: OwedKind;
  key: string;
  attempts: number;
  fence: string;
}

/** `version` counts how often a row was owed again since it was claimed: settling leaves it owed then. */
export const owedStore = (db: Kysely<Tables>): OwedStore => ({
  async owe(rows) {
    if (rows.length === 0) return;
    // Sorted, so that two writers never wait for each other in a circle. A row that nobody has claimed is only locked, not
    // written: whoever claims it later does so after our commit, and sees what we wrote.
    const sorted = [...rows].sort((a, b) => (a.kind + a.key < b.kind + b.key ? -1 : 1));
    await sql`
      insert into owed (kind, key, due_at)
      select * from unnest(${sorted.map((r) => r.kind)}::text[], ${sorted.map((r) => r.key)}::text[], ${sorted.map((r) => r.dueAt)}::timestamptz[])
      on conflict (kind, key) do update set version = owed.version + 1, due_at = least(owed.due_at, excluded.due_at)
      where owed.lease_until is not null or excluded.due_at < owed.due_at`.execute(db);
  },

  async claim({ kind, now, leaseUntil, limit }) {
    const { rows } = await sql<OwedRow>`
      update owed set lease_until = ${leaseUntil}, fence = owed.fence + 1, attempts = owed.attempts + 1, version = 0
      from (
        select kind, key from owed
        where kind = ${kind} and due_at <= ${now} and (lease_until is null or lease_until <= ${now})
        order by due_at, key limit ${limit} for update skip locked
      ) as due
      where owed.kind = due.kind and owed.key = due.key
      returning owed.kind, owed.key, owed.attempts, owed.fence`.execute(db);
    return rows.map(
      (row): Claim => ({
        kind: row.kind,
        key: row.key,
        attempts: row.attempts,
        fence: Number(row.fence),
      }),
    );
  },

  async settle(claims, again) {
    const claimed = sql`unnest(${claims.map((c) => c.kind)}::text[], ${claims.map((c) => c.key)}::text[],
      ${claims.map((c) => c.fence)}::bigint[]) as claimed (kind, key, fence)`;
    const held = sql`owed.kind = claimed.kind and owed.key = claimed.key and owed.fence = claimed.fence`;
    // Locked in the order in which `owe` locks them, so that the two never wait for each other in a circle.
    await sql`select from owed join ${claimed} on ${held} order by owed.kind collate "C", owed.key for update of owed`.execute(
      db,
    );
    if (again) {
      await sql`update owed set lease_until = null, attempts = 0, due_at = ${again}
        from ${claimed} where ${held} and owed.version = 0`.execute(db);
    } else {
      await sql`delete from owed using ${claimed} where ${held} and owed.version = 0`.execute(db);
    }
    // Owed again while we worked: keep the row, free for the next claim.
    await sql`update owed set lease_until = null, attempts = 0 from ${claimed} where ${held}`.execute(db);
  },

  async giveBack(claim, dueAt) {
    await sql`update owed set lease_until = null, due_at = ${dueAt}
      where kind = ${claim.kind} and key = ${claim.key} and fence = ${claim.fence}`.execute(db);
  },

  async backlog(now) {
    const { rows } = await sql<{ kind: OwedKind; rows: number; waitedSeconds: number }>`
      select kind, count(*)::int as rows, extract(epoch from ${now}::timestamptz - min(due_at))::float8 as "waitedSeconds"
      from owed where due_at <= ${now} group by kind`.execute(db);
    return rows;
  },

  async nextDue() {
    const { rows } = await sql<{ due: Date | null }>`select min(greatest(due_at, lease_until)) as due from owed`.execute(db);
    return rows[0]?.due ?? undefined;
  },
});
