import { type Kysely, sql } from 'kysely';

/**
 * Long work that a process is at (and says so again before `until`), and whether a channel was greeted. Channels of before that are
 * open count as greeted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = `
    create table long_work (id text primary key, place jsonb not null, until timestamptz not null);
    alter table channel add column greeted boolean not null default false;
    update channel set greeted = true where closed is null;
  `;
  for (const statement of statements.split(';')) if (statement.trim()) await sql.raw(statement).execute(db);
}
