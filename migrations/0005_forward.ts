import { type Kysely, sql } from 'kysely';

/**
 * Forwards of audit events: how far each has come, and what it could not deliver. An event without a row was delivered, or not
 * looked at yet.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = `
    create table forward (
      name text primary key, seq bigint not null,
      failures integer not null default 0, paused_until timestamptz, delivered_at timestamptz, told boolean not null default false
    );
    create table forward_delivery (
      forward text not null, seq bigint not null, state text not null, attempts integer not null,
      first_tried timestamptz not null, tried timestamptz not null, due_at timestamptz not null, error text not null,
      primary key (forward, seq)
    );
    create index forward_delivery_due on forward_delivery (forward, due_at) where state = 'due';
  `;
  for (const statement of statements.split(';')) if (statement.trim()) await sql.raw(statement).execute(db);
}
