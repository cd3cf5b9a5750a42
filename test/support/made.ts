import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, Migrator, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { pglitePool } from '../../src/storage/pglite-pool.ts';
import { emptyDatabase, postgresUrl } from './databases.ts';

/**
 * Databases with the schema in them and nothing else, made once for a run: making one costs seconds, a copy a fraction of one. An
 * embedded one as a file (`madePglite`) and as a folder (`madeFolder`), one on PostgreSQL (`madeDatabase`).
 */
export async function makeDatabases(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'pipewarden-made-'));
  const [drop] = await Promise.all([makeTemplate(), makeEmbedded(folder)]);
  return async () => {
    await drop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function makeEmbedded(folder: string): Promise<void> {
  const pglite = await emptyPglite();
  await migrate(pglitePool(pglite));
  const tar = await dump(pglite);
  await pglite.close();
  process.env.TEST_MADE_TAR = join(folder, 'made.tar');
  writeFileSync(process.env.TEST_MADE_TAR, tar);
  process.env.TEST_MADE_DATABASE = join(folder, 'pglite');
  await (await PGlite.create(process.env.TEST_MADE_DATABASE, { loadDataDir: new Blob([tar]) })).close();
}

async function makeTemplate(): Promise<() => Promise<void>> {
  // Where it has to answer and does not, each test that needs it says so.
  if (!(await postgresUrl().catch(() => undefined))) return async () => {};
  const { url, drop } = await emptyDatabase();
  await migrate(new pg.Pool({ connectionString: url }));
  process.env.TEST_MADE_TEMPLATE = new URL(url).pathname.slice(1);
  return drop;
}

async function migrate(pool: unknown): Promise<void> {
  const db = new Kysely({ dialect: new PostgresDialect({ pool: pool as PostgresPool }) });
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  await db.destroy();
  if (error) throw error;
}

const dump = async (pglite: PGlite): Promise<Buffer<ArrayBuffer>> =>
  Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer());

const fromFile = (file: string): Promise<PGlite> => PGlite.create({ loadDataDir: new Blob([readFileSync(file)]) });

export function madePglite(): Promise<PGlite> {
  const made = process.env.TEST_MADE_TAR;
  return made ? fromFile(made) : emptyPglite();
}

/** Made of nothing it costs 5 s, read from a file half a second. Kept by PGlite's version, with its modules. */
export async function emptyPglite(): Promise<PGlite> {
  const { version } = JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8'));
  const kept = `node_modules/.cache/pglite-${version}.tar`;
  if (existsSync(kept)) return fromFile(kept);
  const pglite = await PGlite.create();
  mkdirSync('node_modules/.cache', { recursive: true });
  // In one step, since other runs may look for it meanwhile.
  const own = `${kept}.${process.pid}`;
  writeFileSync(own, await dump(pglite));
  renameSync(own, kept);
  return pglite;
}
