import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { commands } from '../commands/index.ts';
import { createDiscord } from '../src/chat/discord/adapter.ts';
import { createSlack } from '../src/chat/slack/adapter.ts';
import { createSeal } from '../src/config/seal.ts';
import { sentence } from '../src/core/messages/message.ts';
import type { ChatAdapter, ChatListener } from '../src/core/ports/chat.ts';
import type { Clock } from '../src/core/ports/clock.ts';
import type { Draw } from '../src/core/ports/draw.ts';
import type { Log } from '../src/core/ports/log.ts';
import { owePost } from '../src/flows/chat/owe.ts';
import { jobHandlers } from '../src/flows/handlers.ts';
import { createLoop } from '../src/queue/loop.ts';
import { openPostgres } from '../src/storage/postgres.ts';
import { createFakeDiscord } from '../test/support/discord/index.ts';
import { createFakeSlack } from '../test/support/slack/index.ts';
import { onPostgres } from './databases.ts';
import { type Row, round } from './row.ts';

const CHANNELS = 50;
const POSTS = Number(process.env.BENCH_POSTS ?? 5_000);
/** Slack's rates let 300 through a minute: this many of its seconds pass in one of ours. */
const SLACK_SPEED = 8;
/** In our time. */
const PATIENCE = 180_000;

/** A platform that keeps its rates, and what was seen there. */
interface Platform {
  adapter: ChatAdapter;
  team: string;
  channels: string[];
  clock: Clock;
  /** Words of what stands in a channel, oldest first, each with its time there. */
  seen(channel: string): { words: string; at: number }[];
  refusals(): number;
  /** The most posts that the platform's own documents let one channel have in so many ms. */
  rate: { posts: number; perMs: number };
  close(): Promise<void>;
}

const quietLog: Log = { info() {}, warn() {}, error: (fields, message) => console.error(message, fields) };
const noPictures: Draw = { png: async () => Buffer.alloc(0), sizeOf: () => ({ width: 1, height: 1 }), keyOf: () => 'none' };

/** 5,000 posts over 50 channels: none lost, none twice, in order, at the platform's pace. */
export async function postRows(): Promise<Row[]> {
  return [
    ...(await onPostgres('posts in Slack', async (url) => [await row('Slack', await slackPlatform(), url)])),
    ...(await onPostgres('posts in Discord', async (url) => [await row('Discord', await discordPlatform(), url)])),
  ];
}

async function row(name: string, platform: Platform, url: string): Promise<Row> {
  const { adapter, clock, channels } = platform;
  const database = await openPostgres(url, clock, quietLog);
  const ports = { database, clock, log: quietLog, connectors: [], adapters: [adapter] };
  const left = async ({ why }: { why: string }) => console.error(why);
  // Nothing but posts is owed here, so that nothing else is needed.
  const jobs = createLoop({
    ...ports,
    handlers: jobHandlers({ ...ports, left } as unknown as Parameters<typeof jobHandlers>[0]),
  });
  try {
    await adapter.start({ joined: async () => {}, returned: async () => {}, left: async () => {} } as unknown as ChatListener);
    for (let n = 0; n < POSTS; n += CHANNELS) {
      await database.transaction(async (stores) => {
        for (const [i, channel] of channels.entries()) {
          const place = { platform: adapter.platform, team: platform.team, channel };
          const message = sentence(`post ${n / CHANNELS} of channel ${i}`);
          await owePost(stores, { subject: `post-${n + i}`, place, message }, clock.now());
        }
      });
    }
    const start = performance.now();
    const began = Number(clock.now());
    await jobs.start();
    const arrived = () => channels.reduce((sum, channel) => sum + numbersIn(platform, channel).length, 0);
    while (arrived() < POSTS && performance.now() - start < PATIENCE) await wait(100);
    // Whatever is sent twice has the time to arrive.
    await wait(2_000);
    return result(name, platform, (performance.now() - start) / 1_000 - 2, (Number(clock.now()) - began) / 1_000);
  } finally {
    await jobs.stop();
    await adapter.stop();
    await database.close();
    await platform.close();
  }
}

