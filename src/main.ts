#!/usr/bin/env node
import { destination, pino } from 'pino';
import { createApp } from './app.ts';
import { ownApiToken } from './config/api-token.ts';
import { readConfig } from './config/env.ts';
import { describeSchedule } from './connectors/demo/incident.ts';
import type { Clock } from './core/ports/clock.ts';

const systemClock: Clock = {
  now: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel, base: null }, destination(2));
  const own = config.apiTokens ? undefined : ownApiToken(config.dataDir);
  const app = createApp({ config, tokens: config.apiTokens ?? (own ? [own.token] : []), clock: systemClock, log });

  let stopping = false;
  const stop = (code: number) => {
    if (stopping) return;
    stopping = true;
    void app.stop().finally(() => process.exit(code));
  };
  process.on('SIGINT', () => stop(0));
  process.on('SIGTERM', () => stop(0));
  // Something is wrong that nobody foresaw: say so and let the supervisor start us again.
  process.on('unhandledRejection', (error) => {
    log.error({ error: String((error as Error)?.stack ?? error) }, 'unhandled rejection');
    stop(1);
  });

  await app.start();
  const workspace = config.demo ? 'a simulated web shop' : 'no demo';
  console.log(
    `Pipewarden runs at ${app.url} with ${workspace}; data in ${config.dataDir}${own ? `, API token in ${own.path}` : ''}.`,
  );
  console.log(
    config.demo
      ? `Open it and type /pipeline, then /pipeline web amplitude 1h. ${describeSchedule()}`
      : 'Send counts to POST /v1/delivery, then open it and type /pipeline.',
  );
}

async function main(): Promise<void> {
  const [command = 'start'] = process.argv.slice(2);
  if (command !== 'start') throw new Error(`There is no command “${command}”. Use: pipewarden start`);
  await start();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
