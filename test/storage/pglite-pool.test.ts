import type { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pglitePool } from '../../src/storage/pglite-pool.ts';
import { postgresUrl } from '../support/backends.ts';
import { emptyPglite } from '../support/made.ts';
import { gate } from '../support/wait.ts';

const url = await postgresUrl();

describe('the pool on PGlite', () => {
  let pglite: PGlite;
  let pool: PostgresPool;
  let db: Kysely<{ t: { a: number } }>;
  beforeAll(async () => {
    pglite = await emptyPglite();
    await pglite.exec('create table t (a integer not null)');
  });
  beforeEach(async () => {
    await pglite.exec('delete from t');
    pool = pglitePool(pglite);
    db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  });
  afterAll(() => pglite.close());

  const stored = async () => (await db.selectFrom('t').select('a').orderBy('a').execute()).map((row) => row.a);

  test('a query from outside waits until the transaction is over', async () => {
    const [begun, mayEnd] = [gate(), gate()];
    const order: string[] = [];
    const transaction = db.transaction().execute(async (trx) => {
      await trx.insertInto('t').values({ a: 1 }).execute();
      begun.open();
      await mayEnd.opened;
      await trx.insertInto('t').values({ a: 2 }).execute();
      order.push('transaction');
    });
    await begun.opened;
    const outside = stored().then((rows) => {
      order.push('outside');
      return rows;
    });
    // Something else that PGlite does meanwhile: the query has had its chance to slip in.
    await pglite.query('select 1');
    mayEnd.open();
    await transaction;
    expect(await outside).toEqual([1, 2]);
    expect(order).toEqual(['transaction', 'outside']);
  });

  test('transactions at once run one after the other and lose nothing', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.transaction().execute(async (trx) => {
          await trx.insertInto('t').values({ a: i }).execute();
          await trx.selectFrom('t').selectAll().execute();
          if (i % 4 === 0) throw new Error('changed my mind');
        }),
      ).map((ending) => ending.catch(() => {})),
    );
    expect(await stored()).toEqual(Array.from({ length: 20 }, (_, i) => i).filter((i) => i % 4 !== 0));
  });

  test('an error inside a transaction rolls it back, and the session works on', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto('t').values({ a: 1 }).execute();
      await sql`select 1 / 0`.execute(trx);
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await stored()).toEqual([]);
    await expect(sql`insert into t values (null)`.execute(db)).rejects.toThrow(/null value/);
    await db.insertInto('t').values({ a: 3 }).execute();
    expect(await stored()).toEqual([3]);
  });

  test.each(['begin', 'start transaction isolation level repeatable read'])(
    'what is left open at the release is rolled back (%s)',
    async (begin) => {
      const client = await pool.connect();
      await client.query(begin, []);
      await client.query('insert into t values ($1)', [1]);
      client.release();
      expect(await stored()).toEqual([]);
    },
  );

  test('rows that a statement touched are counted as on PostgreSQL', async () => {
    const inserted = await db
      .insertInto('t')
      .values([{ a: 1 }, { a: 2 }])
      .executeTakeFirst();
    const updated = await db.updateTable('t').set({ a: 5 }).where('a', '>', 1).executeTakeFirst();
    const deleted = await db.deleteFrom('t').where('a', '=', 99).executeTakeFirst();
    expect([inserted.numInsertedOrUpdatedRows, updated.numUpdatedRows, deleted.numDeletedRows]).toEqual([2n, 1n, 0n]);
  });

  test('closing waits for who is still at work', async () => {
    const client = await pool.connect();
    const order: string[] = [];
    const closed = pool.end().then(() => order.push('closed'));
    await client.query('insert into t values ($1)', [1]);
    order.push('worked');
    client.release();
    await closed;
    expect(order).toEqual(['worked', 'closed']);
  });

  describe('values', () => {
    const bytes = Buffer.from([0, 1, 0x5c, 0x27, 0xff]);
    const questions: [string, unknown[]][] = [
      ['select 9007199254740993::int8, -1::int8, 7::int4, 3::int2', []],
      ['select $1::int8, $2::int8', ['9007199254740993', 12]],
      ['select count(*), sum(n), avg(n), sum(n)::float8 from generate_series(1, 4) n', []],
      ['select $1::bytea, $2::bytea[]', [bytes, [bytes, Buffer.alloc(0)]]],
      ['select $1::jsonb, $2::json, $3::jsonb', [JSON.stringify({ a: [1, null, 'é"\\'] }), '[]', JSON.stringify('text')]],
      ['select $1::timestamptz, $2::timestamptz', [new Date('2026-11-25T10:04:05.678Z'), '2026-02-28T23:59:59.999+05:30']],
      ['select $1::bool, $2::bool, null::bool', [true, false]],
      [
        'select $1::text[], $2::text[], $3::int[], $4::int8[]',
        [['a', 'NULL', '', '{"x"}', 'a,b', '\\'], [], [1, 2], [3, '9007199254740993']],
      ],
      [
        'select $1::timestamptz[], $2::bool[], $3::float8[], $4::smallint[]',
        [[new Date(0)], [true, false], [1.5, -0, 1e300, 5e-324], [1, 2]],
      ],
      ['select $1::text, $2::text, $3::int', ['', null, undefined]],
      ['select 1.5::float8, 1e300::float8, 0.1::float4, 1.10::numeric, $1::float8', [0.1]],
      ["select date '2026-11-25', interval '1 hour', timestamp '2026-11-25 10:00:00', 'x'::name, 1::oid, 'a'::\"char\"", []],
    ];
    let real: pg.Client | undefined;
    beforeAll(async () => {
      if (!url) return;
      real = new pg.Client({ connectionString: url });
      await real.connect();
      // Dates without zone are read in the reader's zone; both sessions have the same one.
      await real.query("set timezone = 'UTC'");
      await pglite.exec("set timezone = 'UTC'");
    });
    afterAll(() => real?.end());

    test.skipIf(!url).each(questions)('come back as pg reads them: %s', async (question, parameters) => {
      const client = await pool.connect();
      const named = question.replace(/^select (.*?)( from .*)?$/, (_, list: string, from = '') => {
        const columns = list.split(/, (?![^(]*\))/).map((column, i) => `${column} as c${i}`);
        return `select ${columns.join(', ')}${from}`;
      });
      const here = await client.query(named, parameters);
      client.release();
      const there = await real?.query(named, parameters);
      expect(here.rows).toStrictEqual(there?.rows);
      expect(here.rowCount).toBe(there?.rowCount);
    });

    test('int8 is text, bytea a Buffer, jsonb parsed, timestamptz a Date', async () => {
      const { rows } =
        await sql`select 1::int8 as a, ${bytes}::bytea as b, '{"x":1}'::jsonb as c, ${new Date(5)}::timestamptz as d`.execute(db);
      expect(rows).toEqual([{ a: '1', b: bytes, c: { x: 1 }, d: new Date(5) }]);
    });
  });
});
