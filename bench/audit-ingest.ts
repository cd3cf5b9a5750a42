import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { copyIn, copyOut } from './copy.ts';
import { type OwnDatabase, onPostgres } from './databases.ts';
import { openBench } from './overview.ts';
import { post } from './producers.ts';
import { median, type Row, round } from './row.ts';
import { type Server, startServer } from './server.ts';

const PRODUCERS = 8;
const BATCH = 500;
const ROUNDS = 3;
/** Longer than it takes until the program seals what has come. */
const ROUND = Number(process.env.BENCH_AUDIT_ROUND_SECONDS ?? 20) * 1000;
/** As many as fit into a few seconds of COPY. */
const COPIED = 100_000;
const tables = ['audit_key', 'audit_event', 'audit_detail'];
const sealerLock = "hashtext('pipewarden.seal')";

/** Audit events, HTTP to committed, against raw COPY of the same rows into the same tables with their indexes; and without sealing. */
export const auditIngestRows = (): Promise<Row[]> =>
  onPostgres('audit ingest', (url) => onPostgres('audit ingest', (bareUrl) => compared(url, bareUrl)));

/** Turn by turn, so that a slow moment of the machine meets all. */
async function compared(url: string, bareUrl: string): Promise<Row[]> {
  // Makes the tables of the baseline.
  await (await openBench(bareUrl)).close();
  const server = await startServer({ DEMO: '0', DATABASE_URL: url });
  const watcher = await connected(url);
  const bare = await Promise.all([connected(bareUrl), connected(bareUrl)]);
  const [sealing, unsealed, copied]: [number[], number[], number[]] = [[], [], []];
  try {
    await pushed(server, ROUND / 4);
    for (let turn = 0; turn < ROUNDS; turn++) {
      await allSealed(watcher);
      const before = await lastSeq(watcher);
      sealing.push(await pushed(server, ROUND));
      copied.push(await copying(watcher, bare, before));
      await allSealed(watcher);
      await watcher.query(`select pg_advisory_lock(${sealerLock})`);
      unsealed.push(await pushed(server, ROUND));
      await watcher.query(`select pg_advisory_unlock(${sealerLock})`);
    }
  } finally {
    await Promise.all([watcher, ...bare].map((client) => client.end()));
    await server.stop();
  }
  return [
    row('audit ingest', '≥ 0.5, a stretch', median(sealing), 'raw COPY of the same rows, 2 connections', median(copied)),
    row('audit ingest, sealing on', 'for information', median(sealing), 'sealing off', median(unsealed)),
  ];
}

const row = (name: string, goal: string, ours: number, what: string, theirs: number): Row => ({
  name: `${name}, ${PRODUCERS} producers`,
  value: `${round(ours, 0)} events/s`,
  goal,
  baseline: `${what}: ${round(theirs, 0)} a second`,
  ratio: round(ours / theirs, 2),
  detail: { oursPerSecond: round(ours), baselinePerSecond: round(theirs), batch: BATCH },
});

async function connected(url: OwnDatabase['url']): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function lastSeq(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ seq: string | null }>('select max(seq) as seq from audit_event');
  return Number(rows[0]?.seq ?? 0);
}

/** Nobody is left with another turn's sealing. */
async function allSealed(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ seq: string | null }>('select max(seq) as seq from audit_seal');
    if (Number(rows[0]?.seq ?? 0) >= (await lastSeq(client))) return;
    await wait(500);
  }
}

let sent = 0;
const kinds = ['destination', 'source', 'mapping', 'filter', 'audience'];

function bodyOf(time: string): string {
  const events = Array.from({ length: BATCH }, () => {
    const i = sent++;
    const kind = kinds[i % kinds.length];
    return `{"id":"deploy-${i}","time":"${time}","actor":{"id":"u-${i % 50}","name":"Person ${i % 50}","email":"person${i % 50}@acme.example","type":"user"},"action":"${kind}.modified","resource":{"kind":"${kind}","id":"${kind}-${(i * 7919) % 2000}","name":"Thing ${i % 2000}"},"before":{"enabled":true,"name":"Order Completed ${i}"},"after":{"enabled":false,"name":"Order Completed"}}`;
  });
  return `{"events":[${events.join(',')}]}`;
}

/** Every producer sends new events as soon as its last are committed. Events committed a second. */
async function pushed(server: Server, ms: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const [start, before, time] = [performance.now(), sent, new Date().toISOString()];
  await Promise.all(
    Array.from({ length: PRODUCERS }, async () => {
      while (performance.now() - start < ms) await post(agent, server, '/v1/audit', bodyOf(time));
    }),
  );
  agent.destroy();
  return ((sent - before) / (performance.now() - start)) * 1000;
}

/** The rows that came after this one, or as many of them as are enough, copied by two connections at once. Rows committed a second. */
async function copying(from: pg.Client, to: readonly pg.Client[], after: number): Promise<number> {
  const upTo = Math.min(after + COPIED, await lastSeq(from));
  const bounds = to.map((_, i) => after + Math.floor(((upTo - after) * i) / to.length)).concat(upTo);
  const parts: Buffer[][] = [];
  let rows = 0;
  for (let i = 0; i < to.length; i++) {
    const within = `where seq > ${bounds[i]} and seq <= ${bounds[i + 1]}`;
    const { rowCount } = await from.query(`select from audit_event ${within}`);
    rows += rowCount ?? 0;
    const part: Buffer[] = [];
    for (const table of tables) part.push(await copyOut(from, `select * from ${table} ${within} order by seq`));
    parts.push(part);
  }
  const start = performance.now();
  await Promise.all(
    to.map(async (client, i) => {
      await client.query('begin');
      for (const [j, table] of tables.entries()) await copyIn(client, table, parts[i]?.[j] ?? Buffer.alloc(0));
      await client.query('commit');
    }),
  );
  return (rows / (performance.now() - start)) * 1000;
}
