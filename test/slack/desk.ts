import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { commands } from '../../commands/index.ts';
import { createSlack } from '../../src/chat/slack/adapter.ts';
import { createSeal } from '../../src/config/seal.ts';
import type { Message } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import type { ChatAdapter } from '../../src/core/ports/chat.ts';
import type { Draw } from '../../src/core/ports/draw.ts';
import { createServer } from '../../src/http/server.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { Listener } from '../support/listener.ts';
import { createFakeSlack, type FakeSlack, type FakeSlackOptions } from '../support/slack/index.ts';

/** Closed after the test, the last first. */
export const closing = (close: () => Promise<unknown>): void => onTestFinished(() => close().then(() => {}));

export const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(64)]);
export const draw: Draw = {
  png: async () => png,
  sizeOf: () => ({ width: 10, height: 10 }),
  keyOf: ({ title, alt }) =>
    Buffer.from(title + alt)
      .toString('hex')
      .slice(0, 40),
};

export interface Desk {
  fake: FakeSlack;
  adapter: ChatAdapter;
  listener: Listener;
  clock: FakeClock;
  logged: { fields: object; message: string }[];
  /** What a flow would do with a command or press: post or edit for the caller alone. */
  answer(call: { caller: { account: string }; place: Place }, message: Message): Promise<string>;
}

export interface DeskOptions extends FakeSlackOptions {
  mode?: 'http' | 'socket';
  secrets?: readonly string[];
  prefix?: string;
  publicUrl?: string;
  drawing?: Draw;
  /** Left for the test to do. */
  unstarted?: boolean;
}

export const START = '2026-11-25T12:00:00Z';

/** The adapter with real Bolt, over real sockets, against a Slack of our own. */
export async function desk({
  mode = 'http',
  secrets,
  prefix = '',
  publicUrl,
  drawing,
  unstarted,
  ...options
}: DeskOptions = {}): Promise<Desk> {
  const clock = fakeClock(START);
  const fake = await createFakeSlack({
    now: () => Number(clock.now()),
    users: [
      { id: 'U1', name: 'dana', tz: 'Europe/Berlin' },
      { id: 'U2', name: 'sam' },
      { id: 'U3', name: 'guest', guest: 'multi' },
      { id: 'U9', name: 'stranger', teamId: 'T9' },
    ],
    channels: [
      { id: 'C1', name: 'ops', members: ['bot', 'U1', 'U2', 'U3', 'U9'] },
      { id: 'C2', name: 'elsewhere', members: ['U1', 'U2'] },
    ],
    groups: [{ id: 'S1', handle: 'oncall', name: 'On call', users: ['U1'] }],
    filePolls: 0,
    delivery: mode,
    ...options,
  });
  closing(() => fake.close());
  const logged: Desk['logged'] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const log = { info: () => {}, warn: note, error: note };
  const adapter = createSlack({
    config: {
      botToken: fake.botToken,
      appToken: mode === 'socket' ? fake.appToken : undefined,
      signingSecrets: secrets ?? [fake.signingSecret],
      apiUrl: fake.apiUrl,
      commandPrefix: prefix,
    },
    ...{ commands, draw: drawing ?? draw, clock, log, publicUrl },
    seal: createSeal(randomBytes(32)),
  });
  if (mode === 'http') {
    const server = createServer({ routes: adapter.routes, publicUrl: undefined, log });
    closing(() => server.close());
    fake.requestUrl = `${await server.listen('127.0.0.1', 0)}/slack/events`;
  }
  const listener = new Listener();
  closing(() => adapter.stop());
  if (!unstarted) await adapter.start(listener);
  let count = 0;
  return {
    ...{ fake, adapter, listener, clock, logged },
    answer: (call, message) => {
      count += 1;
      return adapter.post({ ...call.place, person: call.caller.account }, message, `post-${count}`);
    },
  };
}

export const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
};
