import { mkdirSync, writeFileSync } from 'node:fs';
import { embeddedStartRow } from './embedded-start.ts';
import { figureRow } from './figure.ts';
import type { Row } from './row.ts';

const benches: Record<string, () => Promise<Row>> = { 'embedded-start': embeddedStartRow, figure: figureRow };

/** `npm run bench` runs all, `npm run bench -- figure` one. */
const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  rows.push(await bench());
}
console.table(rows.map(({ name, value, goal, baseline, ratio }) => ({ name, value, goal, baseline, ratio })));
mkdirSync('bench/results', { recursive: true });
const file = `bench/results/${new Date().toISOString().replaceAll(':', '-')}.json`;
writeFileSync(file, `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
console.log(`Written to ${file}`);
