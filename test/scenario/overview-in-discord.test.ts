import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { registerCommands } from '../../src/chat/discord/register.ts';
import { discordDesk } from '../contract/chat-desks.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { createFakeDiscord, describeMessage, type FakeDiscord } from '../support/discord/index.ts';
import { installedEngines } from '../support/engines.ts';
import { SHOP_NOW } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import { discordWire } from '../support/wire.ts';
import { overviewStory, type Stage } from './overview-story.ts';

/** The whole app beside a Discord that shares its clock. */
async function onDiscord(settings: object): Promise<Stage & { fake: FakeDiscord; close(): Promise<void> }> {
  let app: TestApp | undefined;
  const fake = await createFakeDiscord({
    now: () => Number(app?.clock.now() ?? new Date(SHOP_NOW)),
    guilds: [{ name: 'Acme', members: [{ user: 'dana' }, { user: 'sam' }], channels: [{ name: 'ops' }] }],
  });
  const discord = { token: fake.token, applicationId: fake.applicationId, publicKey: fake.publicKey, apiUrl: fake.apiUrl };
  await registerCommands({ config: discord, commands, guild: undefined });
  const started = await startApp({ now: SHOP_NOW, demo: false, discord, ...settings });
  app = started;
  const { url } = started.app;
  await until('Discord is connected', async () => (await (await fetch(`${url}/readyz`)).text()).includes('"discord":"ok"'));
  const known = {
    [fake.user('dana').id]: 'Dana',
    [fake.user('sam').id]: 'Sam',
    [fake.channel('ops').id]: 'ops',
  };
  return {
    ...{ app: started, fake },
    desk: discordDesk(fake, 'ops', { dana: 'dana', sam: 'sam' }),
    wire: discordWire(fake, known),
    async close() {
      await started.close();
      await fake.close();
    },
  };
}

const EPHEMERAL = 64;
// The smallest and the largest: what lies between has its own tests.
const engines = (await installedEngines()).filter((_, i, all) => i === 0 || i === all.length - 1);

describe.each(engines)('the delivery overview in Discord, on $name', ({ open }) => {
  let stage: Awaited<ReturnType<typeof onDiscord>>;
  let close = async () => {};
  beforeAll(async () => {
    const { settings, drop } = await open();
    stage = await onDiscord(settings);
    close = async () => {
      await stage.close();
      await drop();
    };
  });
  afterAll(() => close());

  test('let into a server, it says once what it can do', async () => {
    const { fake, wire, app } = stage;
    await until('the greeting', () => fake.seenBy('sam', 'ops').some((one) => /\/pipeline/.test(describeMessage(one))));
    app.clock.advance(2_000);
    await wire.golden('01-greeting');
  });

  overviewStory(() => stage);

  test('no message may mention anyone, and every answer but the posted card was for one person', () => {
    const messages = stage.wire.all().filter(({ body }) => 'components' in (body as object));
    for (const { body } of messages) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
    const followUps = stage.wire.all().filter(({ to }) => to === 'POST /webhooks/:id/:token');
    for (const { body } of followUps) expect((body as { flags: number }).flags & EPHEMERAL).toBe(EPHEMERAL);
    expect(stage.wire.all().filter(({ to }) => to === 'POST /channels/:id/messages')).toHaveLength(2);
  });
});
