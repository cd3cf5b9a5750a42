import { describe, onTestFinished } from 'vitest';
import { commands } from '../../commands/index.ts';
import { registerCommands } from '../../src/chat/discord/register.ts';
import { type Settings, startApp, type TestApp } from '../support/app.ts';
import { createFakeDiscord, type FakeDiscord } from '../support/discord/index.ts';
import { installedEngines } from '../support/engines.ts';
import { SHOP_NOW } from '../support/shop.ts';
import { createFakeSlack, type FakeSlack } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';

/** What several processes can share: PostgreSQL, with its own queue and with Redis. */
const engines = (await installedEngines()).filter(({ name }) => name !== 'PGlite');

export const onSharedEngines = (define: (open: () => Promise<Partial<Settings>>) => void): void =>
  describe.skipIf(engines.length === 0).each(engines)('on $name', ({ open }) => {
    define(async () => {
      const { settings, drop } = await open();
      onTestFinished(drop);
      return settings;
    });
  });

/** One process more. What is registered last is closed first. */
export async function process(settings: Partial<Settings>): Promise<TestApp> {
  const app = await startApp({ now: SHOP_NOW, demo: false, ...settings });
  onTestFinished(() => app.close());
  return app;
}

export async function readyz({ app }: TestApp): Promise<Record<string, string>> {
  return (await (await fetch(`${app.url}/readyz`)).json()) as Record<string, string>;
}

/** Until the process says so of its part, or of itself (`status`). */
export const isOk = (app: TestApp, part: string): Promise<void> =>
  until(`${part} is ok`, async () => (await readyz(app))[part] === 'ok');

export async function discordOf(
  now = () => Number(new Date(SHOP_NOW)),
): Promise<{ fake: FakeDiscord; discord: NonNullable<Settings['discord']> }> {
  const fake = await createFakeDiscord({
    now,
    guilds: [{ name: 'Acme', members: [{ user: 'dana' }], channels: [{ name: 'ops' }] }],
  });
  onTestFinished(() => fake.close());
  const discord = { token: fake.token, applicationId: fake.applicationId, publicKey: fake.publicKey, apiUrl: fake.apiUrl };
  await registerCommands({ config: discord, commands, guild: undefined });
  return { fake, discord };
}

export const DANA = 'U0DANA001';
export const OPS = 'C0OPS0001';

/** A Slack that calls by HTTP, where nothing else is said. */
export async function slackOf({ now = () => Number(new Date(SHOP_NOW)), delivery = 'http' as 'http' | 'socket' } = {}): Promise<{
  fake: FakeSlack;
  slack: NonNullable<Settings['slack']>;
}> {
  const fake = await createFakeSlack({
    ...{ now, delivery },
    users: [{ id: DANA, name: 'dana', realName: 'Dana' }],
    channels: [{ id: OPS, name: 'ops', members: [DANA] }],
    filePolls: 0,
  });
  onTestFinished(() => fake.close());
  const { botToken, signingSecret, apiUrl } = fake;
  return { fake, slack: { botToken, appToken: undefined, signingSecrets: [signingSecret], apiUrl, commandPrefix: '' } };
}
