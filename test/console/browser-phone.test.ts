import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/core/messages/message.ts';
import { cards, desk, open, useBrowser } from './desk.ts';
import { alarm, overview, ranking } from './samples.ts';

useBrowser();

const golden = (name: string): Message => {
  const card = JSON.parse(readFileSync(new URL(`../golden/cards/${name}.json`, import.meta.url), 'utf8'));
  return card.message ?? card;
};

describe('on a phone', () => {
  async function show(width: number, ...messages: Message[]) {
    for (const [at, message] of messages.entries()) await desk.parts.adapter.post(desk.parts.place('general'), message, `${at}`);
    const page = await open();
    await page.setViewportSize({ width, height: 800 });
    return page;
  }

  test.each([320, 390, 560, 800])('nothing has to be scrolled sideways at %i px', async (width) => {
    const page = await show(width, golden('pipeline-incident'), golden('pipelines-incident'), overview(), ranking(5), alarm);
    const wide = `[...document.querySelectorAll('html, body, main, #log, .card, .table, .controls')]
      .filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.outerHTML.slice(0, 200))`;
    expect(await page.evaluate(wide)).toEqual([]);
  });

  test('a row of a table with words is a block, each value with its label, and still a row of a table', async () => {
    const page = await show(390, golden('pipeline-incident'));
    const table = page.getByRole('table', { name: 'Why events were dropped' });
    const row = table.getByRole('row').nth(1);
    const name = await row.getByRole('rowheader').boundingBox();
    const remedy = row.getByRole('cell').last();
    expect((await remedy.boundingBox())?.y).toBeGreaterThan((name?.y ?? 0) + (name?.height ?? 0));
    const label = "getComputedStyle(document.querySelector('.stacked td:last-child'), '::before').content";
    expect(await page.evaluate(label)).toContain('What to do');
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Reason', 'Step', 'Events', 'Share', 'What to do']);
  });

  test('numbers stand under the name of their row, one column above the other', async () => {
    const page = await show(390, golden('pipeline-incident'));
    const table = page.getByRole('table', { name: 'Steps, each against the period before' });
    const row = (at: number) => table.getByRole('row').nth(at);
    const end = async (at: number) => {
      const cell = await row(at).getByRole('cell').first().boundingBox();
      return (cell?.x ?? 0) + (cell?.width ?? 0);
    };
    expect(await end(1)).toBeCloseTo(await end(4), 0);
    const name = await row(1).getByRole('rowheader').boundingBox();
    expect((await row(1).getByRole('cell').first().boundingBox())?.y).toBeGreaterThan((name?.y ?? 0) + 10);
  });

  test('a figure keeps a size that can be read, is panned in its place, and says that it can be enlarged', async () => {
    const page = await show(390, overview());
    const hint = () => page.evaluate("getComputedStyle(document.querySelector('.figure'), '::after').content");
    const drawn = async () => (await page.locator('.figure img').boundingBox())?.width;
    expect(await hint()).toContain('Swipe to see the rest, tap to enlarge');
    expect(await drawn()).toBe(720);
    expect(await page.evaluate("document.querySelector('.figure').scrollWidth")).toBe(720);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.setViewportSize({ width: 1000, height: 800 });
    expect(await hint()).toBe('none');
    expect(await drawn()).toBe(await page.evaluate("document.querySelector('.figure').clientWidth"));
  });
});

test('a private message says so, and stays so when it is edited', async () => {
  const { adapter, place } = desk.parts;
  const page = await open();
  const id = await adapter.post(place('general', 'console:local'), overview(), 'k');
  await cards(page).getByText('Only you can see this').waitFor();
  await adapter.edit(place('general', 'console:local'), id, alarm);
  await cards(page).getByText('has delivered nothing').waitFor();
  expect(await cards(page).getByText('Only you can see this').count()).toBe(1);
  await adapter.post(place('general', 'console:other'), alarm, 'l');
  await adapter.post(place('general'), alarm, 'm');
  await cards(page).nth(1).waitFor();
  expect(await cards(page).count()).toBe(2);
});

test('fifty long tables are shown and kept up to date without delay', async () => {
  const { adapter, place } = desk.parts;
  for (let at = 0; at < 50; at += 1) await adapter.post(place('general'), ranking(50), `${at}`);
  const began = performance.now();
  const page = await open();
  await page.evaluate('new Promise(requestAnimationFrame)');
  const loaded = performance.now() - began;
  await page.evaluate(`globalThis.longest = 0; new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ entryTypes: ['longtask'] })`);
  for (let at = 50; at < 60; at += 1) await adapter.post(place('general'), ranking(50), `${at}`);
  await adapter.edit(place('general'), '30', alarm);
  await expect.poll(() => page.locator('#m30').innerText()).toContain('has delivered nothing');
  expect(await cards(page).count()).toBe(60);
  const longest = Number(await page.evaluate('longest'));
  if (process.env.CONSOLE_TIMES) console.log({ loaded, longest });
  // Far above what it takes, on busy machines too, and far below what anything quadratic would.
  expect(loaded).toBeLessThan(30_000);
  expect(longest).toBeLessThan(8_000);
});