function result(name: string, platform: Platform, seconds: number, theirSeconds: number): Row {
  const found = platform.channels.map((channel) => numbersIn(platform, channel));
  const distinct = found.reduce((sum, numbers) => sum + new Set(numbers).size, 0);
  const all = found.flat().length;
  const disordered = found.filter((numbers) => numbers.some((n, i) => i > 0 && n < (numbers[i - 1] ?? 0))).length;
  const tooFast = platform.channels.filter((channel) => isTooFast(platform, channel)).length;
  const detail = {
    lost: POSTS - distinct,
    twice: all - distinct,
    channelsOutOfOrder: disordered,
    channelsTooFast: tooFast,
    refusals429: platform.refusals(),
    seconds: round(seconds),
    platformSeconds: round(theirSeconds),
  };
  return {
    name: `${POSTS} posts over ${CHANNELS} channels, ${name}`,
    value: `${detail.lost} lost, ${detail.twice} twice, ${disordered} channels out of order, ${tooFast} too fast`,
    goal: 'none',
    baseline: `${detail.refusals429} times 429, ${detail.seconds} s (${round(theirSeconds, 0)} s on its clock)`,
    ratio: null,
    detail,
  };
}

const numbersIn = ({ seen }: Platform, channel: string): number[] =>
  seen(channel).flatMap(({ words }) => {
    const number = /post (\d+) of/.exec(words)?.[1];
    return number === undefined ? [] : [Number(number)];
  });

/** Somewhere more posts than allowed stand within one stretch of time. */
function isTooFast({ seen, rate }: Platform, channel: string): boolean {
  const times = seen(channel).map(({ at }) => at);
  return times.some((at, i) => at - (times[i - rate.posts] ?? Number.NEGATIVE_INFINITY) < rate.perMs);
}

/** A clock on which time runs faster. */
function fastClock(speed: number): Clock {
  const start = Date.now();
  const now = () => new Date(start + (Date.now() - start) * speed);
  return {
    now,
    after(ms, call) {
      const timer = setTimeout(call, ms / speed);
      return () => clearTimeout(timer);
    },
  };
}

async function slackPlatform(): Promise<Platform> {
  const clock = fastClock(SLACK_SPEED);
  const channels = Array.from({ length: CHANNELS }, (_, n) => `C0POSTS${String(n).padStart(2, '0')}`);
  const fake = await createFakeSlack({
    now: () => Number(clock.now()),
    delivery: 'socket',
    channels: channels.map((id) => ({ id, members: ['bot'] })),
    rates: { on: true },
  });
  const config = { botToken: fake.botToken, appToken: fake.appToken, signingSecrets: [], apiUrl: fake.apiUrl, commandPrefix: '' };
  return {
    adapter: createSlack({ config, commands, draw: noPictures, clock, log: quietLog, seal: createSeal(randomBytes(32)) }),
    team: fake.team.id,
    channels,
    clock,
    seen: (channel) => fake.channel(channel).messages.map(({ text, at }) => ({ words: text, at })),
    refusals: () => fake.requests('chat.postMessage').filter(({ status }) => status === 429).length,
    rate: { posts: fake.rates.burst + 1, perMs: 1_000 },
    close: () => fake.close(),
  };
}

async function discordPlatform(): Promise<Platform> {
  const clock = fastClock(1);
  // Its library keeps the rates in real time, and 50 requests a second over all.
  const fake = await createFakeDiscord({
    guilds: [{ name: 'Bench', channels: Array.from({ length: CHANNELS }, (_, n) => ({ name: `posts${n}` })) }],
    limits: { bucket: { limit: 5, perMs: 5_000 } },
  });
  const config = { token: fake.token, applicationId: fake.applicationId, apiUrl: fake.apiUrl };
  return {
    adapter: createDiscord({ config, commands, draw: noPictures, clock, log: quietLog, seal: createSeal(randomBytes(32)) }),
    team: fake.guild().id,
    channels: Array.from({ length: CHANNELS }, (_, n) => fake.channel(`posts${n}`).id),
    clock,
    seen: (channel) =>
      fake.channel(channel).messages.map(({ components, createdAt }) => ({ words: JSON.stringify(components), at: createdAt })),
    refusals: () => fake.requests().filter(({ status }) => status === 429).length,
    rate: { posts: 2 * 5, perMs: 5_000 },
    close: () => fake.close(),
  };
}
