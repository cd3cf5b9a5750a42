import { describe, expect, test } from 'vitest';
import { cards, desk, focused, forgive, open, say, useBrowser } from './desk.ts';
import { overview } from './samples.ts';

useBrowser();

describe('cards', () => {
  test('a pressed button edits the card in place and keeps the focus', async () => {
    const page = await open();
    await say(page, '/pipeline web');
    await cards(page).waitFor();
    const week = page.getByRole('group', { name: 'Period' }).getByRole('button', { name: '7d' });
    await page.evaluate("document.querySelector('article.answer').marked = true");
    await week.focus();
    const before = await week.boundingBox();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /in the last 7d/ }).waitFor();
    await page.getByText('edited').waitFor();
    expect(await focused(page)).toBe('7d');
    expect(await week.getAttribute('aria-pressed')).toBe('true');
    expect(await page.evaluate("document.querySelector('article.answer').marked")).toBe(true);
    expect(await week.boundingBox()).toEqual(before);
    expect(await page.locator('#announcer').innerText()).toMatch(/^Updated: web → amplitude/);
    expect(desk.parts.listener.calls.at(-1)).toMatchObject({ action: { verb: 'pipeline.period', id: 'v1', choice: '7d' } });
  });

  test('a choice in a select is sent as the action’s choice', async () => {
    const page = await open();
    await say(page, '/pipeline web');
    await page.getByLabel('Destination').selectOption('bigquery');
    await page.getByRole('heading', { name: /web → bigquery/ }).waitFor();
    expect(await page.getByLabel('Destination').inputValue()).toBe('bigquery');
    expect(desk.parts.listener.calls.at(-1)).toMatchObject({
      action: { verb: 'pipeline.destination', id: 'v1', choice: 'bigquery' },
    });
  });

  test('a refusal is told at the command box', async () => {
    const page = await open();
    await say(page, '/pipeline web');
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await page.getByRole('status').getByText('This view has ended. Send /pipeline again.').waitFor();
    expect(await focused(page)).toBe('Refresh');
  });

  test('the figure has its place before it is there, and opens by itself', async () => {
    await desk.parts.adapter.post(desk.parts.place('general'), overview(), 'k');
    const page = await desk.browser.newPage();
    await page.route('**/figures/*', (route) => route.abort());
    await page.goto(desk.server.url);
    const image = page.getByRole('img', { name: /Of 1\.25 M events/ });
    const size = await image.boundingBox();
    expect((size?.width ?? 0) / (size?.height ?? 1)).toBeCloseTo(900 / 405, 1);
    await page.unroute('**/figures/*');
    await page.reload();
    await expect.poll(() => page.evaluate("document.querySelector('.figure img').naturalWidth")).toBe(1800);
    expect(await image.boundingBox()).toEqual(size);
    const address = await page.locator('a.figure').getAttribute('href');
    expect((await page.request.get(desk.server.url + address)).headers()['content-type']).toBe('image/png');
    forgive(/ERR_FAILED/);
  });

  test('times are told in the reader’s zone', async () => {
    await desk.parts.adapter.post(desk.parts.place('general'), overview(), 'k');
    const page = await open();
    expect(await page.getByText('may still change').innerText()).toContain('10:40');
    expect(await page.locator('time[data-as=ago]').innerText()).toMatch(/ago$/);
  });
});
