import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createDiscord, type DiscordOptions } from '../../src/chat/discord/adapter.ts';
import { definitionsOf } from '../../src/chat/discord/definitions.ts';
import { createSeal } from '../../src/config/seal.ts';
import type { CommandFacts } from '../../src/core/commands/command.ts';
import type { Figure } from '../../src/core/messages/figure.ts';
import { type Message, sentence } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import type { ChatAdapter } from '../../src/core/ports/chat.ts';
import type { Draw } from '../../src/core/ports/draw.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { createFakeDiscord, type FakeDiscord, type FakeDiscordOptions } from '../support/discord/index.ts';
import { Listener } from '../support/listener.ts';
import { until } from '../support/wait.ts';

export const commands: CommandFacts[] = [
  {
    name: 'pipeline',
    summary: 'Where events are',
    defaultVerb: 'show',
    verbs: {
      show: {
        summary: 'One or all',
        example: '/pipeline web amplitude',
        options: {
          source: { kind: 'source', summary: 'From', required: false },
          destination: { kind: 'destination', summary: 'To', required: false },
          note: { kind: 'text', summary: 'Anything', required: false },
        },
      },
    },
  },
  {
    name: 'audit',
    summary: 'What was done',
    defaultVerb: 'search',
    verbs: {
      search: { summary: 'Search', example: '/audit', options: { query: { kind: 'query', summary: 'What', required: false } } },
    },
  },
];

export const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(64)]);
const drawing: Draw = {
  png: async ({ alt }) => {
    if (alt.includes('undrawable')) throw new Error('no room');
    return png;
  },
  sizeOf: () => ({ width: 10, height: 10 }),
  keyOf: ({ title }) => Buffer.from(title).toString('hex').slice(0, 40),
};

/** A card with a figure of this name. */
export const figured = (title: string, alt = 'Fell from 98 % to 61 %.'): Message =>
  sentence('web → amplitude', 'warning', [{ kind: 'figure', figure: { kind: 'series', title, alt } as Figure }]);

/** A card with a button and a select on this view. */
export const card = (title: string, id = 'vw_1'): Message => ({
  title,
  tone: 'ok',
  blocks: [
    { kind: 'buttons', label: 'More', buttons: [{ label: 'Refresh', action: { verb: 'pipeline.refresh', id } }] },
    {
      kind: 'select',
      label: 'Period',
      action: { verb: 'pipeline.period', id },
      options: [
        { label: 'Last hour', value: '1h' },
        { label: 'Last day', value: '24h' },
      ],
    },
  ],
});

export interface Desk {
  fake: FakeDiscord;
  adapter: ChatAdapter;
  listener: Listener;
  clock: FakeClock;
  logged: { fields: object; message: string }[];
  /** What a flow would do with a command or a press: show it to the caller alone. */
  answer(call: { caller: { account: string }; place: Place }, message: Message): Promise<string>;
  /** Another process takes over, with the same key; what is posted from now on is posted by it. Gives its listener. */
  restart(): Promise<Listener>;
  /** Of a channel, for everyone. */
  at(channel: string, more?: Partial<Place>): Place;
}

export interface DeskOptions extends FakeDiscordOptions {
  more?: Partial<DiscordOptions['config']>;
  unstarted?: boolean;
}

export const START = '2026-11-25T12:00:00Z';

/** The adapter with the real discord.js, over real sockets, against a Discord of our own. */
export async function desk({ more, unstarted, ...options }: DeskOptions = {}): Promise<Desk> {
  const clock = fakeClock(START);
  const fake = await createFakeDiscord({
    now: () => Number(clock.now()),
    users: [{ name: 'dana', displayName: 'Dana Scully' }, { name: 'sam' }, { name: 'eve' }],
    guilds: [
      {
        name: 'Acme',
        roles: [{ name: 'oncall' }],
        members: [{ user: 'dana', roles: ['oncall'], nick: 'Dana S.' }, { user: 'sam' }],
        channels: [
          { name: 'ops' },
          { name: 'mute', missing: ['SEND_MESSAGES', 'ATTACH_FILES'] },
          { name: 'plain', missing: ['ATTACH_FILES'] },
        ],
      },
    ],
    ...options,
  });
  onTestFinished(() => fake.close());
  const definitions = definitionsOf(commands) as never[];
  await fetch(`${fake.apiUrl}/v10/applications/${fake.applicationId}/commands`, {
    method: 'PUT',
    headers: { authorization: `Bot ${fake.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(definitions),
  });
  const logged: Desk['logged'] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const seal = createSeal(randomBytes(32));
  const create = (): ChatAdapter => {
    const config = {
      token: fake.token,
      applicationId: fake.applicationId,
      publicKey: fake.publicKey,
      apiUrl: fake.apiUrl,
      ...more,
    };
    const log = { info: () => {}, warn: note, error: note };
    const created = createDiscord({ config, commands, draw: drawing, clock, log, seal, publicUrl: 'https://pipewarden.example' });
    onTestFinished(() => created.stop());
    return created;
  };
  const adapter = create();
  const listener = new Listener();
  if (!unstarted) {
    await adapter.start(listener);
    await until('the server is greeted', () => listener.joins.length > 0);
  }
  let posts = 0;
  const d: Desk = {
    ...{ fake, adapter, listener, clock, logged },
    answer: ({ caller, place }, message) => {
      posts += 1;
      return d.adapter.post({ ...place, person: caller.account }, message, `answer-${posts}`);
    },
    async restart() {
      await d.adapter.stop();
      d.adapter = create();
      const next = new Listener();
      await d.adapter.start(next);
      return next;
    },
    at: (channel, extra) => ({ platform: 'discord', team: fake.guild().id, channel: fake.channel(channel).id, ...extra }),
  };
  return d;
}

/** What posting was rejected with. */
export async function rejection(
  work: Promise<unknown>,
): Promise<{ kind: string; message: string; retryAfterMs: number | undefined }> {
  const error = (await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )) as { kind: string; message: string; retryAfterMs: number | undefined } | undefined;
  if (!error) throw new Error('it was not rejected');
  return { kind: error.kind, message: error.message, retryAfterMs: error.retryAfterMs };
}
