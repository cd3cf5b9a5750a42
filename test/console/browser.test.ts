import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MemoryLog, setUp } from './fakes.ts';
import { alarm, healthy, overview } from './samples.ts';
import { serve, type TestServer } from './serve.ts';

const args = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking'];
const more = ['disable-component-update', 'disable-sync'];
/** Where to put pictures for people to look at; none are taken without it. */
const SCREENS = process.env.CONSOLE_SCREENS;

let profile: string;
let browser: BrowserContext;
let parts: ReturnType<typeof setUp>;
let server: TestServer;
/** What the pages complained about: script errors, broken content security policy, failed requests. */
let complaints: string[];

beforeAll(async () => {
  profile = await mkdtemp(join(tmpdir(), 'console-test-'));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...args, ...more].map((arg) => `--${arg}`),
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Europe/Berlin',
    // A person may keep it so; and nothing here has to wait for a transition.
    reducedMotion: 'reduce',
  });
  browser.on('weberror', (error) => complaints.push(String(error.error())));
  browser.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});

afterAll(async () => {
  await browser?.close();
  await rm(profile, { recursive: true, force: true });
});

beforeEach(async () => {
  complaints = [];
  await start();
});

afterEach(async () => {
  for (const page of browser.pages().slice(1)) await page.close();
  await stop();
  expect(complaints).toEqual([]);
});

async function start(more: { log?: MemoryLog; token?: string } = {}, port = 0): Promise<void> {
  parts = setUp(more);
  await parts.adapter.start(parts.listener);
  server = await serve(parts.adapter.routes, port);
}

async function stop(): Promise<void> {
  await parts.adapter.stop();
  await server.stop();
}

async function open(path = '/'): Promise<Page> {
  const page = await browser.newPage();
  // Told once the stream is open and the page has caught up.
  const ready = page.waitForResponse((response) => response.url().includes('/messages'));
  await page.goto(server.url + path);
  await ready;
  return page;
}

const box = (page: Page) => page.getByRole('combobox', { name: 'Command' });
const cards = (page: Page) => page.locator('article.answer');
const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.textContent');

async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}

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
    expect(parts.listener.calls).toMatchObject([
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
    expect(parts.listener.calls.at(-1)).toMatchObject({ action: { verb: 'pipeline.period', id: 'v1', choice: '7d' } });
  });

  test('a choice in a select is sent as the action’s choice', async () => {
    const page = await open();
    await say(page, '/pipeline web');
    await page.getByLabel('Destination').selectOption('bigquery');
    await page.getByRole('heading', { name: /web → bigquery/ }).waitFor();
    expect(await page.getByLabel('Destination').inputValue()).toBe('bigquery');
    expect(parts.listener.calls.at(-1)).toMatchObject({ action: { verb: 'pipeline.destination', id: 'v1', choice: 'bigquery' } });
  });

  test('a refusal is told at the command box', async () => {
    const page = await open();
    await say(page, '/pipeline web');
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await page.getByRole('status').getByText('This view has ended. Send /pipeline again.').waitFor();
    expect(await focused(page)).toBe('Refresh');
  });

  test('the figure has its place before it is there, and opens by itself', async () => {
    await parts.adapter.post(parts.place('general'), overview(), 'k');
    const page = await browser.newPage();
    await page.route('**/figures/*', (route) => route.abort());
    await page.goto(server.url);
    const image = page.getByRole('img', { name: /Of 1\.25 M events/ });
    const size = await image.boundingBox();
    expect((size?.width ?? 0) / (size?.height ?? 1)).toBeCloseTo(900 / 405, 1);
    await page.unroute('**/figures/*');
    await page.reload();
    await expect.poll(() => image.evaluate(({ naturalWidth }: { naturalWidth: number }) => naturalWidth)).toBe(1800);
    expect(await image.boundingBox()).toEqual(size);
    const address = await page.locator('a.figure').getAttribute('href');
    expect((await page.request.get(server.url + address)).headers()['content-type']).toBe('image/png');
    complaints = complaints.filter((text) => !text.includes('ERR_FAILED'));
  });

  test('times are told in the reader’s zone', async () => {
    await parts.adapter.post(parts.place('general'), overview(), 'k');
    const page = await open();
    expect(await page.getByText('may still change').innerText()).toContain('10:40');
    expect(await page.locator('time[data-as=ago]').innerText()).toMatch(/ago$/);
  });
});

