import { type Kysely, sql } from 'kysely';

/** Whose turn it is at what only one process may do at a time, e.g. Discord's gateway; until when is told by the clock of the database. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table turn (name text primary key, holder text not null, until timestamptz not null)`.execute(db);
}
