import { queueName } from '../../src/queue/index.ts';
import { REDIS, redisAnswers, removeKeys } from '../contract/jobs-engines.ts';
import type { Settings } from './app.ts';
import { madeDatabase, postgresUrl } from './databases.ts';

/** What the whole application can stand on. */
export interface Engine {
  name: string;
  open(): Promise<{ settings: Partial<Settings>; drop(): Promise<void> }>;
}

const secretKey = Buffer.alloc(32, 7);

/** The embedded one always; PostgreSQL, and Redis with it, where they answer. */
export async function installedEngines(): Promise<Engine[]> {
  const engines: Engine[] = [{ name: 'PGlite', open: async () => ({ settings: {}, drop: async () => {} }) }];
  if (!(await postgresUrl())) return engines;
  const onPostgres = async () => {
    const { url, drop } = await madeDatabase();
    return { settings: { databaseUrl: url, secretKey }, drop };
  };
  engines.push({ name: 'PostgreSQL', open: onPostgres });
  if (!(await redisAnswers())) return engines;
  engines.push({
    name: 'PostgreSQL and Redis',
    open: async () => {
      const { settings, drop } = await onPostgres();
      return {
        settings: { ...settings, redisUrl: REDIS },
        async drop() {
          await drop();
          await removeKeys(queueName(settings.databaseUrl));
        },
      };
    },
  });
  return engines;
}
