import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface OwnDatabase {
  url: string;
  /** Asks it directly, over a connection of its own. */
  query<R extends pg.QueryResultRow>(sql: string, parameters?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

/** A fresh, empty database on this server. */
export async function ownDatabase(server = SERVER): Promise<OwnDatabase> {
  const name = `pipewarden_bench_${randomBytes(6).toString('hex')}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql, parameters) => once(url.href, sql, parameters),
    drop: () => drop(server, name),
  };
}

/** Runs `work` on a database of its own, which is dropped afterwards; says so and returns nothing where PostgreSQL does not answer. */
export async function onPostgres<T>(name: string, work: (url: string) => Promise<T[]>): Promise<T[]> {
  let database: OwnDatabase;
  try {
    database = await ownDatabase();
  } catch (error) {
    console.warn(`SKIPPED ${name}: no database on PostgreSQL (${(error as Error).message}). Set TEST_DATABASE_URL.`);
    return [];
  }
  try {
    return await work(database.url);
  } finally {
    await database.drop();
  }
}

/** Free bytes where a PostgreSQL on this machine keeps its data. */
export async function freeBytes(): Promise<number> {
  const [row] = await once<{ data_directory: string }>(SERVER, 'show data_directory');
  const { bavail, bsize } = await statfs(row?.data_directory ?? '/');
  return bavail * bsize;
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pipewarden-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sessions that ended are still saying goodbye for a moment: force would kill them, and fail whoever listens. Later it frees us of what is stuck. */
async function drop(server: string, name: string): Promise<void> {
  for (let attempt = 1; attempt <= 50; attempt++) {
    try {
      await once(server, `drop database ${name}`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006') throw error;
      await setTimeout(100);
    }
  }
  await once(server, `drop database if exists ${name} with (force)`);
}

async function once<R extends pg.QueryResultRow>(url: string, sql: string, parameters: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    return (await client.query<R>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}
