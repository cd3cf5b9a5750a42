import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type MemoryLog, setUp } from './fakes.ts';
import { serve, type TestServer } from './serve.ts';

const args = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking'];
const more = ['disable-component-update', 'disable-sync'];
/** Where to put pictures for people to look at; none are taken without it. */
export const SCREENS = process.env.CONSOLE_SCREENS;

/** What the tests of one file share; made anew for every test, but for the browser. */
export const desk = {} as {
  browser: BrowserContext;
  parts: ReturnType<typeof setUp>;
  server: TestServer;
  /** What the pages complained about: script errors, breaches of the content security policy, failed requests. */
  complaints: string[];
};

/** A browser for the file, a console for every test; whatever a page complained about fails the test. */
export function useBrowser(): void {
  let profile: string;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'console-test-'));
    desk.browser = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [...args, ...more].map((arg) => `--${arg}`),
      viewport: { width: 1280, height: 900 },
      timezoneId: 'Europe/Berlin',
      // A person may keep it so; and nothing here has to wait for a transition.
      reducedMotion: 'reduce',
    });
    desk.browser.on('weberror', (error) => desk.complaints.push(String(error.error())));
    desk.browser.on('console', (message) => message.type() === 'error' && desk.complaints.push(message.text()));
  });

  afterAll(async () => {
    await desk.browser?.close();
    await rm(profile, { recursive: true, force: true });
  });

  beforeEach(async () => {
    desk.complaints = [];
    await start();
  });

  afterEach(async () => {
    for (const page of desk.browser.pages().slice(1)) await page.close();
    await stop();
    expect(desk.complaints).toEqual([]);
  });
}

export async function start(more: { log?: MemoryLog; token?: string } = {}, port = 0): Promise<void> {
  desk.parts = setUp(more);
  await desk.parts.adapter.start(desk.parts.listener);
  desk.server = await serve(desk.parts.adapter.routes, port);
}

export async function stop(): Promise<void> {
  await desk.parts.adapter.stop();
  await desk.server.stop();
}

export async function open(path = '/'): Promise<Page> {
  const page = await desk.browser.newPage();
  // Told once the stream is open and the page has caught up.
  const ready = page.waitForResponse((response) => response.url().includes('/messages?count='));
  await page.goto(desk.server.url + path);
  await ready;
  return page;
}

export const box = (page: Page) => page.getByRole('combobox', { name: 'Command' });
export const cards = (page: Page) => page.locator('article.answer');
export const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.textContent');

export async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}
