import { setTimeout as wait } from 'node:timers/promises';
import { commands } from '../commands/index.ts';
import { registerCommands } from '../src/chat/discord/register.ts';
import { createFakeDiscord } from '../test/support/discord/index.ts';
import { createFakeSlack } from '../test/support/slack/index.ts';
import { onPostgres } from './databases.ts';
import { quantile, type Row, round } from './row.ts';
import { startServer } from './server.ts';

const PER_SECOND = 200;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const PEOPLE = 40;
/** Stands in the card that is asked for, and in no apology. */
const CARD = 'Web shop → Amplitude';
/** How long the answers may take after the last command. */
const PATIENCE = 30_000;

/** A platform whose people can type, and that knows what came back. */
interface Platform {
  name: string;
  type(person: number): Promise<{ acked: boolean }>;
  answers(): number;
  problems: readonly string[];
}

/** Slash command → acknowledgement, 200 a second: p99 < 300 ms. The program on PostgreSQL, the fakes in this process. */
export async function commandRows(): Promise<Row[]> {
  return [
    ...(await onPostgres('commands in Slack', rowOn(slackPlatform))),
    ...(await onPostgres('in Discord', rowOn(discordPlatform))),
  ];
}

export const rowOn = (open: typeof slackPlatform) => async (url: string) => {
  const platform = await open();
  const server = await startServer({ DATABASE_URL: url, DEMO: '1', ...platform.env });
  try {
    await ready(server.url);
    return [await row(platform)];
  } finally {
    await server.stop();
    await platform.close();
  }
};

async function row(platform: Platform): Promise<Row> {
  // Warm: who the people are is known, and the figure drawn.
  await openLoop(20, 2, platform.type);
  await answered(platform, platform.answers(), 40);
  const before = platform.answers();
  const troubles = platform.problems.length;
  const start = performance.now();
  const { times, late, lost } = await openLoop(PER_SECOND, SECONDS, platform.type);
  const all = PER_SECOND * SECONDS;
  const answers = await answered(platform, before, all);
  const took = (performance.now() - start) / 1_000;
  const found = platform.problems.length - troubles;
  if (found > 0) console.warn(`${platform.name} found ${found} faults, e.g. ${platform.problems.at(-1)}`);
  const [p50, p99, lateP99] = [quantile(times, 0.5), quantile(times, 0.99), quantile(late, 0.99)];
  return {
    name: `command acknowledged, ${platform.name}, ${PER_SECOND} a second`,
    value: `p50 ${round(p50)} ms, p99 ${round(p99)} ms`,
    goal: 'p99 < 300 ms',
    baseline: `commands set out late by p99 ${round(lateP99)} ms; ${lost} not acknowledged, ${answers} of ${all} answered after ${round(took)} s`,
    ratio: round(p99 / lateP99),
    detail: {
      p50Ms: round(p50),
      p99Ms: round(p99),
      lateP99Ms: round(lateP99),
      maxMs: round(Math.max(...times)),
      answered: answers,
      lost,
      answeredAfterS: round(took),
    },
  };
}

/**
 * Commands at their times, whether or not the ones before were acknowledged; each is measured from when it was due. How late they set
 * out themselves is what this machine takes for doing nothing.
 */
async function openLoop(
  perSecond: number,
  seconds: number,
  type: Platform['type'],
): Promise<{ times: number[]; late: number[]; lost: number }> {
  const times: number[] = [];
  const late: number[] = [];
  const running: Promise<void>[] = [];
  let lost = 0;
  const start = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = start + (n * 1_000) / perSecond;
    if (due > performance.now()) await wait(due - performance.now());
    late.push(performance.now() - due);
    running.push(
      type(n % PEOPLE).then(({ acked }) => {
        if (acked) times.push(performance.now() - due);
        else lost += 1;
      }),
    );
  }
  await Promise.all(running);
  return { times, late, lost };
}

async function answered(platform: Platform, before: number, expected: number): Promise<number> {
  const deadline = performance.now() + PATIENCE;
  while (platform.answers() - before < expected && performance.now() < deadline) await wait(20);
  return platform.answers() - before;
}

async function ready(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`).then((answer) => answer.text())).includes('"status":"ok"')) await wait(100);
}

export async function slackPlatform(): Promise<Platform & { env: Record<string, string>; close(): Promise<void> }> {
  const ids = Array.from({ length: PEOPLE }, (_, n) => `U0BENCH${String(n).padStart(2, '0')}`);
  const fake = await createFakeSlack({
    delivery: 'socket',
    users: ids.map((id) => ({ id })),
    channels: [{ id: 'C0BENCH', name: 'bench', members: [...ids, 'bot'] }],
  });
  return {
    name: 'Slack',
    env: { SLACK_BOT_TOKEN: fake.botToken, SLACK_APP_TOKEN: fake.appToken, SLACK_API_URL: fake.apiUrl },
    type: (n) => fake.user(ids[n] ?? '').command('C0BENCH', '/pipeline web amplitude 24h'),
    answers: () => fake.channel('C0BENCH').all.filter(({ only, text }) => only !== undefined && text.includes(CARD)).length,
    problems: fake.problems,
    close: () => fake.close(),
  };
}

export async function discordPlatform(): Promise<Platform & { env: Record<string, string>; close(): Promise<void> }> {
  const names = Array.from({ length: PEOPLE }, (_, n) => `person${n}`);
  const fake = await createFakeDiscord({
    guilds: [{ name: 'Bench', members: names.map((user) => ({ user })), channels: [{ name: 'bench' }] }],
  });
  const config = { token: fake.token, applicationId: fake.applicationId, apiUrl: fake.apiUrl };
  await registerCommands({ config, commands, guild: undefined });
  const asked = { source: 'web', destination: 'amplitude', period: '24h' };
  return {
    name: 'Discord',
    env: { DISCORD_TOKEN: fake.token, DISCORD_APPLICATION_ID: fake.applicationId, DISCORD_API_URL: fake.apiUrl },
    type: (n) => fake.user(names[n] ?? '').command('bench', '/pipeline show', asked),
    answers: () =>
      fake.channel('bench').all.filter(({ only, components }) => only !== undefined && JSON.stringify(components).includes(CARD))
        .length,
    problems: fake.problems,
    close: () => fake.close(),
  };
}
