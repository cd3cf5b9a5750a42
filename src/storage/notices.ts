import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { ConsoleLog } from '../core/ports/chat.ts';
import type { Log } from '../core/ports/log.ts';

const CHANNEL = 'pipewarden';
const LISTEN_AGAIN = 1_000;

/** What the processes on one PostgreSQL tell each other. Whoever does not listen just then never hears it. */
export interface Notices {
  tell(topic: string, text: string): void;
  /** Calls back for what other processes tell. `missed`: some may have been lost, since the connection was away. */
  on(topic: string, heard: (text: string) => void, missed?: () => void): void;
  close(): Promise<void>;
}

/** By NOTIFY; listened to on a connection of its own, made for the first who listens. */
export function createNotices(pool: pg.Pool, connect: () => pg.Client, log: Log): Notices {
  const own = randomUUID();
  const listeners = new Map<string, { heard: (text: string) => void; missed: () => void }>();
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let closed = false;

  function listen(): void {
    const opened = connect();
    client = opened;
    opened.on('notification', ({ payload = '' }) => {
      const notice = noticeOf(payload);
      if (notice && notice[0] !== own) listeners.get(notice[1])?.heard(notice[2]);
    });
    opened.on('error', () => {});
    // However it ends, also where it never was connected.
    opened.once('end', () => {
      if (!closed) again = setTimeout(listen, LISTEN_AGAIN);
    });
    open(opened).catch((error: unknown) => {
      log.warn({ error: String(error) }, 'other processes are not heard yet; trying again');
      void opened.end();
    });
  }

  async function open(opened: pg.Client): Promise<void> {
    await opened.connect();
    await opened.query(`listen ${CHANNEL}`);
    for (const { missed } of listeners.values()) missed();
  }

  return {
    tell(topic, text) {
      pool
        .query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify([own, topic, text])])
        .catch((error: unknown) => log.warn({ error: String(error) }, 'other processes could not be told'));
    },
    on(topic, heard, missed = () => {}) {
      listeners.set(topic, { heard, missed });
      if (!client) listen();
    },
    async close() {
      closed = true;
      clearTimeout(again);
      await client?.end();
    },
  };
}

/** Who tells it, its topic, its text. */
const Notice = z.tuple([z.string(), z.string(), z.string()]);

/** Undefined for what none of ours has told: whoever may connect to the database may notify. */
function noticeOf(payload: string): z.infer<typeof Notice> | undefined {
  try {
    return Notice.parse(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

/** A log whose other readers, in other processes, are told what is new. */
export const toldToAll = (log: ConsoleLog, notices: Notices): ConsoleLog => ({
  ...log,
  async append(entry) {
    const appended = await log.append(entry);
    notices.tell('console', String(appended.id));
    return appended;
  },
  async edit(id, body, at) {
    const edited = await log.edit(id, body, at);
    if (edited) notices.tell('console', String(id));
    return edited;
  },
  elsewhere: (changed, missed) => notices.on('console', (id) => changed(Number(id)), missed),
});
