import type { PGlite, Results } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
// pg's own way of writing parameters, so that both engines get the same text for the same value.
import pgUtils from 'pg/lib/utils.js';

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

/**
 * PGlite has one session. This gives it the shape of a pg.Pool with one client: whoever connects waits in line until the
 * one before has released, so a transaction is never mixed with another's statements.
 */
export function pglitePool(db: PGlite): PostgresPool {
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<PostgresPoolClient> {
    const before = last;
    let next: () => void = () => {};
    last = new Promise<void>((resolve) => {
      next = resolve;
    });
    await before;
    let inTransaction = false;
    return {
      async query<R>(sql: unknown, parameters: readonly unknown[] = []) {
        if (typeof sql !== 'string') throw new Error('PGlite has no cursors here');
        const result = await run(db, sql, parameters);
        if (/^\s*(begin|start transaction)\b/i.test(sql)) inTransaction = true;
        if (/^\s*(commit|rollback)\s*$/i.test(sql)) inTransaction = false;
        return {
          command: result.command as never,
          rowCount: result.rowCount ?? result.affectedRows ?? 0,
          rows: result.rows as R[],
        };
      },
      release() {
        if (inTransaction) void db.exec('rollback').finally(next);
        else next();
        inTransaction = false;
      },
    } as unknown as PostgresPoolClient;
  }
  return {
    connect,
    async end() {
      await last;
    },
  };
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
