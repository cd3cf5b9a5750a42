import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AWAY, cards, desk, focused, forgive, open, say, stop, useBrowser } from './desk.ts';

useBrowser();

const opener = (page: Page) => page.getByRole('button', { name: 'Other period…' });
const field = (page: Page) => page.evaluate('document.activeElement.name');

async function withForm() {
  const page = await open('/c/general');
  await say(page, '/pipeline web amplitude');
  await opener(page).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'A period of your own' });
  await dialog.waitFor();
  return { page, dialog };
}

test('a form opens over the page, tells its mistake at the field, and closes once taken', async () => {
  const { page, dialog } = await withForm();
  expect(await field(page)).toBe('value.from');
  await dialog.getByLabel('From').fill('never');
  await dialog.getByLabel('Why').fill('two\nlines');
  await dialog.getByLabel('Show').selectOption('percent');
  await dialog.getByRole('button', { name: 'Show' }).click();
  await dialog.getByText('“never” is not a time.').waitFor();
  expect(await field(page)).toBe('value.from');
  const from = dialog.getByLabel('From');
  expect(await from.getAttribute('aria-invalid')).toBe('true');
  expect(await from.getAttribute('aria-describedby')).toBe('ask-from-mistake ask-from-hint');
  const values = 'Object.fromEntries(new FormData(document.querySelector("#dialog form")))';
  expect(await page.evaluate(values)).toMatchObject({
    'value.from': 'never',
    'value.why': 'two\nlines',
    'value.show': 'percent',
  });
  await from.fill('2026-11-01');
  await page.keyboard.press('Enter');
  await cards(page).getByRole('heading', { name: 'From 2026-11-01' }).waitFor();
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page)).toBe('Other period…');
});

test('it suggests while one types, and gives the focus back when it is left', async () => {
  const { page, dialog } = await withForm();
  await dialog.getByLabel('Source').fill('sho');
  await page.locator('#ask-source-list option[value="sho-found"]').waitFor({ state: 'attached' });
  // The first one may only close the list of suggestions.
  const left = async () => {
    if (await dialog.isVisible()) await page.keyboard.press('Escape');
    return dialog.isVisible();
  };
  await expect.poll(left, { timeout: 10_000 }).toBe(false);
  await expect.poll(() => focused(page), { timeout: 10_000 }).toBe('Other period…');
  await opener(page).press('Enter');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => focused(page), { timeout: 10_000 }).toBe('Other period…');
});

test('what went wrong altogether is told in the form, and nothing is lost', async () => {
  const { page, dialog } = await withForm();
  await dialog.getByLabel('From').fill('ended');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('This card has ended.').waitFor();
  await stop();
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('Pipewarden could not be reached').waitFor();
  expect(await dialog.getByLabel('From').inputValue()).toBe('ended');
  forgive(AWAY);
});

test('without scripts it is a page of its own', async () => {
  const still = await desk.browser.browser()?.newContext({ javaScriptEnabled: false });
  const page = await still?.newPage();
  if (!page) throw new Error('no second context');
  await page.goto(desk.server.url);
  await say(page, '/pipeline web');
  await opener(page).click();
  await page.getByRole('heading', { name: 'A period of your own', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await opener(page).click();
  await page.getByLabel('From').fill('never');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('“never” is not a time.').waitFor();
  expect(await page.getByLabel('From').inputValue()).toBe('never');
  await page.getByLabel('From').fill('2026-11-01');
  await page.getByRole('button', { name: 'Show' }).click();
  await cards(page).getByRole('heading', { name: 'From 2026-11-01' }).waitFor();
  forgive(/422/);
  await still?.close();
});
