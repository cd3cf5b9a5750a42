import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, type AppOptions, HTTPReceiver, LogLevel } from '@slack/bolt';
import { type Block, WebClient, type WebClientOptions } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { createFakeSlack, type FakeSlack, type FakeSlackOptions } from '../support/slack/index.ts';

/** Closed after the test, the last first. */
export const closing = (close: () => Promise<unknown>): void => onTestFinished(() => close().then(() => {}));

export async function workspace(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const fake = await createFakeSlack({
    users: [
      { id: 'U1', name: 'ana', email: 'ana@acme.test', tz: 'Europe/Lisbon' },
      { id: 'U2', name: 'ben' },
      { id: 'U3', name: 'guest', guest: 'multi' },
      { id: 'U4', name: 'gone', deleted: true },
      { id: 'U9', name: 'stranger', teamId: 'T9' },
    ],
    channels: [
      { id: 'C1', name: 'ops', members: ['bot', 'U1', 'U2'] },
      { id: 'C2', name: 'general', members: ['U1'] },
      { id: 'C3', name: 'old', archived: true, members: ['bot', 'U1'] },
      { id: 'G1', name: 'secret', private: true, members: ['U1'] },
      { id: 'G2', name: 'war-room', private: true, members: ['bot', 'U1'] },
    ],
    groups: [{ id: 'S1', handle: 'oncall', name: 'On call', users: ['U1'] }],
    ...options,
  });
  closing(() => fake.close());
  return fake;
}

export const quiet = {
  logLevel: LogLevel.ERROR,
  logger: { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => LogLevel.ERROR },
};

export const clientOf = (fake: FakeSlack, token = fake.botToken, more: WebClientOptions = {}): WebClient =>
  new WebClient(token, {
    slackApiUrl: fake.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    ...quiet,
    ...more,
  });

/** Bolt asks for these at its start, on its own time, unless it is told. */
export const own = (fake: FakeSlack) => ({ token: fake.botToken, botId: fake.app.botId, botUserId: fake.app.botUserId });

/** A Bolt app behind its HTTP receiver. */
export async function httpApp(fake: FakeSlack, options: AppOptions = {}): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret: fake.signingSecret, ...quiet });
  const app = new App({ ...own(fake), receiver, clientOptions: { slackApiUrl: fake.apiUrl }, ...quiet, ...options });
  const server = (await app.start(0)) as unknown as Server;
  closing(() => app.stop());
  fake.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  return app;
}

/** A Bolt app on Socket Mode. */
export async function socketApp(fake: FakeSlack, listen: (app: App) => void = () => {}): Promise<App> {
  const app = new App({
    ...own(fake),
    appToken: fake.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: fake.apiUrl },
    ...quiet,
  });
  listen(app);
  closing(() => app.stop());
  await app.start();
  return app;
}

/** The answer of a call that is refused. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; response_metadata?: { messages?: string[] }; needed?: string }> {
  try {
    await call;
  } catch (error) {
    return (error as { data: { error: string } }).data;
  }
  throw new Error('it was not refused');
}

/** Blocks of any kind, right or wrong. */
export const loose = (...blocks: object[]) => blocks as Block[];
export const mrkdwn = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });
export const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const button = (label: string, action_id: string, more: object = {}) => ({
  type: 'button',
  text: plain(label),
  action_id,
  ...more,
});
export const buttons = (...elements: object[]) => ({ type: 'actions', block_id: 'buttons', elements });
