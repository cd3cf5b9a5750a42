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
  if (redisUrl) return createBullJobs({ ...parts, connection: onRedis(redisUrl) });
  if (databaseUrl) return createBullJobs({ ...parts, connection: onPostgres(databaseUrl) });
  return createLoop(parts);
}
