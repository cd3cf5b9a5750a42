import { createApp } from '../app.ts';
import { readConfig } from '../config/env.ts';
import { localAccess, ownApiToken } from '../config/own-keys.ts';
import { describeSchedule } from '../connectors/demo/incident.ts';
import { processLog, systemClock } from './system.ts';

/** What runs is finished, for so long at most. What does not end is left where it is: all that was answered is stored. */
const STOP_WITHIN = 10_000;

/** Runs until it is told to stop. Tells in two lines what runs, where, and what to try. */
export async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = processLog(config.logLevel);
  const own = config.apiTokens ? undefined : ownApiToken(config.dataDir);
  const local = config.databaseUrl ? undefined : localAccess(config.dataDir);
  const app = createApp({
    config,
    tokens: [...(config.apiTokens ?? (own ? [own.token] : [])), ...(local ? [local.token] : [])],
    clock: systemClock,
    log,
    broke(error) {
      log.error(
        { error: String(error), folder: config.dataDir },
        'the embedded database broke down, most often by a full disk: make room, then start again; all that was answered is stored',
      );
      stop(1);
    },
  });

  let stopping = false;
  const stop = (code: number) => {
    if (stopping) return;
    stopping = true;
    // A part that never ends must not keep a supervisor waiting.
    setTimeout(() => process.exit(code), STOP_WITHIN).unref();
    void app.stop().finally(() => {
      local?.close();
      process.exit(code);
    });
  };
  process.on('SIGINT', () => stop(0));
  process.on('SIGTERM', () => stop(0));
  // Something is wrong that nobody foresaw: say so and let the supervisor start us again.
  process.on('unhandledRejection', (error) => {
    log.error({ error: String((error as Error)?.stack ?? error) }, 'unhandled rejection');
    stop(1);
  });

  await app.start();
  local?.open(app.url);
  const what = config.demo ? 'a simulated web shop' : 'no demo';
  const where = config.databaseUrl ? 'data in PostgreSQL' : `data in ${config.dataDir}`;
  console.log(`Pipewarden runs at ${app.url} with ${what}; ${where}${own ? `, API token in ${own.path}` : ''}.`);
  // The policy file is read again, whole or not at all.
  process.on('SIGHUP', () => app.reloadPolicy());
  if (config.role === 'worker') {
    console.log(
      'It does what is owed, and lets nobody in but /healthz, /readyz and /metrics: people and programs come by ROLE=web.',
    );
    return;
  }
  console.log(
    config.demo
      ? `Open it and type /pipeline, then /pipeline web amplitude 1h. ${describeSchedule()}`
      : 'Send counts to POST /v1/delivery, then open it and type /pipeline.',
  );
  const code = await app.ownerCode();
  const inChat = config.slack || config.discord ? ' in the chat' : '';
  if (code) console.log(`Nobody is owner${inChat} yet. Type /warden login ${code}${inChat && ' there'} to become it.`);
}
