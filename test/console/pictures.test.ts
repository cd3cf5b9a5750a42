import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { box, cards, desk, forgive, open, SCREENS, say, start, stop, useBrowser } from './desk.ts';
import { alarm, healthy, overview } from './samples.ts';

useBrowser();

const people = [
  { account: 'console:local', name: 'Dana', note: 'owner' },
  { account: 'console:kim', name: 'Kim', note: 'viewer' },
];
const who = { account: 'slack:U012ABC', name: 'Dana Weber' };
const logins = { look: async () => who, use: async () => undefined };
const looks = [
  ['wide', { width: 1280, height: 900 }],
  ['narrow', { width: 390, height: 844 }],
] as const;

test.runIf(SCREENS)('pictures for people to look at', async () => {
  const folder = SCREENS ?? '';
  mkdirSync(folder, { recursive: true });
  await stop();
  await start({ people, logins });
  const { adapter, place, log, clock } = desk.parts;
  const thread = await adapter.post(place('alerts'), alarm, 'a0');
  for (const at of [1, 2]) {
    const person = at === 2 ? 'console:local' : undefined;
    await adapter.post({ ...place('alerts', person), thread }, at === 1 ? healthy : alarm, `r${at}`);
  }
  const busy = await adapter.post(place('alerts'), { ...alarm, title: 'web → hubspot fails: 401' }, 'a1');
  for (let at = 1; at <= 5; at += 1) await adapter.post({ ...place('alerts'), thread: busy }, healthy, `b${at}`);
  await adapter.post(place('general'), healthy, 'a');
  const body = { kind: 'said', text: '/pipeline web amplitude 24h' } as const;
  await log.append({ channel: 'general', author: 'Dana', body, key: 'b', at: clock.now(), person: 'console:local' });
  const id = await adapter.post(place('general', 'console:local'), overview(), 'c');
  await adapter.edit(place('general'), id, overview());
  const incident = JSON.parse(readFileSync(new URL('../golden/cards/pipeline-incident.json', import.meta.url), 'utf8'));
  const shared = { kind: 'context', text: 'Shared by Kim' };
  await adapter.post(place('sandbox'), { ...incident, blocks: [...incident.blocks, shared] }, 'd');
  for (const [size, viewport] of looks) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open();
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const shot = (name: string) => page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      const go = (path: string) => page.goto(desk.server.url + path);
      await page.evaluate("document.querySelector('.figure img').decode()");
      await adapter.post(place('releases'), alarm, `alarm ${size} ${colorScheme}`);
      await page.getByRole('link', { name: 'releases unread' }).waitFor();
      await shot('end');
      await page.evaluate("document.getElementById('log').scrollTop = -99999");
      await shot('top');
      await say(page, 'hello');
      await page.locator('#note p').waitFor();
      await box(page).fill('/pipeline web ');
      await page.getByRole('listbox').waitFor();
      await page.keyboard.press('ArrowDown');
      await shot('complete');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Other period…' }).click();
      await page.getByLabel('From').fill('never');
      await page.keyboard.press('Enter');
      await page.locator('.mistake').waitFor();
      await shot('form');
      await go('/c/alerts');
      await cards(page).first().waitFor();
      await page.getByRole('button', { name: 'Acknowledge' }).first().focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      await shot('threads');
      await go('/c/sandbox');
      await page.evaluate("document.querySelector('.figure img').decode()");
      await shot('shared');
      await go('/login/link/x?here=1');
      await shot('link');
      await go('/c/nowhere');
      await shot('lost');
      forgive(/404/);
      await page.close();
    }
  }
});

test.runIf(SCREENS)('an empty channel', async () => {
  const page = await open('/c/releases');
  await page.screenshot({ path: join(SCREENS ?? '', 'empty-wide-light.png') });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(SCREENS ?? '', 'empty-narrow-light.png') });
});
