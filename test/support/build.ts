import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Tests of the process run what users run: the compiled program. Types are `npm run check`'s business: tsc emits all the same. And makes
 * one embedded database, empty and closed: most tests start from a copy of it (`madeFolder`), since making one costs seconds.
 */
export default async function build(): Promise<() => void> {
  spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { stdio: 'ignore' });
  spawnSync(process.execPath, ['scripts/copy-assets.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = mkdtempSync(join(tmpdir(), 'pipewarden-made-'));
  const { openEmbedded } = (await import('../../src/storage/database.ts')) as typeof import('../../src/storage/database.ts');
  const at = new Date('2026-11-25T10:00:00Z');
  await (await openEmbedded(folder, { now: () => at, after: () => () => {} })).close();
  process.env.TEST_MADE_DATABASE = join(folder, 'pglite');
  return () => rmSync(folder, { recursive: true, force: true });
}
