import { expect, test } from 'vitest';
import { cards, focused, open, say, useBrowser } from './desk.ts';

useBrowser();

async function withForm() {
  const page = await open('/c/general');
  await say(page, '/pipeline web amplitude');
  await cards(page).first().waitFor();
  await page.getByRole('button', { name: 'Other period…' }).click();
  const dialog = page.getByRole('dialog', { name: 'A period of your own' });
  await dialog.waitFor();
  return { page, dialog };
}

test('a form opens over the page, tells its mistake at the field, and closes once taken', async () => {
  const { page, dialog } = await withForm();
  expect(await page.evaluate('document.activeElement.name')).toBe('value.from');
  await dialog.getByLabel('From').fill('never');
  await dialog.getByRole('button', { name: 'Show' }).click();
  await dialog.getByText('“never” is not a time.').waitFor();
  expect(await dialog.getByLabel('From').getAttribute('aria-invalid')).toBe('true');
  expect(await dialog.getByLabel('From').inputValue()).toBe('never');
  await dialog.getByLabel('From').fill('2026-11-01');
  await dialog.getByRole('button', { name: 'Show' }).click();
  await cards(page).getByRole('heading', { name: 'From 2026-11-01' }).waitFor();
  expect(await dialog.isVisible()).toBe(false);
});

test('it suggests while one types, and gives the focus back when it is left', async () => {
  const { page, dialog } = await withForm();
  await dialog.getByLabel('Source').fill('sho');
  await page.waitForFunction("document.querySelector('#ask-source-list option')?.value === 'sho-found'");
  await page.keyboard.press('Escape');
  expect(await dialog.isVisible()).toBe(false);
  expect(await focused(page)).toContain('Other period…');
});
