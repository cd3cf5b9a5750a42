import { type App, type AppParts, createApp } from '../../src/app.ts';
import type { Config } from '../../src/config/env.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { emptyFolder, madeFolder } from './process.ts';

export const silent: Log = { info() {}, warn() {}, error() {} };

export interface TestApp {
  app: App;
  clock: FakeClock;
  /** GET as the token that may read. */
  get<T>(path: string): Promise<T>;
  /** POST /v1/delivery as the token that may ingest. */
  push(body: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** What tests may set otherwise. */
export type Settings = Pick<
  Config,
  'databaseUrl' | 'redisUrl' | 'role' | 'secretKey' | 'slack' | 'discord' | 'configFile' | 'segmentSecrets' | 'forwardSecrets'
>;

/** The whole application on an empty folder, with time standing still at `now`. */
export async function startApp(
  options: { now: string | Date; demo: boolean } & Pick<AppParts, 'verify'> & Partial<Settings>,
): Promise<TestApp> {
  const folder = options.databaseUrl ? emptyFolder() : madeFolder();
  const clock = fakeClock(options.now);
  const app = createApp({
    config: {
      host: '127.0.0.1',
      port: 0,
      dataDir: folder.path,
      databaseUrl: options.databaseUrl,
      redisUrl: options.redisUrl,
      role: options.role ?? 'all',
      secretKey: options.secretKey,
      publicUrl: undefined,
      demo: options.demo,
      apiTokens: undefined,
      consoleTokens: undefined,
      slack: options.slack,
      discord: options.discord,
      segmentSecrets: options.segmentSecrets ?? [],
      configFile: options.configFile,
      forwardSecrets: options.forwardSecrets ?? new Map(),
      logLevel: 'silent',
    },
    tokens: [{ name: 'test', token: 'test-token', scopes: ['ingest', 'read', 'audit'] }],
    clock,
    log: silent,
    verify: options.verify,
  });
  await app.start();
  const headers = { authorization: 'Bearer test-token', 'content-type': 'application/json' };
  return {
    app,
    clock,
    async get<T>(path: string) {
      const response = await fetch(`${app.url}${path}`, { headers });
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    async push(body) {
      const response = await fetch(`${app.url}/v1/delivery`, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await app.stop();
      folder.remove();
    },
  };
}
