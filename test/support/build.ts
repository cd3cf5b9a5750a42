import { spawnSync } from 'node:child_process';

/** Tests of the process run what users run: the compiled program. Types are `npm run check`'s business: tsc emits all the same. */
export default function build(): void {
  spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { stdio: 'ignore' });
  spawnSync(process.execPath, ['scripts/copy-assets.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
