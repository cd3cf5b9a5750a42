import { describe, expect, test } from 'vitest';
import { AWAY, box, cards, desk, focused, forgive, open, say, start, stop, useBrowser } from './desk.ts';
import type { HandClock } from './fakes.ts';
import { alarm, healthy, overview } from './samples.ts';

useBrowser();

describe('live', () => {
  test('a second tab sees what the first one asked, and marks other channels unread', async () => {
    const page = await open();
    const other = await open();
    await say(page, '/pipeline web');
    await cards(other).waitFor();
    await desk.parts.adapter.post(desk.parts.place('alerts'), alarm, 'alarm');
    const alerts = other.getByRole('link', { name: 'alerts unread' });
    await alerts.waitFor();
    await alerts.click();
    await cards(other).getByText('has delivered nothing').waitFor();
    expect(await other.getByRole('link', { name: 'unread' }).count()).toBe(0);
  });

  test('a page catches up after the server was away', async () => {
    const page = await open();
    await say(page, '/pipeline web');
    await cards(page).waitFor();
    await box(page).fill('/half typed');
    const { log } = desk.parts;
    await stop();
    await page.getByText('Reconnecting…').waitFor();
    await log.edit(2, { kind: 'message', message: overview('30d') }, new Date());
    await log.append({
      channel: 'general',
      author: 'Pipewarden',
      body: { kind: 'message', message: healthy },
      key: 'x',
      at: new Date(),
    });
    await start({ log }, desk.server.port);
    await cards(page).getByText('delivers again').waitFor();
    await page.getByRole('heading', { name: /in the last 30d/ }).waitFor();
    await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
    expect(await box(page).inputValue()).toBe('/half typed');
    expect(await cards(page).count()).toBe(2);
    forgive(AWAY);
  });

  test('a hidden tab lets go of its stream, and is up to date when it is seen again', async () => {
    const page = await open();
    const clock = desk.parts.clock as HandClock;
    const hide = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    expect(clock.waiting).toBe(1);
    await hide(true);
    // The heartbeat stops with the last stream.
    await expect.poll(() => clock.waiting).toBe(0);
    await desk.parts.adapter.post(desk.parts.place('general'), healthy, 'k');
    await hide(false);
    await cards(page).getByText('delivers again').waitFor();
  });

  test('begins at the end, keeps the place of a reader who has scrolled up, and shows earlier messages', async () => {
    for (let at = 0; at < 120; at += 1)
      await desk.parts.adapter.post(desk.parts.place('general'), { ...healthy, title: `Report ${at}` }, `${at}`);
    const page = await open();
    const report = (at: number) => page.getByRole('article', { name: new RegExp(`Report ${at}$`) });
    expect(await cards(page).count()).toBe(50);
    const log = await page.getByRole('log').boundingBox();
    const inView = async (at: number): Promise<boolean> => {
      const card = await report(at).boundingBox();
      return card !== null && log !== null && card.y >= log.y && card.y + card.height <= log.y + log.height;
    };
    expect(await inView(119)).toBe(true);

    await report(100).scrollIntoViewIfNeeded();
    const before = await report(100).boundingBox();
    await desk.parts.adapter.post(desk.parts.place('general'), { ...healthy, title: 'Report 120' }, '120');
    await page.getByRole('button', { name: 'New messages' }).waitFor();
    expect(Math.abs(((await report(100).boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1);
    await page.getByRole('button', { name: 'New messages' }).click();
    await expect.poll(() => inView(120)).toBe(true);
    await page.getByRole('button', { name: 'New messages' }).waitFor({ state: 'hidden' });

    const earlier = page.getByRole('button', { name: 'Show earlier' });
    await earlier.focus();
    await earlier.scrollIntoViewIfNeeded();
    const place = await report(70).boundingBox();
    await page.keyboard.press('Enter');
    await report(20).waitFor();
    expect(Math.abs(((await report(70).boundingBox())?.y ?? 0) - (place?.y ?? 0))).toBeLessThan(1);
    expect(await focused(page)).toBe('Show earlier');
    await page.keyboard.press('Enter');
    await report(0).waitFor();
    expect(await earlier.count()).toBe(0);
    expect(await cards(page).count()).toBe(121);
  });
});
