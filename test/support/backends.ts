import { type Kysely, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Clock } from '../../src/core/ports/clock.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { pglitePool } from '../../src/storage/pglite-pool.ts';
import type { Tables } from '../../src/storage/tables.ts';
import { emptyDatabase, madeDatabase, postgresUrl } from './databases.ts';
import { emptyPglite, madePglite } from './made.ts';

export { emptyDatabase, postgresUrl } from './databases.ts';

/** An engine with a database of this test file's own. */
export interface Backend {
  name: 'PGlite' | 'PostgreSQL';
  /** Whether transactions really run side by side. PGlite has one session: there they run one after the other. */
  parallel: boolean;
  pool(): PostgresPool;
  /** Opens the database as another process would: nothing is remembered from before. What is stored stays. */
  reopen(clock: Clock): Promise<OpenDatabase>;
  /** Opens it empty. */
  open(clock: Clock): Promise<OpenDatabase>;
}

interface Engine {
  pool: PostgresPool;
  close(): Promise<void>;
}

/** What was asked of an engine, in the words it heard, and what it refused. */
export interface Said {
  statements: { text: string; parameters: readonly unknown[] }[];
  /** Codes of errors, e.g. 40P01 for a deadlock; those that are tried again show nowhere else. */
  errors: string[];
}
export const nothingSaid = (): Said => ({ statements: [], errors: [] });

/** A pool that notes what is asked of it. Closing it leaves the engine open. */
export function recording(pool: PostgresPool, said: Said): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      return {
        ...client,
        query: (async (text: string, parameters: readonly unknown[]) => {
          said.statements.push({ text, parameters });
          try {
            return await client.query(text, parameters);
          } catch (error) {
            said.errors.push(String((error as { code?: string }).code));
            throw error;
          }
        }) as typeof client.query,
        release: () => client.release(),
      };
    },
    end: async () => {},
  } as PostgresPool;
}

/** `bare`: without the schema, which is otherwise there already. */
interface Options {
  bare?: boolean;
}

/** Describes the same tests for each engine. Opening an engine costs time, so a file has one of each. */
export async function onEachBackend(define: (backend: Backend) => void, { bare = false }: Options = {}): Promise<void> {
  onBackend('PGlite', false, () => embedded(bare), define);
  await onPostgres(define, { bare });
}

/** PostgreSQL alone, for what only a server shows. */
export async function onPostgres(define: (backend: Backend) => void, { bare = false }: Options = {}): Promise<void> {
  if (await postgresUrl()) onBackend('PostgreSQL', true, () => ownDatabase(bare), define);
  else describe('PostgreSQL', () => test.skip('does not answer', () => {}));
}

/** PGlite alone, for what does not depend on the engine. */
export const onPglite = (define: (backend: Backend) => void): void => onBackend('PGlite', false, () => embedded(false), define);

function onBackend(
  name: Backend['name'],
  parallel: boolean,
  start: () => Promise<Engine>,
  define: (backend: Backend) => void,
): void {
  describe(name, () => {
    let engine: Engine | undefined;
    const opened: OpenDatabase[] = [];
    const pool = (): PostgresPool => {
      if (!engine) throw new Error(`${name} is not started yet`);
      return engine.pool;
    };
    const reopen = async (clock: Clock) => {
      const { connect } = pool();
      // Closing one database must leave the engine open for the next.
      const database = await openOn({ connect: connect.bind(pool()), end: async () => {} } as PostgresPool, clock);
      opened.push(database);
      return database;
    };
    beforeAll(async () => {
      engine = await start();
    });
    afterAll(async () => {
      for (const database of opened) await database.close();
      await engine?.close();
    });
    define({
      name,
      parallel,
      pool,
      reopen,
      async open(clock) {
        const { kysely } = opened[0] ?? (await reopen(clock));
        await clear(kysely);
        return reopen(clock);
      },
    });
  });
}

/** PGlite in memory, as it is made or empty. */
async function embedded(bare: boolean): Promise<Engine> {
  const pglite = await (bare ? emptyPglite() : madePglite());
  return { pool: pglitePool(pglite), close: () => pglite.close() };
}

async function ownDatabase(bare: boolean): Promise<Engine> {
  const { url, drop } = await (bare ? emptyDatabase() : madeDatabase());
  const pool = new pg.Pool({ connectionString: url, max: 5, options: '-c synchronous_commit=off' });
  return {
    pool: pool as unknown as PostgresPool,
    async close() {
      await pool.end();
      await drop();
    },
  };
}

/** Every table but those the migrations keep for themselves and the days of the partitioned ones. */
export async function tableNames(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname not like 'kysely%'
    order by 1`.execute(db);
  return rows.map((row) => row.name);
}

async function clear(db: Kysely<Tables>): Promise<void> {
  // Ten times as fast as truncate, where there is next to nothing to delete.
  const deletes = (await tableNames(db)).map((name) => `delete from ${name}`);
  const restart = `select setval(oid, 1, false) from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace`;
  // Audit events refuse to be deleted; for the length of this one transaction their triggers sleep.
  const unguarded = `select set_config('session_replication_role', 'replica', true)`;
  await sql.raw([unguarded, ...deletes, restart].join('; ')).execute(db);
}

/** How many rows each table holds: two of these that are equal say that nothing was stored. */
export async function rowCounts(db: Kysely<Tables>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of await tableNames(db)) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(name)}`.execute(db);
    counts[name] = rows[0]?.n ?? 0;
  }
  return counts;
}
