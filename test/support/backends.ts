import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { type Kysely, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Clock } from '../../src/core/ports/clock.ts';
import { type OpenDatabase, openOn } from '../../src/storage/database.ts';
import { pglitePool } from '../../src/storage/pglite-pool.ts';
import type { Tables } from '../../src/storage/tables.ts';

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

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Where PostgreSQL answers; undefined when it does not. */
export async function postgresUrl(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
  try {
    await client.connect();
    await client.end();
    return SERVER;
  } catch (error) {
    if (process.env.CI === 'true')
      throw new Error(`PostgreSQL does not answer at ${withoutPassword(SERVER)}, and CI=true: ${error}`);
    console.warn(`SKIPPED: PostgreSQL does not answer at ${withoutPassword(SERVER)}. Set TEST_DATABASE_URL to test on it.`);
    return undefined;
  }
}

const withoutPassword = (url: string): string => url.replace(/:[^:@/]*@/, '@');

/** Describes the same tests for each engine. Opening an engine costs seconds, so a file has one of each. */
export async function onEachBackend(define: (backend: Backend) => void): Promise<void> {
  onBackend('PGlite', false, embedded, define);
  await onPostgres(define);
}

/** PostgreSQL alone, for what only a server shows. */
export async function onPostgres(define: (backend: Backend) => void): Promise<void> {
  if (await postgresUrl()) onBackend('PostgreSQL', true, () => ownDatabase(SERVER), define);
  else describe('PostgreSQL', () => test.skip('does not answer', () => {}));
}

/** PGlite alone, for what does not depend on the engine. */
export const onPglite = (define: (backend: Backend) => void): void => onBackend('PGlite', false, embedded, define);

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

/** A new, empty database of PGlite costs 3 s; a copy of one costs half a second. Kept by PGlite's version, with its modules. */
async function emptyPglite(): Promise<PGlite> {
  const { version } = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  const kept = `node_modules/.cache/pglite-${version}.tar`;
  if (existsSync(kept)) return PGlite.create({ loadDataDir: new Blob([readFileSync(kept)]) });
  const pglite = await PGlite.create();
  const copy = Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer());
  mkdirSync('node_modules/.cache', { recursive: true });
  // In one step, since other test files look for it meanwhile.
  const own = `${kept}.${process.pid}`;
  writeFileSync(own, copy);
  renameSync(own, kept);
  return pglite;
}

async function embedded(): Promise<Engine> {
  const pglite = await emptyPglite();
  return { pool: pglitePool(pglite), close: () => pglite.close() };
}

/** A new, empty database beside the others of this server. */
export async function emptyDatabase(server = SERVER): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `pipewarden_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `create database ${name}`);
  return { url: url.href, drop: () => dropDatabase(server, name) };
}

async function ownDatabase(server: string): Promise<Engine> {
  const { url, drop } = await emptyDatabase(server);
  const pool = new pg.Pool({ connectionString: url, max: 5, options: '-c synchronous_commit=off' });
  return {
    pool: pool as unknown as PostgresPool,
    async close() {
      await pool.end();
      await drop();
    },
  };
}

/** Sessions of a pool that has ended are still saying goodbye: dropping by force would kill them, and fail whoever listens. */
async function dropDatabase(server: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onServer(server, `drop database ${name}`);
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt > 200) throw error;
    }
  }
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
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