describe('live', () => {
  test('a second tab sees what the first one asked, and marks other channels unread', async () => {
    const page = await open();
    const other = await open();
    await say(page, '/pipeline web');
    await cards(other).waitFor();
    await parts.adapter.post(parts.place('alerts'), alarm, 'alarm');
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
    const { log } = parts;
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
    await start({ log }, server.port);
    await cards(page).getByText('delivers again').waitFor();
    await page.getByRole('heading', { name: /in the last 30d/ }).waitFor();
    await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
    expect(await box(page).inputValue()).toBe('/half typed');
    expect(await cards(page).count()).toBe(2);
    complaints = complaints.filter((text) => !/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET)/.test(text));
  });

  test('begins at the end, keeps the place of a reader who has scrolled up, and shows earlier messages', async () => {
    for (let at = 0; at < 120; at += 1)
      await parts.adapter.post(parts.place('general'), { ...healthy, title: `Report ${at}` }, `${at}`);
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
    await parts.adapter.post(parts.place('general'), { ...healthy, title: 'Report 120' }, '120');
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

test('a token is asked for once, and what was open closes when it is no longer the token', async () => {
  await stop();
  await start({ token: 'first' });
  const page = await browser.newPage();
  await page.goto(`${server.url}/c/alerts`);
  await page.getByLabel('Console token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the token.').waitFor();
  if (SCREENS) await page.screenshot({ path: join(SCREENS, 'login.png') });
  await page.getByLabel('Console token').fill('first');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'alerts', level: 1 }).waitFor();
  await parts.adapter.post(parts.place('alerts'), alarm, 'k');
  await cards(page).waitFor();
  const { log } = parts;
  await stop();
  await start({ log, token: 'second' }, server.port);
  await page.getByLabel('Console token').waitFor();
  complaints = complaints.filter(
    (text) => !/401|ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET)/.test(text),
  );
});

test('works without scripts', async () => {
  const still = await browser.browser()?.newContext({ javaScriptEnabled: false });
  const page = await still?.newPage();
  if (!page) throw new Error('no second context');
  await page.goto(server.url);
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
  complaints = complaints.filter((text) => !text.includes('422'));
  await still?.close();
});

test.runIf(SCREENS)('pictures for people to look at', async () => {
  const folder = SCREENS ?? '';
  mkdirSync(folder, { recursive: true });
  await parts.adapter.post(parts.place('alerts'), alarm, 'a0');
  await parts.adapter.post(parts.place('general'), healthy, 'a');
  const body = { kind: 'said', text: '/pipeline web amplitude 24h' } as const;
  await parts.log.append({ channel: 'general', author: 'ada', body, key: 'b', at: parts.clock.now() });
  const id = await parts.adapter.post(parts.place('general'), overview(), 'c');
  await parts.adapter.edit(parts.place('general'), id, overview());
  for (const [size, viewport] of Object.entries({ wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open();
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const shot = (name: string) => page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      await page.locator('img').evaluate((image: { decode(): Promise<void> }) => image.decode());
      await parts.adapter.post(parts.place('alerts'), alarm, `alarm ${size} ${colorScheme}`);
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
      await page.goto(`${server.url}/c/releases`);
      await shot('empty');
      await page.goto(`${server.url}/c/alerts`);
      await page.getByRole('button', { name: 'Acknowledge' }).first().focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      await shot('alerts');
      await page.goto(`${server.url}/c/nowhere`);
      await shot('lost');
      complaints = complaints.filter((text) => !text.includes('404'));
      await page.close();
    }
  }
});
