#!/usr/bin/env node
/** Each is loaded when it is asked for: a start needs neither the libraries of a chat that is off nor the other commands. */
const commands: Record<string, () => Promise<(args: readonly string[]) => Promise<void>>> = {
  start: async () => (await import('./cli/start.ts')).start,
  check: async () => (await import('./cli/check.ts')).check,
  doctor: async () => (await import('./cli/doctor.ts')).doctor,
  verify: async () => (await import('./cli/verify.ts')).verify,
  export: async () => (await import('./cli/export.ts')).exportTrail,
  move: async () => (await import('./cli/move.ts')).move,
  generate: async () => (await import('./cli/generate.ts')).generate,
  'register-discord': async () => (await import('./cli/register-discord.ts')).registerDiscord,
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
  const run = await command();
  await run(args);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
