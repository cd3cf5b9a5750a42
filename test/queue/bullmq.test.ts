import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { jobsBench } from '../contract/jobs-bench.ts';
import { databaseEngine, redisAnswers, redisEngine } from '../contract/jobs-engines.ts';
import { onEachBackend, tableNames } from '../support/backends.ts';
import { sharingContract } from './sharing.contract.ts';

const redis = await redisAnswers();

await onEachBackend((backend) => {
  const inDatabase = databaseEngine(backend);
  describe(inDatabase.name, () => {
    sharingContract(backend, inDatabase);

    const bench = jobsBench(backend, inDatabase);
    test('keeps its tables in a schema of its own', async () => {
      const before = await tableNames(bench.database.kysely);
      await bench.jobs({}).start();
      expect(await tableNames(bench.database.kysely)).toEqual(before);
      const { rows } = await sql<{ schema: string }>`
        select distinct schemaname as schema from pg_tables where tablename = 'job'`.execute(bench.database.kysely);
      expect(rows).toEqual([{ schema: 'bullmq' }]);
    });
  });
  if (backend.name === 'PGlite' && redis) describe('BullMQ on Redis', () => sharingContract(backend, redisEngine()));
});

if (!redis) describe('BullMQ on Redis', () => test.skip('does not answer', () => {}));
