import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { commands } from '../../commands/index.ts';
import { createApp } from '../../src/app.ts';
import { registerCommands } from '../../src/chat/discord/register.ts';
import { systemClock } from '../../src/cli/system.ts';
import { readConfig } from '../../src/config/env.ts';
import { verifyAudit } from '../../src/flows/audit/verify.ts';
import { openBrowser } from '../support/browser.ts';
import { createFakeDiscord } from '../support/discord/index.ts';
import { madeFolder } from '../support/process.ts';
import { keptLog } from '../support/samples.ts';
import { createFakeSlack, type FakeSlack } from '../support/slack/index.ts';
import { gate, until } from '../support/wait.ts';
import { auditContract } from './audit.contract.ts';
import { chatContract, completionContract, longWorkContract, networkContract } from './chat.contract.ts';
import { consoleDesk, type Desk, discordDesk, slackDesk } from './chat-desks.ts';
import { watchContract } from './watch.contract.ts';

const ids = { dana: 'U0DANA001', sam: 'U0SAM0001' };
const channel = 'C0GENERAL';

/** What a verification waits for before it reads: so that it is long where a test needs it to be. */
let held = Promise.resolve();
const hold = () => {
  const { open, opened } = gate();
  held = opened;
  return { goOn: open };
};
const verify: typeof verifyAudit = async (ports, actor, anchors, tell = () => {}) => {
  tell(1, 2);
  await held;
  return verifyAudit(ports, actor, anchors, tell);
};

/** One process that serves all platforms at once, in real time. */
describe('one process, all platforms', () => {
  const cleanUps: (() => unknown)[] = [];
  const desks: Record<string, Desk> = {};
  let fakeSlack: FakeSlack;
  let happen: (platform: string, name: string) => Promise<void>;

  beforeAll(async () => {
    const folder = madeFolder();
    cleanUps.push(folder.remove);
    fakeSlack = await createFakeSlack({
      delivery: 'socket',
      users: Object.entries(ids).map(([name, id]) => ({ id, name, realName: name })),
      channels: [{ id: channel, name: 'general', members: [...Object.values(ids), 'bot'] }],
    });
    cleanUps.push(() => fakeSlack.close());
    const fakeDiscord = await createFakeDiscord({
      guilds: [{ name: 'Acme', members: [{ user: 'dana' }, { user: 'sam' }], channels: [{ name: 'general' }] }],
    });
    cleanUps.push(() => fakeDiscord.close());
    const discord = { token: fakeDiscord.token, applicationId: fakeDiscord.applicationId, apiUrl: fakeDiscord.apiUrl };
    await registerCommands({ config: discord, commands, guild: undefined });
    const policy = join(folder.path, 'pipewarden.yml');
    writeFileSync(policy, 'roles: {default: approver}\n');
    const config = readConfig({
      DATA_DIR: folder.path,
      CONFIG_FILE: policy,
      PORT: '0',
      DEMO: '1',
      SLACK_BOT_TOKEN: fakeSlack.botToken,
      SLACK_APP_TOKEN: fakeSlack.appToken,
      SLACK_API_URL: fakeSlack.apiUrl,
      DISCORD_TOKEN: discord.token,
      DISCORD_APPLICATION_ID: discord.applicationId,
      DISCORD_API_URL: discord.apiUrl,
    });
    const tokens = [{ name: 'test', token: 'test-token', scopes: ['ingest' as const] }];
    const app = createApp({ config, tokens, clock: systemClock, log: keptLog(), verify });
    cleanUps.push(() => app.stop());
    await app.start();
    happen = async (platform, name) => {
      const id = `${platform}-${name}`;
      const actor = { id: `robot-${platform}`, name: `Robot of ${platform}` };
      const resource = { kind: 'destination', id: name, name };
      const event = { id, time: new Date().toISOString(), actor, action: 'destination.disabled', resource };
      const { status } = await fetch(`${app.url}/v1/audit`, {
        method: 'POST',
        headers: { authorization: 'Bearer test-token', 'content-type': 'application/json' },
        body: JSON.stringify({ events: [event] }),
      });
      expect(status).toBe(202);
    };
    // One browser each: whoever one is stands in a cookie.
    const browsers = [await openBrowser(), await openBrowser()];
    for (const browser of browsers) cleanUps.push(() => browser.close());
    const [dana, sam] = (await Promise.all(browsers.map(({ context }) => context.newPage()))) as [Page, Page];
    await dana.goto(app.url);
    await sam.goto(app.url);
    await sam.getByLabel('Who you are here').selectOption({ label: 'You are Sam (approver)' });
    await sam.waitForURL('**/c/general');
    desks.console = consoleDesk({ dana, sam });
    desks.slack = slackDesk(fakeSlack, channel, ids);
    desks.discord = discordDesk(fakeDiscord, 'general', { dana: 'dana', sam: 'sam' });
    await until('all platforms are connected', async () =>
      (await (await fetch(`${app.url}/readyz`)).text()).includes('"status":"ok"'),
    );
  }, 240_000);

  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  const on = (platform: string) => () => desks[platform] as Desk;
  describe('the console', () => {
    chatContract(on('console'));
    completionContract(on('console'));
    longWorkContract(on('console'), hold, { edits: true });
    auditContract(on('console'), (name) => happen('console', name));
    watchContract(on('console'), (name) => happen('console', name), { completes: true });
  });
  describe('Discord', () => {
    chatContract(on('discord'));
    completionContract(on('discord'));
    longWorkContract(on('discord'), hold, { edits: true });
    auditContract(on('discord'), (name) => happen('discord', name));
    watchContract(on('discord'), (name) => happen('discord', name), { completes: true });
    networkContract(on('discord'));
  });
  describe('Slack', () => {
    chatContract(on('slack'));
    longWorkContract(on('slack'), hold, { edits: false });
    auditContract(on('slack'), (name) => happen('slack', name));
    watchContract(on('slack'), (name) => happen('slack', name), { completes: false });
    networkContract(on('slack'));
  });
});
