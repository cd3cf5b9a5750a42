import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slackDesk } from '../contract/chat-desks.ts';
import { startApp } from '../support/app.ts';
import { installedEngines } from '../support/engines.ts';
import { SHOP_NOW, shop } from '../support/shop.ts';
import { createFakeSlack, describeMessage, type FakeSlack } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { slackWire } from '../support/wire.ts';
import { overviewStory, type Stage } from './overview-story.ts';

const ids = { dana: 'U0DANA001', sam: 'U0SAM0001' };
const channel = 'C0OPS0001';

/** The whole app beside a Slack that shares its clock. */
async function onSlack(
  way: 'socket' | 'http',
  settings: object = {},
): Promise<Stage & { fake: FakeSlack; close(): Promise<void> }> {
  let now = () => Number(new Date(SHOP_NOW));
  const fake = await createFakeSlack({
    now: () => now(),
    delivery: way,
    users: Object.entries(ids).map(([name, id]) => ({ id, name, realName: name })),
    channels: [{ id: channel, name: 'ops', members: Object.values(ids) }],
    filePolls: 0,
  });
  const slack = {
    botToken: fake.botToken,
    appToken: way === 'socket' ? fake.appToken : undefined,
    signingSecrets: [fake.signingSecret],
    apiUrl: fake.apiUrl,
    commandPrefix: '',
  };
  const app = await startApp({ now: SHOP_NOW, demo: false, slack, ...settings });
  now = () => Number(app.clock.now());
  fake.requestUrl = `${app.app.url}/slack/events`;
  await until('Slack is connected', async () => (await (await fetch(`${app.app.url}/readyz`)).text()).includes('"slack":"ok"'));
  return {
    ...{ app, fake },
    desk: slackDesk(fake, channel, ids),
    wire: slackWire(fake, { [ids.dana]: 'Dana', [ids.sam]: 'Sam', [channel]: 'ops' }),
    async close() {
      await app.close();
      await fake.close();
    },
  };
}

// The smallest and the largest: what lies between has its own tests.
const engines = (await installedEngines()).filter((_, i, all) => i === 0 || i === all.length - 1);

describe.each(engines)('the delivery overview in Slack, on $name', ({ open }) => {
  let stage: Awaited<ReturnType<typeof onSlack>>;
  let close = async () => {};
  beforeAll(async () => {
    const { settings, drop } = await open();
    stage = await onSlack('socket', settings);
    close = async () => {
      await stage.close();
      await drop();
    };
  });
  afterAll(() => close());

  test('invited into a channel, it says once what it can do', async () => {
    const { fake, wire, app } = stage;
    await fake.user(ids.dana).invite('bot', channel);
    await until('the greeting', () => fake.seenBy(ids.sam, channel).some((one) => /\/pipeline/.test(describeMessage(one))));
    app.clock.advance(2_000);
    await wire.golden('01-greeting');
  });

  overviewStory(() => stage);

  test('links were never unfolded, and what was meant for one person went to one person', () => {
    for (const { to, body } of stage.wire.all()) {
      const sent = body as Record<string, unknown>;
      if (to === 'chat.postMessage') expect(sent).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
      if (to === 'response_url') expect(sent).toMatchObject({ response_type: 'ephemeral', unfurl_links: false });
    }
    const loud = stage.wire.all().filter(({ to }) => to === 'chat.postMessage');
    expect(loud).toHaveLength(2);
  });
});

describe('in Slack without a socket: signed requests to /slack/events', () => {
  let stage: Awaited<ReturnType<typeof onSlack>>;
  beforeAll(async () => {
    stage = await onSlack('http');
    await stage.fake.user(ids.dana).invite('bot', channel);
    await stage.app.push(shop);
  });
  afterAll(() => stage.close());

  test('a command is answered with a card, and a button changes it', async () => {
    const { fake, desk } = stage;
    expect(fake.sockets()).toBe(0);
    await desk.dana.say('/pipeline web amplitude');
    const find = async (text: RegExp) => (await desk.dana.sees()).findLast((card) => card.private && text.test(card.text));
    await until('the card', async () => ((await find(/only 61\.0 % of events/))?.figures.length ?? 0) > 0);
    const card = await find(/only 61\.0 % of events/);
    if (!card) throw new Error('no card');
    await desk.dana.press(card, 'Counts');
    await until('counts', async () => /Filtered at destination.*4,440.*37\.0 %/.test((await find(/Amplitude/))?.text ?? ''));
    expect((await find(/Amplitude/))?.id).toBe(card.id);
    expect(fake.problems).toEqual([]);
  });

  test('what somebody else signed is refused, and answers nothing', async () => {
    const { fake } = stage;
    const [command] = fake.deliveries('slash_commands');
    if (!command) throw new Error('no command was sent');
    const before = fake.requests().length;
    expect(await fake.replay(command, { secret: 'another-secret' })).toMatchObject({ acked: false, status: 401 });
    expect(await fake.replay(command, { tamper: (raw) => raw.replace('amplitude', 'hubspot') })).toMatchObject({ status: 401 });
    expect(fake.requests()).toHaveLength(before);
  });
});
