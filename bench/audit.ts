import { createSigner } from '../src/config/signing.ts';
import { publicKeyOf } from '../src/core/audit/checkpoint.ts';
import { parseQuery } from '../src/core/audit/parse-query.ts';
import { verifyTrail } from '../src/core/audit/verify.ts';
import type { Actor } from '../src/core/people/actor.ts';
import { exportAudit } from '../src/flows/audit/export.ts';
import { auditPage } from '../src/flows/audit/page.ts';
import { proofLines } from '../src/flows/audit/proof.ts';
import { seal } from '../src/flows/audit/seal.ts';
import { asLines } from '../src/http/audit-lines.ts';
import { type OpenDatabase, openEmbedded } from '../src/storage/database.ts';
import { freeBytes, inFolder, onPostgres } from './databases.ts';
import { benchNow, openBench, standing } from './overview.ts';
import { quantile, type Row, round, timed } from './row.ts';
import { writeTrail } from './trail.ts';

const EVENTS = Number(process.env.BENCH_AUDIT_EVENTS ?? 1_000_000);
const BYTES_AN_EVENT = 1_500;
const CALLS = 10;
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
];

/** Search p95 < 150 ms; verifying a million rows < 30 s; an export in constant memory. */
export async function auditRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const needed = EVENTS * BYTES_AN_EVENT + 10e9;
  if ((await freeBytes().catch(() => needed)) < needed)
    console.warn(`SKIPPED audit on PostgreSQL: ${needed / 1e9} GB are needed.`);
  else rows.push(...(await onPostgres('audit', async (url) => trailRows('PostgreSQL', await openBench(url)))));
  rows.push(...(await inFolder(async (folder) => trailRows('PGlite', await openEmbedded(folder, standing)))));
  return rows;
}

async function trailRows(what: string, database: OpenDatabase): Promise<Row[]> {
  try {
    await writeTrail(database, benchNow, EVENTS);
    return [await searchRow(what, database), ...(await proofRows(what, database)), await exportRow(what, database)];
  } finally {
    await database.close();
  }
}

async function searchRow(what: string, database: OpenDatabase): Promise<Row> {
  const ports = { database };
  const all: number[] = [];
  const slow: Record<string, number> = {};
  for (const text of searches) {
    const query = parseQuery(text, benchNow);
    const times = await timed(CALLS, () => auditPage(ports, auditor, query, { limit: 50 }));
    all.push(...times);
    slow[text] = round(quantile(times, 0.5));
  }
  const worst = Object.entries(slow).sort(([, a], [, b]) => b - a);
  return {
    name: `audit search, ${EVENTS / 1e6} M events, ${what}`,
    value: `p50 ${round(quantile(all, 0.5))} ms, p95 ${round(quantile(all, 0.95))} ms`,
    goal: 'p95 < 150 ms',
    baseline: `slowest: ${worst
      .slice(0, 3)
      .map(([text, ms]) => `${text} ${ms} ms`)
      .join(' · ')}`,
    ratio: null,
    detail: slow,
  };
}

async function proofRows(what: string, database: OpenDatabase): Promise<Row[]> {
  const jobs = { wake() {} };
  const [sealed = 0] = await timed(1, () => seal({ database, clock: standing, signer, jobs, checkpointsTo: () => undefined }));
  let verdict = '';
  const [verified = 0] = await timed(1, async () => {
    const { state, rows } = await verifyTrail(proofLines(database), { keys: [publicKeyOf(signer.publicKey)], anchors: [] });
    verdict = `${state}, ${rows?.last} rows`;
  });
  const row = (name: string, goal: string, ms: number, baseline: string): Row => ({
    name: `${name}, ${EVENTS / 1e6} M events, ${what}`,
    value: `${round(ms / 1000)} s`,
    goal,
    baseline,
    ratio: null,
    detail: { seconds: round(ms / 1000), rowsASecond: round(EVENTS / (ms / 1000), 0) },
  });
  return [row('sealing', 'for information', sealed, ''), row('verify', 'a million in < 30 s', verified, verdict)];
}

async function exportRow(what: string, database: OpenDatabase): Promise<Row> {
  const ports = { database, clock: standing };
  let bytes = 0;
  let most = 0;
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const [ms = 0] = await timed(1, async () => {
    const pages = await exportAudit(ports, auditor, { query: parseQuery('', benchNow), text: '', format: 'jsonl' });
    for await (const piece of asLines(pages)) {
      bytes += piece.length;
      most = Math.max(most, process.memoryUsage.rss() - before);
    }
  });
  return {
    name: `export, ${EVENTS / 1e6} M events, ${what}`,
    value: `${round(ms / 1000)} s, ${round(most / 1e6, 0)} MB more at most`,
    goal: 'constant memory',
    baseline: `${round(bytes / 1e6, 0)} MB written`,
    ratio: null,
    detail: { seconds: round(ms / 1000), mostMb: round(most / 1e6, 0), writtenMb: round(bytes / 1e6, 0) },
  };
}
