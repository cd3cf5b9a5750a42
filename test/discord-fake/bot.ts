import { Client, type ClientOptions, DiscordAPIError, Events, type Interaction as Incoming, REST } from 'discord.js';
import { expect, onTestFinished } from 'vitest';
import { createFakeDiscord, type FakeDiscord, type FakeDiscordOptions, type Json } from '../support/discord/index.ts';

export const noMentions = { parse: [] as never[] };

export async function startFake(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const fake = await createFakeDiscord(options);
  onTestFinished(() => fake.close());
  return fake;
}

export interface Bot {
  fake: FakeDiscord;
  client: Client<true>;
  /** The same API without the library's own checks: whatever JSON is given goes out. */
  rest: REST;
  /** What handlers threw. */
  errors: unknown[];
}

/** A fake with the real library connected to it. */
export async function startBot(
  options: FakeDiscordOptions = {},
  handle: (interaction: Incoming, client: Client<true>) => Promise<unknown> = async () => {},
  clientOptions: Partial<ClientOptions> = {},
): Promise<Bot> {
  const fake = await startFake(options);
  const errors: unknown[] = [];
  const client = new Client({
    intents: [1],
    allowedMentions: noMentions,
    ...clientOptions,
    rest: { api: fake.apiUrl, retries: 0, ...clientOptions.rest },
  });
  client.on(Events.InteractionCreate, (interaction) => {
    handle(interaction, client as Client<true>).catch((error: unknown) => errors.push(error));
  });
  client.on(Events.Error, (error) => errors.push(error));
  onTestFinished(() => client.destroy());
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  await client.login(fake.token);
  await ready;
  return { fake, client: client as Client<true>, rest: restOf(fake), errors };
}

export const restOf = (fake: FakeDiscord, token = fake.token): REST =>
  new REST({ api: fake.apiUrl, version: '10', retries: 0 }).setToken(token);

/** The error an API call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<DiscordAPIError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DiscordAPIError);
  return error as DiscordAPIError;
}

/** `code` and, for 50035, the paths and codes of what is wrong: `50035 content BASE_TYPE_MAX_LENGTH`. */
export async function refusedWith(call: Promise<unknown>): Promise<string> {
  const { code, rawError } = await refusal(call);
  const found: string[] = [];
  const walk = (node: unknown, path: string): void => {
    for (const [key, inner] of Object.entries(node as Json))
      if (key === '_errors') for (const one of inner as Json[]) found.push(`${path} ${one.code}`);
      else walk(inner, path ? `${path}.${key}` : key);
  };
  if ('errors' in rawError && rawError.errors) walk(rawError.errors, '');
  return [code, ...found].join(' | ');
}
