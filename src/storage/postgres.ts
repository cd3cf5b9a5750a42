import pg from 'pg';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import { type OpenDatabase, openOn } from './database.ts';
import { createNotices, toldToAll } from './notices.ts';
import { createTurns } from './turns.ts';

const CONNECTIONS = 10;
/** A caller waits so long for a free connection, and for the server to answer at all. */
const CONNECT_WITHIN = 10_000;
/** No statement of ours takes longer; one that does is stuck. The server ends it, or we do when the server is out of reach. */
const STATEMENT_WITHIN = 30_000;
const ANSWER_WITHIN = STATEMENT_WITHIN + 5_000;

/** PostgreSQL 15 or later, by URL. It may say `connect_timeout` (seconds), `statement_timeout` and `query_timeout` (ms) itself. */
export async function openPostgres(url: string, clock: Clock, log: Log): Promise<OpenDatabase> {
  const connecting = {
    connectionTimeoutMillis: Number(new URL(url).searchParams.get('connect_timeout')) * 1_000 || CONNECT_WITHIN,
    keepAlive: true,
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    ...connecting,
    statement_timeout: STATEMENT_WITHIN,
    query_timeout: ANSWER_WITHIN,
    application_name: 'pipewarden',
  });
  // An idle connection that the server closes; the pool opens another when one is needed.
  pool.on('error', (error) => log.warn({ error: String(error) }, 'a database connection was lost'));
  // One in use: whoever uses it gets the error with his statement. Unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const notices = createNotices(pool, () => new pg.Client({ connectionString: url, ...connecting }), log);
  try {
    await checkVersion(pool);
    const database = await openOn(pool, clock);
    return {
      ...database,
      consoleLog: toldToAll(database.consoleLog, notices),
      turns: createTurns(database.kysely, notices),
      async close() {
        await notices.close();
        await database.close();
      },
    };
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
