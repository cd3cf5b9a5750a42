import { type Browser, type BrowserContext, chromium } from 'playwright-core';

/** Without the background switches Chromium looks for hosts that a closed network does not have. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  context: BrowserContext;
  /** What pages complained about: script errors, broken content security policy, failed requests. */
  complaints: string[];
  close(): Promise<void>;
}

/** Started by the first who needs it, for all test files of this process; it ends with the process. */
let browser: Promise<Browser> | undefined;

/** Headless Chromium with a fresh profile. */
export async function openBrowser(): Promise<TestBrowser> {
  browser ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return { context, complaints, close: () => context.close() };
}
