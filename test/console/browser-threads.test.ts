import { expect, test } from 'vitest';
import { cards, desk, focused, open, useBrowser } from './desk.ts';
import { alarm, healthy } from './samples.ts';

useBrowser();

const titled = (title: string) => ({ ...healthy, title });
/** An alarm with so many replies to it. */
async function withReplies(replies: number) {
  const { adapter, place } = desk.parts;
  const thread = await adapter.post(place('general'), alarm, 'alarm');
  const reply = (title: string, message = titled(title)) => adapter.post({ ...place('general'), thread }, message, title);
  for (let at = 1; at <= replies; at += 1) await reply(`Reply ${at}`);
  return { reply };
}

test('a reply comes live under its message; many wait behind their number', async () => {
  const { reply } = await withReplies(0);
  const page = await open();
  await desk.parts.adapter.post(desk.parts.place('general'), titled('The last'), 'last');
  const summary = page.locator('.thread summary');
  await reply('Reply 1');
  await cards(page).getByText('Reply 1').waitFor();
  expect(await summary.innerText()).toContain('1 reply');
  const titles = () => cards(page).locator('.title > :last-child').allInnerTexts();
  expect(await titles()).toEqual([alarm.title, 'Reply 1', 'The last']);
  for (const at of [2, 3, 4]) await reply(`Reply ${at}`);
  await cards(page).getByText('Reply 4').waitFor();
  expect(await summary.innerText()).toContain('4 replies');

  await page.reload();
  expect(await cards(page).getByText('Reply 4').isVisible()).toBe(false);
  expect(await summary.innerText()).toContain('Reply 4');
  await page.locator('#connection:empty').waitFor({ state: 'attached' });
  await reply('Reply 5');
  await summary.getByText('5 replies, 1 new').waitFor();
  await summary.focus();
  await page.keyboard.press('Enter');
  await cards(page).getByText('Reply 5').waitFor();
  await summary.getByText(/^5 replies$/).waitFor();
});

test('what is pressed in a thread is answered there, and the thread stays as it stands', async () => {
  const { reply } = await withReplies(4);
  await reply('With a button', alarm);
  const page = await open();
  await page.locator('.thread summary').click();
  const button = page.locator('.replies').getByRole('button', { name: 'Acknowledge' });
  await button.press('Enter');
  await page.locator('.replies article:has(.private)').waitFor();
  expect(await focused(page)).toBe('Acknowledge');
  expect(desk.parts.log.entries.at(-1)).toMatchObject({ thread: 1, person: 'console:local' });
  await desk.parts.adapter.edit(desk.parts.place('general'), '2', titled('Reply 1, edited'));
  await cards(page).getByText('Reply 1, edited').waitFor();
  await page.getByText('6 replies').waitFor();
  expect(await page.evaluate("document.querySelector('.thread').open")).toBe(true);
});
