import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { box, desk, forgive, open, SCREENS, say, useBrowser } from './desk.ts';
import { alarm, healthy, overview } from './samples.ts';

useBrowser();

test.runIf(SCREENS)('pictures for people to look at', async () => {
  const folder = SCREENS ?? '';
  mkdirSync(folder, { recursive: true });
  await desk.parts.adapter.post(desk.parts.place('alerts'), alarm, 'a0');
  await desk.parts.adapter.post(desk.parts.place('general'), healthy, 'a');
  const body = { kind: 'said', text: '/pipeline web amplitude 24h' } as const;
  await desk.parts.log.append({ channel: 'general', author: 'ada', body, key: 'b', at: desk.parts.clock.now() });
  const id = await desk.parts.adapter.post(desk.parts.place('general'), overview(), 'c');
  await desk.parts.adapter.edit(desk.parts.place('general'), id, overview());
  const incident = JSON.parse(readFileSync(new URL('../golden/cards/pipeline-incident.json', import.meta.url), 'utf8'));
  await desk.parts.adapter.post(desk.parts.place('sandbox', 'console:local'), incident, 'd');
  for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open();
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const shot = (name: string) => page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      await page.evaluate("document.querySelector('.figure img').decode()");
      await desk.parts.adapter.post(desk.parts.place('alerts'), alarm, `alarm ${size} ${colorScheme}`);
      await page.getByRole('link', { name: 'alerts unread' }).waitFor();
      await shot('end');
      await page.evaluate("document.getElementById('log').scrollTop = -99999");
      await shot('top');
      await say(page, 'hello');
      await page.locator('#note p').waitFor();
      await box(page).fill('/pipeline web ');
      await page.getByRole('listbox').waitFor();
      await page.keyboard.press('ArrowDown');
      await shot('complete');
      await page.goto(`${desk.server.url}/c/releases`);
      await shot('empty');
      await page.goto(`${desk.server.url}/c/alerts`);
      await page.getByRole('button', { name: 'Acknowledge' }).first().focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      await shot('alerts');
      await page.goto(`${desk.server.url}/c/sandbox`);
      await page.evaluate("document.querySelector('.figure img').decode()");
      await shot('private-end');
      await page.evaluate("document.getElementById('log').scrollTop = -99999");
      await shot('private');
      await page.goto(`${desk.server.url}/c/nowhere`);
      await shot('lost');
      forgive(/404/);
      await page.close();
    }
  }
});
