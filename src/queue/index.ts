import { createHash } from 'node:crypto';
import type { QueueParts } from './drain.ts';
import { createLoop, type RunningJobs } from './loop.ts';

/**
 * Redis where there is one; else the PostgreSQL that is there anyway; embedded, timers of our own (decision 0005). Libraries are
 * loaded where they are used: they take time and memory.
 */
export async function createJobs(
  parts: QueueParts & { config: { redisUrl: string | undefined; databaseUrl: string | undefined } },
): Promise<RunningJobs> {
  const { redisUrl, databaseUrl } = parts.config;
  if (redisUrl) {
    const [{ createBullJobs }, { onRedis }] = await Promise.all([import('./bullmq.ts'), import('./redis.ts')]);
    return createBullJobs({ ...parts, connection: onRedis(redisUrl, queueName(databaseUrl)) });
  }
  if (databaseUrl) {
    const [{ createBullJobs }, { onPostgres }] = await Promise.all([import('./bullmq.ts'), import('./postgres.ts')]);
    return createBullJobs({ ...parts, connection: onPostgres(databaseUrl) });
  }
  return createLoop(parts);
}

/**
 * Whose jobs these are: installations with a database each may share a Redis without taking each other's. The name of the database
 * and of its host tell them apart; the password may change.
 */
export function queueName(databaseUrl: string | undefined): string {
  if (databaseUrl === undefined) return 'pipewarden';
  const { host, pathname } = new URL(databaseUrl);
  return `pipewarden-${createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 12)}`;
}
