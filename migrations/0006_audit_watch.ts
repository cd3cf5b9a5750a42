import { type Kysely, sql } from 'kysely';

/**
 * Searches whose future events are posted (watches), up to where events were told, the messages that may still grow (batches), and
 * searches by name. `same` is a hash of what a watch looks for: a channel watches it once. `held` are batches of a channel in which
 * nothing can be posted for now.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = `
    create table audit_watch (
      id text primary key, address text not null, same text not null, place jsonb not null, query text not null,
      after_seq bigint not null, by_name text not null, by_account text not null, at timestamptz not null,
      unique (address, same)
    );
    create table audit_watch_cursor (id boolean primary key default true check (id), seq bigint not null);
    create table audit_watch_batch (
      id text primary key, address text not null, held boolean not null,
      started_at timestamptz not null, last_at timestamptz not null, batch jsonb not null
    );
    create index audit_watch_batch_recent on audit_watch_batch (address, last_at);
    create table audit_saved (
      scope text not null, name text not null, query text not null, by_name text not null, at timestamptz not null,
      primary key (scope, name)
    );
  `;
  for (const statement of statements.split(';')) if (statement.trim()) await sql.raw(statement).execute(db);
}
