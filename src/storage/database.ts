import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, Migrator, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { UserError } from '../core/errors.ts';
import type { ConsoleLog } from '../core/ports/chat.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { OwedKind } from '../core/ports/jobs.ts';
import type { Database, OwedStore, Stores } from '../core/ports/stores.ts';
import type { Turns } from '../core/ports/turns.ts';
import { auditSearching } from './audit-search.ts';
import { auditWatchStore } from './audit-watch-store.ts';
import { auditWriting } from './audit-write.ts';
import { chatStore } from './chat-store.ts';
import { consoleLog } from './console-log.ts';
import { deliveryDetail } from './delivery-detail.ts';
import { deliveryReading } from './delivery-read.ts';
import { deliveryWriting } from './delivery-write.ts';
import { Dictionary, DictionaryMemory } from './dictionary.ts';
import { forwardStore } from './forward-store.ts';
import { lockFolder } from './lock.ts';
import { diskFull, tellingOutages, wasCut } from './outage.ts';
import { owedStore } from './owed-store.ts';
import { Partitions } from './partitions.ts';
import { peopleStore } from './people-store.ts';
import { pglitePool } from './pglite-pool.ts';
import { resourceStore } from './resource-store.ts';
import { retention } from './retention.ts';
import { rollingUp } from './roll-up-store.ts';
import { sealStore } from './seal-store.ts';
import type { Tables } from './tables.ts';

export interface OpenDatabase extends Database {
  consoleLog: ConsoleLog;
  /** Absent where no other process can be. */
  turns?: Turns;
  /** Answers when the database does; throws otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Calls back after every commit in which work of these kinds was owed. */
  onOwed(kinds: readonly OwedKind[], told: (kind: OwedKind) => void): void;
  /** For tests and benchmarks that look at rows. */
  kysely: Kysely<Tables>;
}

/**
 * The embedded database in a folder, locked for this process. `broke` is told when its engine ends under us, e.g. on a full disk:
 * from then on every statement fails, and only a new process can open it again.
 */
export async function openEmbedded(
  dataDir: string,
  clock: Clock,
  broke: (error: unknown) => void = () => {},
): Promise<OpenDatabase> {
  const unlock = lockFolder(dataDir);
  let pglite: PGlite | undefined;
  let isBroken = false;
  const close = async () => {
    // A broken engine may never return from its end.
    if (!isBroken) await pglite?.close();
    unlock();
  };
  try {
    pglite = await PGlite.create(join(dataDir, 'pglite')).catch((error: unknown) => {
      throw new Error(whyNotOpen(dataDir, error), { cause: error });
    });
    const pool = pglitePool(pglite, (error) => {
      isBroken = true;
      broke(error);
    });
    const database = await openOn(pool, clock, close);
    return {
      ...database,
      async transaction(work) {
        refuseWhenFull(dataDir);
        return database.transaction(work);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The engine needs a new segment of its journal to start. */
const NEEDED = 32 * 2 ** 20;

/**
 * Two segments of the journal, and what the largest batch writes. The engine does not survive a journal that cannot grow: it spins,
 * and the process with it. So writing ends while there is still room.
 */
const RESERVED = 64 * 2 ** 20;

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

function refuseWhenFull(dataDir: string): void {
  if (freeBytes(dataDir) < RESERVED) throw new UserError('unavailable', diskFull);
}

function whyNotOpen(dataDir: string, error: unknown): string {
  const journal = join(dataDir, 'pglite', 'pg_wal');
  const free = freeBytes(existsSync(journal) ? journal : dataDir);
  const megabytes = (bytes: number) => Math.floor(bytes / 2 ** 20);
  if (free >= NEEDED) return `The embedded database in ${dataDir} does not open: ${error}`;
  return `The disk of ${dataDir} is full: ${megabytes(free)} MiB are free, the embedded database needs ${megabytes(NEEDED)} to start. Make room, then start again.`;
}

/** The databases in whose transactions we are. One for all: each of its kind costs every promise of the process a little. */
const inside = new AsyncLocalStorage<readonly Kysely<Tables>[]>();

/** Any pool in the shape of pg's. Brings the schema up to date and makes the partitions of the days around now. */
export async function openOn(
  pool: PostgresPool,
  clock: Clock,
  onClosed: () => Promise<void> = async () => {},
): Promise<OpenDatabase> {
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: tellingOutages(pool) }) });
  await migrate(kysely);
  const memory = new DictionaryMemory();
  const knownPartitions = new Set<string>();
  const listeners: ((kinds: ReadonlySet<OwedKind>) => void)[] = [];
  const tellOwing = (kinds: ReadonlySet<OwedKind>): void => {
    for (const told of listeners) told(kinds);
  };

  async function within<T>(work: (stores: Stores) => Promise<T>, readOnly: boolean): Promise<T> {
    // A second session from inside a transaction waits for one that may never come (PGlite has one; a pool can run dry).
    if (inside.getStore()?.includes(kysely))
      throw new Error('A transaction inside a transaction: use the stores you were handed.');
    for (let attempt = 1; ; attempt++) {
      const owing = new Set<OwedKind>();
      const commits: (() => void)[] = [() => tellOwing(owing)];
      let worked = false;
      const start = kysely.transaction();
      const configured = readOnly ? start.setIsolationLevel('repeatable read').setAccessMode('read only') : start;
      try {
        const run = async (trx: Transaction<Tables>) => {
          const done = await inside.run([...(inside.getStore() ?? []), kysely], () =>
            work(storesOn(trx, { memory, knownPartitions, commits, owing })),
          );
          worked = true;
          return done;
        };
        const result = await configured.execute(run);
        for (const commit of commits) commit();
        return result;
      } catch (error) {
        // A connection that was cut before the commit took everything back with it; cut while committing, nobody knows.
        const canRepeat = isConflict(error) || (wasCut(error) && (readOnly || !worked));
        if (attempt >= ATTEMPTS || !canRepeat) throw error;
        // The pool's other connections are being cut too: by then it has noticed.
        if (wasCut(error)) await setTimeout(attempt * 20);
      }
    }
  }

  const database: OpenDatabase = {
    transaction: (work) => within(work, false),
    read: (work) => within(work, true),
    consoleLog: consoleLog(kysely),
    onOwed(kinds, told) {
      listeners.push((owing) => {
        for (const kind of kinds) if (owing.has(kind)) told(kind);
      });
    },
    async ping() {
      await kysely.selectFrom('collected').select('connector').limit(1).execute();
    },
    async close() {
      await kysely.destroy();
      await onClosed();
    },
    kysely,
  };
  await database.transaction(async ({ delivery, audit }) => {
    await delivery.retain(clock.now());
    await audit.makeRoom(clock.now());
  });
  return database;
}

