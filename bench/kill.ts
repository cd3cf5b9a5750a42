import { parseArgs } from 'node:util';
import { killTrials } from './kill-trials.ts';

/** `npm run kill [-- --trials 100 --database pglite|postgres --seed 1]`; without a database named, first one, then the other. */
const { values } = parseArgs({
  options: { trials: { type: 'string' }, database: { type: 'string' }, seed: { type: 'string' }, main: { type: 'string' } },
});
const server = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const trials = Number(values.trials ?? 100);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const databases = values.database ? [values.database] : ['pglite', 'postgres'];
if (!(trials > 0) || databases.some((name) => name !== 'pglite' && name !== 'postgres')) {
  throw new Error('Use --trials <number> and --database pglite or postgres.');
}

for (const name of databases) {
  console.log(`${name}: ${trials} trials, seed ${seed}`);
  const begun = Date.now();
  const result = await killTrials({
    trials,
    server: name === 'postgres' ? server : undefined,
    seed,
    ...(values.main === undefined ? {} : { main: values.main }),
    tell: (line) => console.log(`${name}: ${line}`),
  });
  console.log(`${name}: nothing lost, nothing twice, in ${Math.round((Date.now() - begun) / 1000)} s`, result);
}
