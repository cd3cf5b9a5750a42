import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { setUp } from './fakes.ts';
import { serve, type TestServer } from './serve.ts';

/** Where to put pictures for people to look at; none are taken without it. */
export const SCREENS = process.env.CONSOLE_SCREENS;

/** What the tests of one file share; made anew for every test, but for the browser. */
export const desk = {} as {
  browser: BrowserContext;
  parts: ReturnType<typeof setUp>;
  server: TestServer;
};
let opened: TestBrowser;

/** A browser for the file, a console for every test; whatever a page complained about fails the test. */
export function useBrowser(): void {
  beforeAll(async () => {
    opened = await openBrowser();
    desk.browser = opened.context;
  });

  afterAll(() => opened?.close());

  beforeEach(async () => {
    opened.complaints.length = 0;
    await start();
  });

  afterEach(async () => {
    for (const page of desk.browser.pages()) await page.close();
    await stop();
    expect(opened.complaints).toEqual([]);
  });
}

/** What a test brings about on purpose is nothing to complain about. */
export function forgive(pattern: RegExp): void {
  opened.complaints.splice(0, Number.POSITIVE_INFINITY, ...opened.complaints.filter((text) => !pattern.test(text)));
}
/** A server that goes away. */
export const AWAY = /ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET)/;

export async function start(more: Parameters<typeof setUp>[0] = {}, port = 0): Promise<void> {
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
