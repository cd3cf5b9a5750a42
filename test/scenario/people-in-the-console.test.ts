import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';

let demo: TestApp;
let browsers: TestBrowser[];
let dana: Page;
let kim: Page;

/** Two people, each in a browser of their own. */
beforeAll(async () => {
  demo = await startApp({ now: '2026-11-25T12:40:20Z', demo: true });
  browsers = [await openBrowser(), await openBrowser()];
  [dana, kim] = (await Promise.all(browsers.map(({ context }) => context.newPage()))) as [Page, Page];
  // So that a test that waits in vain says for what.
  for (const page of [dana, kim]) page.setDefaultTimeout(20_000);
  await Promise.all([dana, kim].map((page) => page.goto(demo.app.url)));
  await kim.getByLabel('Who you are here').selectOption({ label: 'You are Kim (viewer)' });
  await kim.locator('body[data-account="console:kim"]').waitFor();
}, 240_000);

afterAll(async () => {
  for (const browser of browsers ?? []) await browser.close();
  await demo?.close();
});

async function type(page: Page, line: string): Promise<void> {
  await page.locator('#text').fill(line);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}

const card = (page: Page, title: RegExp): Locator =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name: title, level: 2 }) });

const own = (cards: Locator): Locator => cards.filter({ hasText: 'Only you can see this' });

test('an answer is its asker’s alone, until they post it to the channel', async () => {
  await type(dana, '/pipeline web amplitude 1h');
  const mine = own(card(dana, /Web shop → Amplitude: delivery rate/));
  await mine.waitFor();
  await type(kim, '/pipelines');
  await card(kim, /Did you mean \/pipeline\?/).waitFor();
  expect(await kim.getByText('/pipeline web amplitude 1h').count()).toBe(0);
  expect(await card(kim, /Web shop → Amplitude/).count()).toBe(0);

  await mine.getByRole('button', { name: 'Post to channel' }).click();
  await mine.getByText('Posted to the channel').waitFor();
  const shared = card(kim, /Web shop → Amplitude: delivery rate/);
  await shared.getByText('Shared by Dana').waitFor();
  expect(await shared.locator('.private').count()).toBe(0);
});

test('whoever presses on what is shared gets a copy of their own, and the shared one stays', async () => {
  const before = await dana.getByRole('article').count();
  const shared = kim.getByRole('article').filter({ hasText: 'Shared by Dana' });
  await shared.getByRole('button', { name: 'Counts' }).click();
  const copy = own(card(kim, /Web shop → Amplitude: delivery rate/));
  await copy.waitFor();
  expect(await copy.getByRole('button', { name: 'Counts' }).getAttribute('aria-pressed')).toBe('true');
  expect(await shared.getByRole('button', { name: 'Counts' }).getAttribute('aria-pressed')).toBe('false');
  expect(await dana.getByRole('article').count()).toBe(before);
});

test('a form tells what is wrong with it, keeps what was typed, and changes the card', async () => {
  await own(card(dana, /Web shop → Amplitude: delivery rate/))
    .getByRole('button', { name: 'Other period…' })
    .click();
  const dialog = dana.getByRole('dialog');
  await dialog.getByLabel('From').fill('never');
  await dialog.getByLabel('To').fill('2026-11-22');
  await dana.keyboard.press('Enter');
  await dialog.locator('.mistake').waitFor();
  expect(await dialog.getByLabel('To').inputValue()).toBe('2026-11-22');
  await dialog.getByLabel('From').fill('2026-11-20');
  await dana.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await own(card(dana, /Web shop → Amplitude: delivery rate .*20 Nov/)).waitFor();
});

test('nothing on the pages complained', () => {
  expect(browsers.flatMap(({ complaints }) => complaints)).toEqual([]);
});
