import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { registerCommands } from '../../src/chat/discord/register.ts';
import { type Card, consoleDesk, type Desk, discordDesk, slackDesk } from '../contract/chat-desks.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { madeDatabase, postgresUrl } from '../support/databases.ts';
import { createFakeDiscord } from '../support/discord/index.ts';
import { emptyFolder } from '../support/process.ts';
import { faultProxy } from '../support/proxy.ts';
import { createFakeSlack } from '../support/slack/index.ts';
import { gate, until } from '../support/wait.ts';

const START = '2026-11-25T12:00:00Z';
const ids = { dana: 'U0DANA001', sam: 'U0SAM0001' };
const channel = 'C0OPS0001';
const verifying = /Verifying the audit trail/;
const interrupted = /This was interrupted by a restart\. Please ask again\./;

const closing = (close: () => unknown): void => onTestFinished(async () => void (await close()));

/** Slack, Discord and the console of processes that come and go on one database. */
async function street() {
  let now = () => Number(new Date(START));
  const fakeSlack = await createFakeSlack({
    now: () => now(),
    delivery: 'socket',
    users: Object.entries(ids).map(([name, id]) => ({ id, name, realName: name })),
    channels: [{ id: channel, name: 'ops', members: [...Object.values(ids), 'bot'] }],
  });
  closing(() => fakeSlack.close());
  const fakeDiscord = await createFakeDiscord({
    now: () => now(),
    guilds: [{ name: 'Acme', members: [{ user: 'dana' }, { user: 'sam' }], channels: [{ name: 'ops' }] }],
  });
  closing(() => fakeDiscord.close());
  const { token, applicationId, publicKey, apiUrl } = fakeDiscord;
  await registerCommands({ config: { token, applicationId, apiUrl }, commands, guild: undefined });
  const folder = emptyFolder();
  closing(folder.remove);
  const configFile = join(folder.path, 'pipewarden.yml');
  writeFileSync(configFile, 'roles: {default: approver}\n');
  const browsers = [await openBrowser(), await openBrowser()];
  for (const { close } of browsers) closing(close);
  const [dana, sam] = (await Promise.all(browsers.map(({ context }) => context.newPage()))) as [Page, Page];
  const desks: Desk[] = [
    slackDesk(fakeSlack, channel, ids),
    discordDesk(fakeDiscord, 'ops', { dana: 'dana', sam: 'sam' }),
    consoleDesk({ dana, sam }),
  ];
  return {
    desks,
    /** A process that all are connected to. Its verifications do not end before it does. */
    async start(databaseUrl: string, at: string | Date): Promise<TestApp> {
      const held = gate();
      const { botToken, appToken, signingSecret, apiUrl: slackUrl } = fakeSlack;
      const app = await startApp({
        ...{ now: at, demo: true, databaseUrl, configFile, secretKey: Buffer.alloc(32, 7) },
        slack: { botToken, appToken, signingSecrets: [signingSecret], apiUrl: slackUrl, commandPrefix: '' },
        discord: { token, applicationId, publicKey, apiUrl },
        async verify(_ports, _actor, _anchors, tell = () => {}) {
          tell(1, 2);
          await held.opened;
          throw new Error('it was held until the end');
        },
      });
      closing(() => {
        held.open();
        return app.close();
      });
      now = () => Number(app.clock.now());
      const ready = async () =>
        (await (await fetch(`${app.app.url}/readyz`)).text()).match(/"(slack|discord)":"ok"/g)?.length === 2;
      await until('Slack and Discord are connected', ready);
      await dana.goto(app.app.url);
      await sam.goto(app.app.url);
      await sam.getByLabel('Who you are here').selectOption({ label: 'You are Sam (approver)' });
      await sam.waitForURL('**/c/general');
      return app;
    },
  };
}

const found = async ({ dana }: Desk, text: RegExp): Promise<Card | undefined> =>
  (await dana.sees()).find((card) => text.test(card.text));

/** Time goes on until everyone sees this. */
const allSee = (desks: readonly Desk[], { app, clock }: TestApp, text: RegExp) =>
  until(`all see ${text}`, async () => {
    clock.advance(500);
    await app.runDue();
    return (await Promise.all(desks.map((desk) => found(desk, text)))).every((card) => card !== undefined);
  });

test.skipIf(!(await postgresUrl()))(
  'a process that is killed at long work leaves no sign of work behind: the next one says so to whoever asked, and to nobody else',
  async () => {
    const { desks, start } = await street();
    const { url, drop } = await madeDatabase();
    closing(drop);
    const between = await faultProxy(url);
    closing(() => between.close());
    const first = await start(between.url, START);
    for (const { dana } of desks) await dana.say('/audit verify');
    await allSee(desks, first, verifying);
    const shown = await Promise.all(desks.map((desk) => found(desk, verifying)));
    // From now on it can do nothing, and its time stands still.
    await between.refuse();

    const second = await start(url, first.clock.now());
    await allSee(desks, second, interrupted);
    for (const [n, desk] of desks.entries()) {
      const told = (await found(desk, interrupted)) as Card;
      expect(told.private).toBe(true);
      // What Slack lets nobody change stays, and the sentence stands below it.
      if (desk.platform === 'slack') expect(told.id).not.toBe(shown[n]?.id);
      else expect([told.id, await found(desk, verifying)]).toEqual([shown[n]?.id, undefined]);
      expect((await desk.sam.sees()).filter(({ text }) => interrupted.test(text))).toEqual([]);
      expect(desk.problems()).toEqual([]);
    }
    await between.heal();
  },
  240_000,
);
