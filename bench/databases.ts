import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Runs `work` on a fresh database of its own, which is dropped afterwards; says so and returns nothing where PostgreSQL does not answer. */
export async function onPostgres<T>(name: string, work: (url: string) => Promise<T[]>): Promise<T[]> {
  const database = `pipewarden_bench_${randomBytes(6).toString('hex')}`;
  try {
    await onServer(`create database ${database}`);
  } catch (error) {
    console.warn(`SKIPPED ${name}: no database on PostgreSQL (${(error as Error).message}). Set TEST_DATABASE_URL.`);
    return [];
  }
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  try {
    return await work(url.href);
  } finally {
    await onServer(`drop database ${database} with (force)`);
  }
}

async function onServer<R extends pg.QueryResultRow>(statement: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    return (await client.query<R>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Free bytes where a PostgreSQL on this machine keeps its data. */
export async function freeBytes(): Promise<number> {
  const [row] = await onServer<{ data_directory: string }>('show data_directory');
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
