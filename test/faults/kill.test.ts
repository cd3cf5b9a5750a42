import { describe, expect, test } from 'vitest';
import { killTrials } from '../../bench/kill-trials.ts';
import { postgresUrl } from '../support/backends.ts';

const server = await postgresUrl();
const TRIALS = 3;

/** A few of the trials of `npm run kill`; of a fixed seed, though where a kill hits is up to the machine. */
async function fewTrials(on: string | undefined): Promise<void> {
  const { kills, batches } = await killTrials({ trials: TRIALS, server: on, made: process.env.TEST_MADE_DATABASE, seed: 7 });
  expect(kills.pushing).toBe(TRIALS);
  expect(batches).toBeGreaterThan(TRIALS);
}

describe('kill -9 while batches are pushed loses none and stores none twice', () => {
  test('in the embedded database', { timeout: 240_000 }, () => fewTrials(undefined));
  test.skipIf(!server)('in PostgreSQL', { timeout: 240_000 }, () => fewTrials(server));
});
