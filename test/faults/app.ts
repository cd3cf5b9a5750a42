import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/env.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import { emptyFolder } from '../support/process.ts';
import { keptLog } from '../support/samples.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

export interface FaultyApp {
  app: App;
  log: ReturnType<typeof keptLog>;
  /** From now on its clock is so much further ahead. */
  advance(ms: number): void;
  get(path: string): Promise<Answer>;
  push(body: unknown): Promise<Answer>;
  /** Types a line into the console; what it is told privately, if anything. */
  say(text: string): Promise<Answer>;
  close(): Promise<void>;
}

/** The whole application on this PostgreSQL, in real time. */
export async function startOn(databaseUrl: string): Promise<FaultyApp> {
  const folder = emptyFolder();
  const log = keptLog();
  let ahead = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + ahead),
    after(ms, call) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
  };
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    DATA_DIR: folder.path,
    PORT: '0',
    DEMO: '0',
  });
  const app = createApp({ config, tokens: [{ name: 'all', token: 'token-all', scopes: ['ingest', 'read'] }], clock, log });
  await app.start();
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: 'Bearer token-all', 'content-type': 'application/json', ...init.headers };
    const response = await fetch(`${app.url}${path}`, { ...init, headers });
    return { status: response.status, body: await response.json() };
  };
  return {
    app,
    log,
    advance(ms) {
      ahead += ms;
    },
    get: (path) => request(path, { headers: { accept: 'application/json' } }),
    push: (body) => request('/v1/delivery', { method: 'POST', body: JSON.stringify(body) }),
    say: (text) =>
      request('/c/general', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ text }).toString(),
      }),
    async close() {
      await app.stop();
      folder.remove();
    },
  };
}

/** Whole minutes of an hour that is over, so that its roll-up falls due at once. */
export const lastHour = (): string => new Date(Math.floor(Date.now() / 3_600_000 - 1) * 3_600_000).toISOString();

/** Three counts and a level: enough to be stored by half, if that could be. */
export const batch = (batchId: string, time = lastHour()) => ({
  batchId,
  counts: [
    { time, source: 'web', step: 'successfully_received', count: 10 },
    { time, source: 'web', destination: 'crm', step: 'successful_delivery', count: 9 },
    { time, source: 'web', destination: 'crm', step: 'failed_delivery', reason: '429', count: 1 },
  ],
  gauges: [{ time, source: 'web', destination: 'crm', metric: batchId, value: 1 }],
});

export const WHOLE = { accepted: 4, duplicate: 0 };
export const KNOWN = { accepted: 0, duplicate: 4 };

/** What an outage is answered with: a code, and a sentence that says what to do. */
export const unavailable = (words: RegExp) => ({
  status: 503,
  body: { error: { code: 'unavailable', message: expectMatching(words) } },
});

const expectMatching = (words: RegExp): unknown => ({
  asymmetricMatch: (text: unknown) => typeof text === 'string' && words.test(text),
  toString: () => `a text like ${words}`,
});
