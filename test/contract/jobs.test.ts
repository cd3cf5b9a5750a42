import { describe, test } from 'vitest';
import { onEachBackend } from '../support/backends.ts';
import { jobsContract } from './jobs.contract.ts';
import { databaseEngine, loopEngine, redisAnswers, redisEngine } from './jobs-engines.ts';

const redis = await redisAnswers();

await onEachBackend((backend) => {
  const engines = [loopEngine, databaseEngine(backend)];
  // Where the rows lie makes no difference to Redis: once is enough.
  if (backend.name === 'PGlite' && redis) engines.push(redisEngine());
  for (const engine of engines) describe(engine.name, () => jobsContract(backend, engine));
});

if (!redis) describe('BullMQ on Redis', () => test.skip('does not answer', () => {}));
