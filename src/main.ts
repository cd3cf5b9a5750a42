#!/usr/bin/env node
import { check } from './cli/check.ts';
import { doctor } from './cli/doctor.ts';
import { exportTrail } from './cli/export.ts';
import { generate } from './cli/generate.ts';
import { move } from './cli/move.ts';
import { registerDiscord } from './cli/register-discord.ts';
import { start } from './cli/start.ts';
import { verify } from './cli/verify.ts';

const commands: Record<string, (args: readonly string[]) => Promise<void>> = {
  start,
  check,
  doctor,
  verify,
  export: exportTrail,
  move,
  generate,
  'register-discord': registerDiscord,
};

/** What stands in `.env` here holds where the environment says nothing. */
function readEnvFile(): void {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function main(): Promise<void> {
  readEnvFile();
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Error(`There is no command “${name}”. There are: ${Object.keys(commands).join(', ')}.`);
  await command(args);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