/** Two transactions got in each other's way and PostgreSQL ended one: nothing of it was stored, and it can simply run again. */
const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(String((error as { code?: string }).code));
const ATTEMPTS = 4;

interface Around {
  memory: DictionaryMemory;
  knownPartitions: Set<string>;
  /** What is done after the commit. */
  commits: (() => void)[];
  /** Kinds of work that is owed with it. */
  owing: Set<OwedKind>;
}

function storesOn(trx: Transaction<Tables>, { memory, knownPartitions, commits, owing }: Around): Stores {
  const dictionary = new Dictionary(trx, memory);
  const partitions = new Partitions(trx, knownPartitions);
  commits.push(
    () => dictionary.remember(),
    () => partitions.remember(),
  );
  const owed = noting(owedStore(trx), owing);
  return {
    delivery: {
      ...deliveryReading(trx, dictionary),
      ...deliveryDetail(trx),
      ...deliveryWriting(trx, dictionary, owed, partitions),
      ...rollingUp(trx, dictionary, owed, partitions),
      ...retention(trx, partitions),
    },
    owed,
    resources: resourceStore(trx),
    chat: chatStore(trx),
    people: peopleStore(trx),
    seals: sealStore(trx, partitions),
    audit: { ...auditWriting(trx, partitions, owed), ...auditSearching(trx) },
    forwards: forwardStore(trx),
    watches: auditWatchStore(trx),
  };
}

const noting = (store: OwedStore, owing: Set<OwedKind>): OwedStore => ({
  ...store,
  async owe(rows) {
    for (const { kind } of rows) owing.add(kind);
    await store.owe(rows);
  },
});

async function migrate(kysely: Kysely<Tables>): Promise<void> {
  if (await isUpToDate(kysely)) return;
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message)) {
    throw new Error('This database was written by a newer Pipewarden. Start that version, or use another database.');
  }
  if (error) throw error;
}

/** The migrator reads the columns of every table first, of hundreds of partitions too: at most starts there is nothing to do. */
async function isUpToDate(kysely: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`select to_regclass('kysely_migration') is not null as made`.execute(kysely);
  if (!rows[0]?.made) return false;
  const { rows: done } = await sql<{ name: string }>`select name from kysely_migration order by name collate "C"`.execute(kysely);
  return done.map(({ name }) => name).join() === Object.keys(migrations).sort().join();
}
