import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDatabases } from './made.ts';

/**
 * Tests of the process run what users run: the compiled program. Types are `npm run check`'s business: tsc emits all the same. And most
 * tests start from a copy of a database that is made here.
 */
export default async function build(): Promise<() => Promise<void>> {
  const [remove] = await Promise.all([makeDatabases(), isCompiled() ? undefined : compile()]);
  return remove;
}

const compiled = 'dist/src/main.js';
const sources = ['src', 'commands', 'migrations', 'bench', 'test/support', 'scripts'];

/** As after `npm ci`: nothing was changed since. */
function isCompiled(): boolean {
  if (!existsSync(compiled)) return false;
  const { mtimeMs } = statSync(compiled);
  const files = sources.flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))));
  return [...files, 'tsconfig.json', 'tsconfig.build.json'].every((file) => statSync(file).mtimeMs < mtimeMs);
}

async function compile(): Promise<void> {
  await run('npx', ['tsc', '-p', 'tsconfig.build.json']);
  await run(process.execPath, ['scripts/copy-assets.mjs']);
}

const run = (command: string, args: string[]) => once(spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
