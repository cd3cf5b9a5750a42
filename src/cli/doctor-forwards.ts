import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Config } from '../config/env.ts';
import { requireSecrets } from '../config/forward-secrets.ts';
import type { Forward } from '../core/audit/forward.ts';
import { isTroubled, troubleText } from '../core/cards/forwards-card.ts';
import { createWebhooks } from '../hooks/webhooks.ts';
import { forwardStore } from '../storage/forward-store.ts';
import type { Tables } from '../storage/tables.ts';
import { systemClock } from './system.ts';

const WAIT = 10_000;

/** One forward: its secret, its address, and what is not delivered. Nothing is sent. Throws what is wrong, as a sentence. */
export async function lookAtForward(config: Config, forward: Forward): Promise<string> {
  requireSecrets([forward], config.forwardSecrets);
  const webhooks = createWebhooks({ clock: systemClock });
  const refusal = await webhooks.refusal(forward);
  webhooks.stop();
  if (refusal !== undefined) throw new Error(refusal);
  const undelivered = await (config.databaseUrl ? inPostgres(config.databaseUrl, forward.name) : inProcess(config, forward.name));
  const keys = config.forwardSecrets.get(forward.name)?.length === 2 ? ', signed with the new and the old secret' : '';
  return `${new URL(forward.url).host} may be called${keys}, ${undelivered}`;
}

const NONE = 'nothing waits';
const SEE = 'Type /audit forwards.';

async function inPostgres(url: string, name: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: WAIT, max: 1 });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    const [one] = await forwardStore(db).overview([name]);
    if (one && isTroubled(one)) throw new Error(`${troubleText(one)} ${SEE}`);
    return one ? NONE : 'begins with the next start';
  } catch (error) {
    // There are no tables yet.
    if ((error as { code?: string }).code === '42P01') return 'begins with the first start';
    throw error;
  } finally {
    await db.destroy();
  }
}

/** The embedded database belongs to the process that runs: its metrics tell. */
async function inProcess({ host, port }: Config, name: string): Promise<string> {
  const response = await fetch(`http://${host}:${port}/metrics`, { signal: AbortSignal.timeout(WAIT) }).catch(() => undefined);
  if (!response?.ok) return 'what waits is told while Pipewarden runs';
  const text = await response.text();
  const value = (gauge: string) =>
    Number(new RegExp(`^pipewarden_forward_${gauge}\\{forward="${name}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const [waiting, dead] = [value('waiting'), value('dead')];
  if (waiting + dead > 0) throw new Error(`${waiting} changes are tried again, ${dead} are given up. ${SEE}`);
  return NONE;
}
