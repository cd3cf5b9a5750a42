import { createPostgresBackend, type PgPool, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';
import { type BullConnection, queueOptions, workerOptions } from './connection.ts';

const bull = withBackend(createPostgresBackend);

/** BullMQ on its own tables, in the schema `bullmq` of this database, over connections of its own. */
export function onPostgres(url: string, name = 'jobs'): BullConnection {
  const host = new URL(url).host;
  const pool = new pg.Pool({
    connectionString: url,
    // One listens for wakes as long as the worker lives.
    max: 4,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    options: '-c search_path=bullmq',
  });
  return onPool(pool as unknown as PgPool, `PostgreSQL at ${host}`, name, () => pool.end());
}

/** BullMQ in the embedded database. The session is everyone's, so its search path has both schemas, ours first. */
export function onPglite(pool: PgPool, name = 'jobs'): BullConnection {
  return onPool(pool, 'the embedded database', name, async () => {}, 'set search_path to public, bullmq');
}

function onPool(pool: PgPool, name: string, queueName: string, end: () => Promise<void>, onceReady?: string): BullConnection {
  pool.on('error', () => {});
  return {
    name,
    async prepare() {
      const client = await pool.connect();
      try {
        await runMigrations(client);
        if (onceReady) await client.query(onceReady);
      } finally {
        client.release();
      }
    },
    isUp: () => true,
    open({ work, concurrency }) {
      return {
        queue: new bull.Queue(queueName, { connection: pool, ...queueOptions }) as never,
        ...(work && { worker: new bull.Worker(queueName, work, { connection: pool, concurrency, ...workerOptions }) as never }),
      };
    },
    close: end,
  };
}
