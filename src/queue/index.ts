import { createHash } from 'node:crypto';
import { createBullJobs } from './bullmq.ts';
import type { QueueParts } from './drain.ts';
import { createLoop, type RunningJobs } from './loop.ts';
import { onPostgres } from './postgres.ts';
import { onRedis } from './redis.ts';

/** Redis where there is one; else the PostgreSQL that is there anyway; embedded, timers of our own (decision 0005). */
export function createJobs(
  parts: QueueParts & { config: { redisUrl: string | undefined; databaseUrl: string | undefined } },
): RunningJobs {
  const { redisUrl, databaseUrl } = parts.config;
  if (redisUrl) return createBullJobs({ ...parts, connection: onRedis(redisUrl, queueName(databaseUrl)) });
  if (databaseUrl) return createBullJobs({ ...parts, connection: onPostgres(databaseUrl) });
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
