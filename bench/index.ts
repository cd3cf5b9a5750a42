import { mkdirSync, writeFileSync } from 'node:fs';
import { auditRows } from './audit.ts';
import { commandRows } from './commands.ts';
import { embeddedStartRows } from './embedded-start.ts';
import { figureRows } from './figure.ts';
import { ingestRows } from './ingest.ts';
import { memoryRows } from './memory.ts';
import { overviewRows } from './overview.ts';
import { postRows } from './posts.ts';
import { rankingRows } from './ranking.ts';
import type { Row } from './row.ts';

const benches: Record<string, () => Promise<Row[]>> = {
  'embedded-start': embeddedStartRows,
  figure: figureRows,
  ingest: ingestRows,
  overview: overviewRows,
  ranking: rankingRows,
  audit: auditRows,
  commands: commandRows,
  posts: postRows,
  memory: memoryRows,
};

/** `npm run bench` runs all, `npm run bench -- figure` one. */
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown}. There are: ${Object.keys(benches).join(', ')}.`);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  rows.push(...(await bench()));
}
console.table(rows.map(({ name, value, goal, baseline, ratio }) => ({ name, value, goal, baseline, ratio })));
mkdirSync('bench/results', { recursive: true });
const file = `bench/results/${new Date().toISOString().replaceAll(':', '-')}.json`;
writeFileSync(file, `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
console.log(`Written to ${file}`);
