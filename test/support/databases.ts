import { randomBytes } from 'node:crypto';
import pg from 'pg';

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export interface NewDatabase {
  url: string;
  drop(): Promise<void>;
}

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

/** A new database beside the others of this server: empty, or a copy of `template`. */
export async function emptyDatabase(server = SERVER, template?: string): Promise<NewDatabase> {
  const name = `pipewarden_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `create database ${name}${template ? ` template ${template}` : ''}`);
  return { url: url.href, drop: () => dropDatabase(server, name) };
}

/** One with the schema in it and nothing else, a copy of what `made.ts` made for this run. */
export const madeDatabase = (): Promise<NewDatabase> => emptyDatabase(SERVER, process.env.TEST_MADE_TEMPLATE);

/**
 * Sessions of a pool that has ended are still saying goodbye: dropping by force would kill them, and fail whoever listens. The server waits
 * five seconds for them each time; what is still there after four times is stuck.
 */
async function dropDatabase(server: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onServer(server, `drop database ${name}${attempt > 4 ? ' with (force)' : ''}`);
    } catch (error) {
      if ((error as { code?: string }).code !== '55006') throw error;
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
