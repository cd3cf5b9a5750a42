import { EventEmitter } from 'node:events';
import type { PGlite, Results } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
// pg's own way of writing parameters, so that both engines get the same text for the same value.
import pgUtils from 'pg/lib/utils.js';
import { isFatal } from './outage.ts';

const { prepareValue } = pgUtils;

// PGlite spreads these maps, so each type must be named: pg's own list, and the array types pg reads.
const arrayTypes = [199, 1000, 1001, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1115, 1182, 1185, 1231, 3807];
const typeIds = [...Object.values(pg.types.builtins), ...arrayTypes];

/** Values travel as the text pg would send and are read with pg's own parsers: int8 stays a string, as on PostgreSQL. */
const asPrepared = Object.fromEntries(typeIds.map((id) => [id, (value: string) => value]));
const asPgReads = Object.fromEntries(typeIds.map((id) => [id, pg.types.getTypeParser(id, 'text')]));

const toParameter = (value: unknown): string | null => {
  const prepared = prepareValue(value);
  return Buffer.isBuffer(prepared) ? `\\x${prepared.toString('hex')}` : prepared;
};

/** What a pg.Pool offers to those who keep a client for notifications, beyond what Kysely needs. */
export interface PglitePool extends PostgresPool {
  connect(): Promise<PgliteClient>;
  query<R>(sql: string, parameters?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }>;
  on(event: 'error' | 'connect', listener: (...parts: never[]) => void): this;
  removeAllListeners(event?: string): this;
  /** As of a pool whose connections cannot drop unnoticed: it has none. */
  options: { keepAlive: true };
}

export type PgliteClient = EventEmitter & PostgresPoolClient;

/**
 * PGlite has one session. This gives it the shape of a pg.Pool: a client has the session for one statement, or from the
 * begin of a transaction to its end; the others wait in line, so a transaction is never mixed with another's statements.
 * `broke` is told once when the engine ends under us; it is not touched again, and every later statement fails as that one did.
 */
export function pglitePool(db: PGlite, broke: (error: unknown) => void = () => {}): PglitePool {
  endWithEngine(db);
  let broken: unknown;
  const clients = new Set<PgliteClient>();
  let last: Promise<unknown> = Promise.resolve();
  let allReleased = () => {};
  let stopListening: (() => void) | undefined;

  /** Resolves when the session is ours; call what it returns to hand it on. */
  async function session(): Promise<() => void> {
    const before = last;
    let next: () => void = () => {};
    last = new Promise<void>((resolve) => {
      next = resolve;
    });
    await before;
    return next;
  }

  async function connect(): Promise<PgliteClient> {
    // A session's notifications reach all its clients; who listens looks at the channel.
    stopListening ??= db.onNotification((channel, payload) => {
      for (const client of clients) client.emit('notification', { channel, payload });
    });
    /** Set while a transaction of ours has the session. */
    let handOn: (() => void) | undefined;
    let ended: Promise<unknown> = Promise.resolve();
    async function statement<R>(sql: unknown, parameters: readonly unknown[]) {
      if (typeof sql !== 'string') throw new Error('PGlite has no cursors here');
      const next = handOn ?? (await session());
      try {
        if (broken) throw broken;
        const result = await run(db, sql, parameters);
        if (/^\s*(begin|start transaction)\b/i.test(sql)) handOn = next;
        if (/^\s*(commit|rollback)\s*$/i.test(sql)) handOn = undefined;
        return {
          command: result.command as never,
          rowCount: result.rowCount ?? result.affectedRows ?? 0,
          rows: result.rows as R[],
        };
      } catch (error) {
        if (!broken && isFatal(error)) {
          broken = error;
          broke(error);
        }
        throw error;
      } finally {
        if (!handOn) next();
      }
    }
    const client: PgliteClient = Object.assign(new EventEmitter(), {
      // One after the other, as pg does it: a statement behind a begin belongs to that transaction.
      query<R>(sql: unknown, parameters: readonly unknown[] = []) {
        const result = ended.then(() => statement<R>(sql, parameters));
        ended = result.catch(() => {});
        return result;
      },
      release() {
        if (handOn && broken) handOn();
        else if (handOn) void db.exec('rollback').finally(handOn);
        handOn = undefined;
        clients.delete(client);
        if (clients.size === 0) allReleased();
      },
    }) as unknown as PgliteClient;
    clients.add(client);
    return client;
  }

  const pool: PglitePool = {
    connect,
    async query<R>(sql: string, parameters: readonly unknown[] = []) {
      const client = await connect();
      try {
        const { rows } = await client.query<R>(sql, parameters);
        return { rows, rowCount: rows.length };
      } finally {
        client.release();
      }
    },
    async end() {
      if (clients.size > 0) {
        await new Promise<void>((resolve) => {
          allReleased = resolve;
        });
      }
      await last;
      stopListening?.();
    },
    // Nothing here fails by itself, and there is no connecting to tell of.
    on: () => pool,
    removeAllListeners: () => pool,
    options: { keepAlive: true },
  };
  return pool;
}

async function run(
  db: PGlite,
  sql: string,
  parameters: readonly unknown[],
): Promise<Results & { command?: string; rowCount?: number }> {
  if (parameters.length > 0) {
    return db.query(sql, parameters.map(toParameter), { serializers: asPrepared, parsers: asPgReads });
  }
  const results = await db.exec(sql, { parsers: asPgReads });
  return results.at(-1) ?? { rows: [], fields: [] };
}

/**
 * PGlite swallows what its engine dies of, e.g. a PANIC when the journal cannot grow, and runs it on: with its locks still held it spins
 * for ever, and the process with it. Here this call, and every later one, ends with what the engine died of.
 */
function endWithEngine(db: PGlite): void {
  const engine = db.Module;
  const { POSTGRES_MAIN_LONGJMP } = db as unknown as { POSTGRES_MAIN_LONGJMP: number };
  const loopOnce = engine._PostgresMainLoopOnce;
  engine._PostgresMainLoopOnce = () => {
    try {
      loopOnce();
    } catch (error) {
      // A statement that failed comes here as a long jump; anything else is the end.
      if ((error as { status?: number }).status !== POSTGRES_MAIN_LONGJMP) end(error);
      throw error;
    }
  };
  function end(error: unknown): void {
    const fail = () => {
      throw error;
    };
    engine._PostgresMainLoopOnce = fail;
    // What PGlite calls next: what is thrown from there it does not swallow.
    engine.stackRestore = fail;
    engine._PostgresSendReadyForQueryIfNecessary = () => {};
    engine._pgl_pq_flush = () => {};
  }
}
