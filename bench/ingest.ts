import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { inFolder, onPostgres } from './databases.ts';
import { BATCH, pushed, reportsOf } from './producers.ts';
import { type Row, round } from './row.ts';
import { startServer } from './server.ts';

const ROUNDS = 3;
const ROUND = 4_000;
const BARE_CONNECTIONS = 2;

const bareTable = `
  create table bare (
    source text, destination text, mapping text, audience text, minute timestamptz, step text,
    event_type text, event_name text, app_version text, reason text, count bigint, retried bigint,
    primary key (source, destination, mapping, audience, minute, step, event_type, event_name, app_version, reason)
  )`;

/** What a program without any of ours would do: the JSON goes to the database as it came. */
const bareUpsert = `
  insert into bare
  select source, coalesce(destination, ''), '', '', time, step, "eventType", "eventName", "appVersion", coalesce(reason, ''), count, 0
  from jsonb_to_recordset($1::jsonb) as r(source text, destination text, time timestamptz, step text, "eventType" text,
    "eventName" text, "appVersion" text, reason text, count bigint)
  on conflict (source, destination, mapping, audience, minute, step, event_type, event_name, app_version, reason) do update
  set count = bare.count + excluded.count, retried = bare.retried + excluded.retried`;

/** Delivery counts, HTTP to committed, against the bare upsert of the same rows: ≥ 0.7; ten producers of the same keys: ≥ 2. */
export async function ingestRows(): Promise<Row[]> {
  const now = new Date();
  const own = Array.from({ length: 8 }, (_, producer) => reportsOf(producer, now));
  const same = Array.from({ length: 10 }, () => reportsOf(0, now));
  const rows: Row[] = [];
  for (const [what, goal, producers] of [
    ['8 producers', '≥ 0.7', own],
    ['10 producers, same keys', '≥ 2', same],
  ] as const) {
    rows.push(...(await onPostgres(`ingest, ${what}`, async (url) => [await onServer(url, what, goal, producers)])));
  }
  rows.push(await inFolder((folder) => onPglite(folder, own)));
  return rows;
}

async function onServer(url: string, what: string, goal: string, producers: readonly string[][]): Promise<Row> {
  const pool = new pg.Pool({ connectionString: url, max: BARE_CONNECTIONS });
  await pool.query(bareTable);
  try {
    return await compared(`ingest, ${what}`, goal, { DATABASE_URL: url }, producers, BARE_CONNECTIONS, (text) =>
      pool.query(bareUpsert, [text]),
    );
  } finally {
    await pool.end();
  }
}

async function onPglite(folder: string, producers: readonly string[][]): Promise<Row> {
  const pglite = await PGlite.create(join(folder, 'bare'));
  await pglite.exec(bareTable);
  const env = { DATA_DIR: join(folder, 'data') };
  // As text: PGlite would write a JSON value out once more.
  const upsert = (text: string) => pglite.query(bareUpsert.replace('$1::jsonb', '$1::text::jsonb'), [text]);
  const row = await compared('ingest, 8 producers, PGlite', 'for information', env, producers, 1, upsert);
  await pglite.close();
  return row;
}

/** Turn by turn, so that a slow moment of the machine meets both. */
async function compared(
  name: string,
  goal: string,
  env: Record<string, string>,
  producers: readonly string[][],
  connections: number,
  upsert: (text: string) => Promise<unknown>,
): Promise<Row> {
  const server = await startServer({ DEMO: '0', ...env });
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    // The first, short round only warms up.
    const ms = round < 0 ? ROUND / 4 : ROUND;
    const pushes = await pushed(server, producers, ms);
    const upserts = await upserted(upsert, producers, connections, ms);
    if (round < 0) continue;
    ours.push(pushes);
    bare.push(upserts);
  }
  await server.stop();
  const [pushes, upserts] = [mean(ours), mean(bare)];
  return {
    name,
    value: `${round(pushes, 0)} counts/s`,
    goal,
    baseline: `bare upsert, ${connections} connections: ${round(upserts, 0)} rows/s`,
    ratio: round(pushes / upserts, 2),
    detail: { oursPerSecond: round(pushes), barePerSecond: round(upserts), batch: BATCH },
  };
}

/** The same batches in the same order; as many at a time as there are connections. Rows committed a second. */
async function upserted(
  upsert: (text: string) => Promise<unknown>,
  producers: readonly string[][],
  connections: number,
  ms: number,
): Promise<number> {
  const start = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - start < ms) {
        const turn = next++;
        const reports = producers[turn % producers.length] ?? [];
        await upsert(reports[Math.floor(turn / producers.length) % reports.length] as string);
      }
    }),
  );
  return ((next * BATCH) / (performance.now() - start)) * 1000;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
