import { createSigner } from '../src/config/signing.ts';
import { publicKeyOf } from '../src/core/audit/checkpoint.ts';
import { parseQuery } from '../src/core/audit/parse-query.ts';
import { parseProofLine } from '../src/core/audit/proof-line.ts';
import { type ProofLine, verifyTrail } from '../src/core/audit/verify.ts';
import { DAY } from '../src/core/delivery/time.ts';
import type { Actor } from '../src/core/people/actor.ts';
import { exportAudit } from '../src/flows/audit/export.ts';
import { auditPage } from '../src/flows/audit/page.ts';
import { proofLines } from '../src/flows/audit/proof.ts';
import { seal } from '../src/flows/audit/seal.ts';
import { asLines, asProof } from '../src/http/audit-lines.ts';
import { type OpenDatabase, openEmbedded } from '../src/storage/database.ts';
import { auditIngestRows } from './audit-ingest.ts';
import { freeBytes, inFolder, onPostgres } from './databases.ts';
import { benchNow, openBench, standing } from './overview.ts';
import { quantile, type Row, round, timed } from './row.ts';
import { writeTrail } from './trail.ts';

/** Of the trail on PGlite, and of what is sealed and exported. Searches on PostgreSQL are in ten times as many. */
const EVENTS = Number(process.env.BENCH_AUDIT_EVENTS ?? 1_000_000);
const TIMES = 10;
const BYTES_AN_EVENT = 1_200;
const CALLS = 40;
const auditor: Actor = { person: 'bench', account: 'api:bench', personKey: 'api:bench', roles: ['audit'] };
const signer = createSigner(Buffer.alloc(32, 1));

/** Each qualifier; words that all have, that few have and that none has; and what has to look long. */
const searches = [
  '',
  'actor:"Person 7"',
  'actor:u-7 action:destination.*',
  'action:destination.disabled',
  'action:*.created',
  'kind:mapping',
  'resource:mapping-77',
  'resource:"Thing 77" since:90d',
  'workspace:main',
  'via:push',
  'via:webhook',
  'since:2d',
  'until:2026-01-31',
  'checkout',
  'zanzibar',
  'zanzibar kind:source',
  'nothing',
  '"note zanzibar"',
  '-action:destination.* -kind:source',
  'actor:person* -actor:"Person 7" weekly',
  'actor:u-7 resource:source-3 schedule',
  'resource:*-1234',
  'nothing*like* kind:filter',
  'kind:mapping action:source.created',
  '-action:*',
  '-via:push',
  '"thing note"',
];

/** Search p95 < 150 ms; verifying a million rows < 30 s; an export in constant memory; ingest against COPY. */
export async function auditRows(): Promise<Row[]> {
  return [...(await onServer()), ...(await inFolder(onPglite)), ...(await auditIngestRows())];
}

async function onServer(): Promise<Row[]> {
  const needed = EVENTS * TIMES * BYTES_AN_EVENT + 5e9;
  if ((await freeBytes().catch(() => needed)) < needed) {
    console.warn(`SKIPPED audit on PostgreSQL: ${needed / 1e9} GB are needed.`);
    return [];
  }
  const on = (work: (database: OpenDatabase) => Promise<Row[]>) =>
    onPostgres('audit', async (url) => closing(await openBench(url), work));
  const searched = await on(async (database) => {
    await writeTrail(database, benchNow, EVENTS * TIMES);
    return [await searchRow(`${(EVENTS * TIMES) / 1e6} M events, PostgreSQL`, database)];
  });
  const proven = await on(async (database) => {
    await writeTrail(database, benchNow, EVENTS);
    return provenRows('PostgreSQL', database);
  });
  return [...searched, ...proven];
}

const onPglite = async (folder: string): Promise<Row[]> =>
  closing(await openEmbedded(folder, standing), async (database) => {
    await writeTrail(database, benchNow, EVENTS);
    return [await searchRow(`${EVENTS / 1e6} M events, PGlite`, database), ...(await provenRows('PGlite', database))];
  });

