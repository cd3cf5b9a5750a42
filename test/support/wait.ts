import { sql } from 'kysely';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from './backends.ts';

/** A door that somebody else opens. */
export function gate(): { open(): void; opened: Promise<void> } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Asks again and again until the answer is yes; fails after half a minute, saying what it waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Until so many sessions wait for a lock. On PGlite the second transaction waits in line, which needs no proof here. */
export async function untilBlocked(backend: Backend, database: OpenDatabase, sessions = 1): Promise<void> {
  if (!backend.parallel) return;
  await until(`${sessions} sessions wait for a lock`, async () => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.kysely);
    return (rows[0]?.n ?? 0) >= sessions;
  });
}
