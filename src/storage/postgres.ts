import pg from 'pg';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { type OpenDatabase, openOn } from './database.ts';

const CONNECTIONS = 10;
/** A caller waits so long for a free connection, and for the server to answer at all. */
const CONNECT_WITHIN = 10_000;
/** No statement of ours takes longer; one that does is stuck. */
const STATEMENT_WITHIN = 30_000;

/** PostgreSQL 15 or later, by URL. */
export async function openPostgres(url: string, clock: Clock, log: Log): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN,
    statement_timeout: STATEMENT_WITHIN,
    application_name: 'pipewarden',
  });
  // An idle connection that the server closes; the pool opens another when one is needed.
  pool.on('error', (error) => log.warn({ error: String(error) }, 'a database connection was lost'));
  try {
    await checkVersion(pool);
    return await openOn(pool, clock);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function checkVersion(pool: pg.Pool): Promise<void> {
  const { rows } = await pool
    .query<{ version: string }>("select current_setting('server_version_num') as version")
    .catch((error: Error) => {
      throw new Error(
        `PostgreSQL at DATABASE_URL does not answer (${error.message}). Check the address, the password and that it runs.`,
      );
    });
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major < 15) throw new Error(`PostgreSQL ${major} is too old: Pipewarden needs 15 or later.`);
}
