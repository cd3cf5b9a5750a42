import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { type BullConnection, queueOptions, workerOptions } from './connection.ts';

/** Waits this long for the first answer at the start; then work begins without. */
const FIRST_ANSWER = 3_000;

/**
 * BullMQ on Redis, with a connection that fails fast for those who wake and connections that wait for those who work. The
 * prefix is a hash tag, so that all keys of the queue lie in one slot of a cluster.
 */
export function onRedis(url: string, name: string): BullConnection {
  const prefix = `{${name}}`;
  let closing = false;
  const retryStrategy = (times: number) => (closing ? null : Math.min(200 * times, 2_000));
  const open: Redis[] = [];
  let warn: (problem: string) => void = () => {};

  function connect(options: RedisOptions): Redis {
    const redis = new Redis(url, { retryStrategy, connectTimeout: 2_000, ...options });
    // BullMQ listens too, but only between its own open and close.
    redis.on('error', () => {});
    open.push(redis);
    return redis;
  }

  // commandTimeout: a server that stopped answering holds nobody up.
  const producer = () => connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000 });
  let sender: Redis | undefined;

  return {
    name: `Redis at ${hostOf(url)}`,

    async prepare(tell) {
      warn = tell;
      sender = producer();
      const problem = await firstAnswer(sender);
      if (problem) {
        warn(`does not answer: ${problem}`);
        // Looked at as soon as it does; too late to refuse the start.
        sender.once('ready', () => void evictionProblem(sender as Redis).then((found) => found && warn(found.text)));
        return;
      }
      const found = await evictionProblem(sender);
      if (found?.refuse) throw new Error(`Redis at ${hostOf(url)} ${found.text}`);
      if (found) warn(found.text);
    },

    isUp: () => sender?.status === 'ready',

    open({ work, concurrency }) {
      if (!sender || sender.status === 'end') sender = producer();
      const queue = new Queue('jobs', { connection: sender, prefix, ...queueOptions });
      if (!work) return { queue };
      // A blocking read takes up to 10 s; no answer for twice as long means that the other end is gone.
      const waiting = connect({ maxRetriesPerRequest: null, socketTimeout: 20_000, keepAlive: 10_000 });
      return { queue, worker: new Worker('jobs', work, { connection: waiting, prefix, concurrency, ...workerOptions }) };
    },

    async close() {
      closing = true;
      for (const redis of open.splice(0)) redis.disconnect();
    },
  };
}

const hostOf = (url: string): string => new URL(url).host;

/** Undefined once it is ready, else what stood in the way first. */
function firstAnswer(redis: Redis): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(`nothing within ${FIRST_ANSWER / 1_000} s`), FIRST_ANSWER);
    const done = (problem?: string) => {
      clearTimeout(timer);
      redis.off('ready', ready);
      redis.off('error', failed);
      resolve(problem);
    };
    const ready = () => done();
    const failed = (error: Error) => done(error.message);
    redis.once('ready', ready);
    redis.once('error', failed);
  });
}

/** A server that evicts keys loses wakes and the sweeper. INFO says it also where CONFIG is forbidden. */
async function evictionProblem(redis: Redis): Promise<{ refuse: boolean; text: string } | undefined> {
  const info = await redis.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy === 'noeviction') return undefined;
  if (policy === undefined) {
    return { refuse: false, text: 'does not tell its maxmemory-policy. It must be noeviction, or jobs are forgotten.' };
  }
  return {
    refuse: true,
    text: `may evict keys (maxmemory-policy ${policy}), and jobs with them. Set it to noeviction: CONFIG SET maxmemory-policy noeviction, and in redis.conf.`,
  };
}