async function closing<T>(database: OpenDatabase, work: (database: OpenDatabase) => Promise<T>): Promise<T> {
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** A page that ended early says how far it looked: it counts like any other, and is named. */
async function searchRow(what: string, database: OpenDatabase): Promise<Row> {
  const all: number[] = [];
  const p95: Record<string, number> = {};
  const early: string[] = [];
  for (const text of searches) {
    const query = parseQuery(text, benchNow);
    const page = () => auditPage({ database }, auditor, query, { limit: 50 });
    const { events, lookedTo } = await page();
    if (lookedTo) early.push(`${text} (${events.length} in ${round((Number(benchNow) - Number(lookedTo)) / DAY)} d)`);
    const times = await timed(CALLS, page);
    all.push(...times);
    p95[text] = round(quantile(times, 0.95));
  }
  const worst = Object.entries(p95).sort(([, a], [, b]) => b - a);
  return {
    name: `audit search, ${what}`,
    value: `p95 of the slowest ${worst[0]?.[1]} ms; of all p50 ${round(quantile(all, 0.5))} ms, p95 ${round(quantile(all, 0.95))} ms`,
    goal: 'p95 < 150 ms',
    baseline: [
      `slowest: ${worst.slice(0, 3).map(([text, ms]) => `${text} ${ms} ms`)}`,
      `ended early: ${early.join(', ') || 'none'}`,
    ].join('; '),
    ratio: null,
    detail: p95,
  };
}

async function provenRows(what: string, database: OpenDatabase): Promise<Row[]> {
  const jobs = { wake() {} };
  const [sealed = 0] = await timed(1, () => seal({ database, clock: standing, signer, jobs, checkpointsTo: () => undefined }));
  let verdict = '';
  const verify = async (lines: AsyncIterable<readonly ProofLine[]>) => {
    const { state, rows } = await verifyTrail(lines, { keys: [publicKeyOf(signer.publicKey)], anchors: [] });
    verdict = `${state}, ${rows?.last} rows`;
  };
  const [verified = 0] = await timed(1, () => verify(proofLines(database)));
  const [fromFile = 0] = await timed(1, () => verify(asRead(asProof(proofLines(database)))));
  const row = (name: string, goal: string, ms: number, baseline: string): Row => ({
    name: `${name}, ${EVENTS / 1e6} M events, ${what}`,
    value: `${round(ms / 1000)} s`,
    goal,
    baseline,
    ratio: null,
    detail: { seconds: round(ms / 1000), rowsASecond: round(EVENTS / (ms / 1000), 0) },
  });
  return [
    row('sealing', 'for information', sealed, ''),
    row('verify', 'a million in < 30 s', verified, verdict),
    row('verify through a file', 'for information', fromFile, 'written, read and verified at once'),
    await exportRow(what, database),
  ];
}

/** Lines of a proof as `pipewarden verify` reads them. */
async function* asRead(pieces: AsyncIterable<string>): AsyncGenerator<ProofLine[]> {
  let number = 0;
  for await (const piece of pieces)
    yield piece
      .split('\n')
      .filter(Boolean)
      .map((line) => parseProofLine(line, ++number));
}

/** Memory after a collection, so that only what is really held counts. */
function held(): { heap: number; rss: number } {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 1e6, rss: rss / 1e6 };
}

async function exportRow(what: string, database: OpenDatabase): Promise<Row> {
  let bytes = 0;
  let pages = 0;
  const memory: ReturnType<typeof held>[] = [];
  const every = Math.max(1, Math.floor(EVENTS / EXPORT_PAGE / SAMPLES));
  const [ms = 0] = await timed(1, async () => {
    const ports = { database, clock: standing };
    const found = await exportAudit(ports, auditor, { query: parseQuery('', benchNow), text: '', format: 'jsonl' });
    for await (const piece of asLines(found)) {
      bytes += piece.length;
      if (pages++ % every === 0) memory.push(held());
    }
  });
  const fifth = Math.max(1, Math.floor(memory.length / 5));
  const growth = (key: 'heap' | 'rss'): number => {
    const mean = (some: typeof memory) => some.reduce((sum, sample) => sum + sample[key], 0) / some.length;
    return round(mean(memory.slice(-fifth)) - mean(memory.slice(0, fifth)), 0);
  };
  return {
    name: `export, ${EVENTS / 1e6} M events, ${what}`,
    value: `${round(ms / 1000)} s, heap ${growth('heap')} MB, process ${growth('rss')} MB more in the last fifth than in the first`,
    goal: 'constant memory',
    baseline: `${round(bytes / 1e6, 0)} MB written`,
    ratio: null,
    detail: { seconds: round(ms / 1000), heapMb: growth('heap'), rssMb: growth('rss'), writtenMb: round(bytes / 1e6, 0) },
  };
}

const EXPORT_PAGE = 500;
const SAMPLES = 100;
