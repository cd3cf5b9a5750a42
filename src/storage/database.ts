import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, Migrator, PostgresDialect, type PostgresPool, type Transaction } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { DAY, MINUTES_KEPT, plus } from '../core/delivery/time.ts';
import type { ConsoleLog } from '../core/ports/chat.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Database, DeliveryStore, Stores } from '../core/ports/stores.ts';
import { chatStore, consoleLog } from './chat-store.ts';
import { deliveryReading } from './delivery-read.ts';
import { deliveryWriting } from './delivery-write.ts';
import { Dictionary, DictionaryMemory } from './dictionary.ts';
import { lockFolder } from './lock.ts';
import { owedStore } from './owed-store.ts';
import { dayKey, dropDays, makeDays } from './partitions.ts';
import { pglitePool } from './pglite-pool.ts';
import { resourceStore } from './resource-store.ts';
import type { Tables } from './tables.ts';

export interface OpenDatabase extends Database {
  consoleLog: ConsoleLog;
  /** Answers when the database does; throws otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** For tests and benchmarks that look at rows. */
  kysely: Kysely<Tables>;
}

/** The embedded database in a folder, locked for this process. */
export async function openEmbedded(dataDir: string, clock: Clock): Promise<OpenDatabase> {
  const unlock = lockFolder(dataDir);
  let pglite: PGlite | undefined;
  try {
    pglite = await PGlite.create(join(dataDir, 'pglite'));
    const pool = pglitePool(pglite);
    return await openOn(pool, clock, async () => {
      await pglite?.close();
      unlock();
    });
  } catch (error) {
    await pglite?.close();
    unlock();
    throw error;
  }
}

/** Any pool in the shape of pg's. Brings the schema up to date and makes the partitions of the days around now. */
export async function openOn(
  pool: PostgresPool,
  clock: Clock,
  onClosed: () => Promise<void> = async () => {},
): Promise<OpenDatabase> {
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  await migrate(kysely);
  const memory = new DictionaryMemory();
  const knownDays = new Set<string>();
  const inside = new AsyncLocalStorage<true>();

  async function within<T>(work: (stores: Stores) => Promise<T>, readOnly: boolean): Promise<T> {
    // A second session from inside a transaction waits for one that may never come (PGlite has one; a pool can run dry).
    if (inside.getStore()) throw new Error('A transaction inside a transaction: use the stores you were handed.');
    const commits: (() => void)[] = [];
    const start = kysely.transaction();
    const configured = readOnly ? start.setIsolationLevel('repeatable read').setAccessMode('read only') : start;
    const result = await configured.execute((trx) => inside.run(true, () => work(storesOn(trx, memory, knownDays, commits))));
    for (const commit of commits) commit();
    return result;
  }

  const database: OpenDatabase = {
    transaction: (work) => within(work, false),
    read: (work) => within(work, true),
    consoleLog: consoleLog(kysely),
    async ping() {
      await kysely.selectFrom('collected').select('connector').limit(1).execute();
    },
    async close() {
      await kysely.destroy();
      await onClosed();
    },
    kysely,
  };
  await database.transaction(({ delivery }) => delivery.retain(plus(clock.now(), -MINUTES_KEPT), clock.now()));
  return database;
}

function storesOn(trx: Transaction<Tables>, memory: DictionaryMemory, knownDays: Set<string>, commits: (() => void)[]): Stores {
  const dictionary = new Dictionary(trx, memory);
  commits.push(() => dictionary.remember());
  const days = async (times: Iterable<number>) => {
    const missing = [...times].filter((time) => !knownDays.has(dayKey(new Date(time))));
    const made = await makeDays(trx, missing);
    commits.push(() => {
      for (const day of made) knownDays.add(day);
    });
  };
  const owed = owedStore(trx);
  return {
    delivery: {
      ...deliveryReading(trx, dictionary),
      ...deliveryWriting(trx, dictionary, owed, days),
      ...retention(trx, days, knownDays, commits),
    },
    owed,
    resources: resourceStore(trx),
    chat: chatStore(trx),
  };
}

function retention(
  trx: Transaction<Tables>,
  days: (times: Iterable<number>) => Promise<void>,
  knownDays: Set<string>,
  commits: (() => void)[],
): Pick<DeliveryStore, 'retain'> {
  return {
    async retain(minutesBefore, now) {
      await days([0, 1, 2].map((day) => Number(now) + day * DAY));
      await dropDays(trx, minutesBefore);
      await trx.deleteFrom('batch').where('at', '<', minutesBefore).execute();
      await trx.deleteFrom('gauge').where('at', '<', minutesBefore).execute();
      await trx.deleteFrom('view').where('expires_at', '<', now).execute();
      commits.push(() => {
        for (const day of [...knownDays]) if (day < dayKey(minutesBefore)) knownDays.delete(day);
      });
    },
  };
}

async function migrate(kysely: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message)) {
    throw new Error('This database was written by a newer Pipewarden. Start that version, or use another database.');
  }
  if (error) throw error;
}
