import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Clock } from '../../src/core/ports/clock.ts';
import { createBullJobs, type Timing } from '../../src/queue/bullmq.ts';
import type { BullConnection } from '../../src/queue/connection.ts';
import type { QueueParts } from '../../src/queue/drain.ts';
import { createLoop, type RunningJobs } from '../../src/queue/loop.ts';
import { onPglite, onPostgres } from '../../src/queue/postgres.ts';
import { onRedis } from '../../src/queue/redis.ts';
import type { PglitePool } from '../../src/storage/pglite-pool.ts';
import type { Backend } from '../support/backends.ts';

/** What decides when to look for due rows. */
export interface Engine {
  name: string;
  /** Lives by the clock it is given; BullMQ reads the system's. */
  virtual: boolean;
  /** Jobs of one process more on the queue of this name. */
  create(parts: QueueParts, queue: string, timing?: Timing): RunningJobs;
  /** Removes what the queue left behind. */
  forget(queue: string): Promise<void>;
}

export const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

export const loopEngine: Engine = { name: 'loop', virtual: true, create: createLoop, forget: async () => {} };

/** So rare that a test does not see them: what happens in time did not wait for a sweep. */
export const rareSweeps: Timing = { sweep: 60_000, silence: 120_000, watch: 5_000 };

/** So often that a test can wait for them. */
export const briskSweeps: Timing = { sweep: 500, silence: 1_000, watch: 100 };

const bull = (name: string, connect: (queue: string) => BullConnection, forget: Engine['forget'] = async () => {}): Engine => ({
  name,
  virtual: false,
  create: (parts, queue, timing = rareSweeps) => createBullJobs({ ...parts, connection: connect(queue), timing }),
  forget,
});

export const redisEngine = (url = REDIS): Engine => bull('BullMQ on Redis', (queue) => onRedis(url, queue), removeKeys);

/** The other engine of a backend: BullMQ in the database itself. */
export function databaseEngine(backend: Backend): Engine {
  if (backend.name === 'PGlite') {
    return bull('BullMQ on PGlite', (queue) => onPglite(backend.pool() as PglitePool as never, queue));
  }
  const url = () => (backend.pool() as unknown as { options: { connectionString: string } }).options.connectionString;
  return bull('BullMQ on PostgreSQL', (queue) => onPostgres(url(), queue));
}

export const freshName = (): string => `test-${randomBytes(6).toString('hex')}`;

/** Whether Redis answers. With CI=true it has to. */
export async function redisAnswers(): Promise<boolean> {
  const redis = new Redis(REDIS, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 3_000 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.quit();
    return true;
  } catch (error) {
    const { host } = new URL(REDIS);
    if (process.env.CI === 'true') throw new Error(`Redis does not answer at ${host}, and CI=true: ${error}`);
    console.warn(`SKIPPED: Redis does not answer at ${host}. Set TEST_REDIS_URL to test on it.`);
    return false;
  }
}

/** Every key of this queue and no other: the server is shared. */
export async function removeKeys(queue: string): Promise<void> {
  const redis = new Redis(REDIS);
  const keys = await redis.keys(`{${queue}}*`);
  if (keys.length > 0) await redis.del(keys);
  await redis.quit();
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
