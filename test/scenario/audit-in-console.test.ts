import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleDesk } from '../contract/chat-desks.ts';
import { startApp } from '../support/app.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { until } from '../support/wait.ts';
import { AUDIT_NOW, backstage, largest } from './audit-stage.ts';
import { type AuditStage, auditStory } from './audit-story.ts';

describe(`the audit trail in the console, on ${largest.name}`, () => {
  const cleanUps: (() => unknown)[] = [];
  let stage: AuditStage;
  let browsers: TestBrowser[];
  let dana: Page;

  /** Dana and Kim, who may not search, each in a browser of their own. */
  beforeAll(async () => {
    const behind = await backstage({ owner: 'console:dana', checkpoints: 'console:general' });
    cleanUps.push(() => behind.close());
    const app = await startApp({ now: AUDIT_NOW, demo: true, ...behind.settings });
    cleanUps.push(() => app.close());
    browsers = [await openBrowser(), await openBrowser()];
    for (const browser of browsers) cleanUps.push(() => browser.close());
    const pages = (await Promise.all(browsers.map(({ context }) => context.newPage()))) as [Page, Page];
    for (const page of pages) await page.goto(app.app.url);
    const kim = pages[1];
    dana = pages[0];
    await kim.getByLabel('Who you are here').selectOption({ label: 'You are Kim (viewer)' });
    await kim.locator('body[data-account="console:kim"]').waitFor();
    stage = { app, behind, desk: consoleDesk({ dana, sam: kim }), dana: 'console:dana' };
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  auditStory(() => stage);

  test('a permalink that is pressed in a message elsewhere opens the change, once', async () => {
    const { events } = await stage.app.get<{ events: { seq: number }[] }>('/v1/audit?q=actor:deploy-bot');
    const line = `/audit show ${events[0]?.seq}`;
    const said = (page: Page) => page.locator('article.said').filter({ hasText: line }).count();
    const kim = await browsers[1]?.context.newPage();
    if (!kim) throw new Error('no browser');
    const before = await said(dana);
    // The page that leads here is of another site, so that the browser keeps back who it is.
    await kim.route('http://chat.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<a href="${stage.app.app.url}/audit/${events[0]?.seq}">Permalink</a>`,
      }),
    );
    await kim.goto('http://chat.example/');
    await kim.getByRole('link').click();
    await kim.locator('body[data-account="console:kim"]').waitFor();
    // Kim may not, and hears it here as anywhere.
    await until('the command was sent', async () => (await said(kim)) === 1);
    expect(new URL(kim.url()).pathname + new URL(kim.url()).search).toBe('/c/general');
    await kim.reload();
    expect(await said(kim)).toBe(1);
    expect(await said(dana)).toBe(before);

    await dana.goto(`${stage.app.app.url}/audit/${events[0]?.seq}`);
    const opened = dana.locator('article.answer').filter({ hasText: 'Permalink' });
    await opened.getByRole('heading', { name: /Deploy bot disabled HubSpot/ }).waitFor();
    expect(await said(dana)).toBe(before + 1);
  });

  test('nothing on the pages complained', () => {
    expect(browsers.flatMap(({ complaints }) => complaints).filter((text) => !/favicon/.test(text))).toEqual([]);
  });
});
