import { join } from 'node:path';
import { readConfig } from '../config/env.ts';
import { openEmbedded } from '../storage/database.ts';
import { moveAll } from '../storage/move.ts';
import { openPostgres } from '../storage/postgres.ts';
import { processLog, systemClock } from './system.ts';

/** `pipewarden move --to URL`: a laptop's data into an empty PostgreSQL database. The folder is left as it is. */
export async function move(args: readonly string[]): Promise<void> {
  const url = args[args.indexOf('--to') + 1];
  if (!args.includes('--to') || !url)
    throw new Error('Say where to: pipewarden move --to postgres://user:password@host/database');
  const config = readConfig({ ...process.env, DATABASE_URL: undefined });
  const log = processLog(config.logLevel);
  const source = await openEmbedded(config.dataDir, systemClock);
  try {
    const target = await openPostgres(url, systemClock, log);
    try {
      await moveAll(source.kysely, target.kysely, (line) => console.log(line));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  // What is sealed in the database opens with the key it was sealed with.
  const key = config.secretKey ? 'the same SECRET_KEY' : `SECRET_KEY set to what stands in ${join(config.dataDir, 'secret-key')}`;
  console.log(`Moved. Start with DATABASE_URL set to that address and ${key} from now on; the folder is as it was.`);
}
