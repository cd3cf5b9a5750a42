import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AWAY, box, cards, desk, focused, forgive, open, SCREENS, say, start, stop, useBrowser } from './desk.ts';
import { alarm } from './samples.ts';

useBrowser();

describe('commands', () => {
  test('are completed by keyboard, sent and answered', async () => {
    const page = await open();
    expect(new URL(page.url()).pathname).toBe('/c/general');
    await expect.poll(() => focused(page)).toBe('');
    await page.keyboard.type('/pi');
    const options = page.getByRole('option');
    await options.nth(1).waitFor();
    expect(await options.first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowDown');
    expect(await options.nth(1).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    expect(await box(page).inputValue()).toBe('/pipeline ');
    await options.getByText('mobile').waitFor();
    await page.keyboard.type('w');
    await options.getByText('mobile').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    expect(await box(page).inputValue()).toBe('/pipeline web ');
    await options.getByText('bigquery').click();
    expect(await box(page).inputValue()).toBe('/pipeline web bigquery ');
    await page.keyboard.press('Enter');
    await cards(page)
      .getByRole('heading', { name: /delivered 77\.6 %/ })
      .waitFor();
    expect(await page.locator('article.said').innerText()).toContain('/pipeline web bigquery');
    expect(desk.parts.listener.calls).toMatchObject([
      { text: '/pipeline web bigquery', place: { platform: 'console', channel: 'general' } },
    ]);
    expect(await box(page).inputValue()).toBe('');
  });

  test('Escape closes the suggestions and leaves the text', async () => {
    const page = await open();
    await page.keyboard.type('/pi');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'hidden' });
    expect(await box(page).inputValue()).toBe('/pi');
    expect(await box(page).getAttribute('aria-expanded')).toBe('false');
  });

  test('a whole command is sent by Enter though it could go on', async () => {
    const page = await open();
    await page.keyboard.type('/pipeline');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('Enter');
    await cards(page).waitFor();
  });

  test('are recalled by arrow keys', async () => {
    const page = await open();
    await say(page, '/pipelines');
    await cards(page).first().waitFor();
    await say(page, '/audit web');
    await cards(page).nth(1).waitFor();
    await page.keyboard.press('ArrowUp');
    expect(await box(page).inputValue()).toBe('/audit web');
    await page.keyboard.press('ArrowUp');
    expect(await box(page).inputValue()).toBe('/pipelines');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await box(page).inputValue()).toBe('');
  });

  test('what is none, or is refused, is told to this reader alone', async () => {
    const page = await open();
    const other = await open();
    await say(page, 'hello');
    const note = page.locator('#note');
    await note.getByText('Commands begin with /. Try /pipeline.').waitFor();
    expect(await box(page).inputValue()).toBe('hello');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await note.getByText('Commands').waitFor({ state: 'detached' });
    await say(page, '/broken');
    await note.getByText('There is no /broken. Did you mean /pipeline?').waitFor();
    await other.locator('article.said').waitFor();
    expect(await other.locator('#note').innerText()).toBe('');
    await say(page, `/${'x'.repeat(2001)}`);
    await note.getByText('That is 2002 characters; a command may have 2000. Please shorten it.').waitFor();
  });

  test('an empty channel has an example that fills the box', async () => {
    const page = await open('/c/releases');
    await page.getByRole('button', { name: '/pipeline' }).click();
    expect(await box(page).inputValue()).toBe('/pipeline ');
    await page.getByRole('option').getByText('web').waitFor();
  });
});

test('a token is asked for once, and what was open closes when it is no longer the token', async () => {
  await stop();
  await start({ token: 'first' });
  const page = await desk.browser.newPage();
  await page.goto(`${desk.server.url}/c/alerts`);
  await page.getByLabel('Console token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the token.').waitFor();
  if (SCREENS) await page.screenshot({ path: join(SCREENS, 'login.png') });
  await page.getByLabel('Console token').fill('first');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'alerts', level: 1 }).waitFor();
  await desk.parts.adapter.post(desk.parts.place('alerts'), alarm, 'k');
  await cards(page).waitFor();
  const { log } = desk.parts;
  await stop();
  await start({ log, token: 'second' }, desk.server.port);
  await page.getByLabel('Console token').waitFor();
  forgive(AWAY);
  forgive(/401/);
});

test('works without scripts', async () => {
  const still = await desk.browser.browser()?.newContext({ javaScriptEnabled: false });
  const page = await still?.newPage();
  if (!page) throw new Error('no second context');
  await page.goto(desk.server.url);
  await say(page, '/pipeline web');
  await page.getByRole('heading', { name: /in the last 24h/ }).waitFor();
  await page.getByRole('button', { name: '7d' }).click();
  await page.getByRole('heading', { name: /in the last 7d/ }).waitFor();
  await page.getByLabel('Destination').selectOption('bigquery');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('heading', { name: /web → bigquery/ }).waitFor();
  await say(page, 'hello');
  await page.getByText('Commands begin with /').waitFor();
  expect(await box(page).inputValue()).toBe('hello');
  forgive(/422/);
  await still?.close();
});
