import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface OwnDatabase {
  url: string;
  /** Asks it directly, over a connection of its own. */
  query<R extends pg.QueryResultRow>(sql: string, parameters?: unknown[]): Promise<R[]>;
  drop(): Promise<void>;
}

async function once<R extends pg.QueryResultRow>(url: string, sql: string, parameters: unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** A fresh, empty database on this server. */
export async function ownDatabase(server: string): Promise<OwnDatabase> {
  const name = `pipewarden_fault_${randomBytes(6).toString('hex')}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql, parameters) => once(url.href, sql, parameters),
    async drop() {
      await once(server, `drop database if exists ${name} with (force)`);
    },
  };
}
