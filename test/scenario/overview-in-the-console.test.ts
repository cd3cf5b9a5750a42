/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, percent } from '../../src/core/cards/format.ts';
import type { OverviewStep } from '../../src/core/delivery/overview.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser, type TestBrowser } from '../support/browser.ts';
import { type Engine, installedEngines } from '../support/engines.ts';

interface OverviewJson {
  deliveryRate: number;
  deliveryRateChange: number;
  steps: OverviewStep[];
}

let demo: TestApp;
let browser: TestBrowser;
let page: Page;

const engines: Engine[] = await installedEngines();

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

async function type(line: string): Promise<void> {
  await page.locator('input[role=combobox]').fill(line);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}

const card = (title: RegExp): Locator =>
  page
    .getByRole('article')
    .filter({ has: page.getByRole('heading', { name: title, level: 2 }) })
    .last();

/** Every row of a table, as its cells' texts. */
const rowsOf = (table: Locator): Promise<string[][]> =>
  table
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...(row as HTMLTableRowElement).cells].map((cell) => cell.innerText.trim())));

describe.each(engines)('the delivery overview in the console, on $name', ({ open }) => {
  let close = async () => {};
  beforeAll(async () => {
    // The incident at 12:10 is over, so the last hour holds all of it.
    const { settings, drop } = await open();
    demo = await startApp({ now: '2026-11-25T12:40:20Z', demo: true, ...settings });
    close = async () => {
      await demo.close();
      await drop();
    };
    page = await browser.context.newPage();
    await page.goto(demo.app.url);
  });
  afterAll(async () => {
    await page.close();
    await close();
  });

  test('/pipeline ranks all pipelines, what needs attention first', async () => {
    await type('/pipeline period:1h');
    const ranking = card(/\d+ of 15 pipelines need attention in the last hour · Web shop → Amplitude/);
    await ranking.waitFor();
    const rows = await rowsOf(ranking.getByRole('table'));
    expect(rows).toHaveLength(15);
    expect(rows[0]?.slice(0, 2)).toEqual([
      'Web shop → Amplitude',
      expect.stringMatching(/^■ delivery rate fell \d+\.\d points to \d+\.\d %$/),
    ]);
    expect(rows[1]?.slice(0, 2)).toEqual([
      'Order service → HubSpot',
      expect.stringMatching(/^▲ only 93\.\d % of attempts delivered$/),
    ]);
  });

  test('card, figure and JSON of one pipeline agree to the last digit', async () => {
    await type('/pipeline web amplitude 1h');
    const shown = card(/^.*Web shop → Amplitude: delivery rate .*last hour/);
    await shown.waitFor();
    const json = await demo.get<OverviewJson>('/v1/pipelines/web/amplitude?period=1h');
    const rows = await rowsOf(shown.getByRole('table').first());
    expect(rows.map((row) => [row[0], row[1], row[3]])).toEqual(
      json.steps.map((step) => [step.label, percent(step.share), count(step.count)]),
    );
    const alt = (await shown.getByRole('img').getAttribute('alt')) ?? '';
    for (const step of [json.steps[0], json.steps.at(-1)]) expect(alt).toContain(count(step?.count ?? 0));
    expect(alt).toContain(`delivery rate ${percent(json.deliveryRate)}`);
    expect(await shown.getByRole('heading').innerText()).toContain(percent(json.deliveryRate));
  });

  test('the figure is drawn at twice its size', async () => {
    const image = card(/Web shop → Amplitude: delivery rate/).getByRole('img');
    await expect.poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(1800);
  });

  test('percent becomes counts, and another period, in the same card', async () => {
    const shown = card(/Web shop → Amplitude: delivery rate/);
    const id = await shown.getAttribute('id');
    await shown.getByRole('button', { name: 'Counts' }).click();
    await expect.poll(() => shown.getByRole('button', { name: 'Counts' }).getAttribute('aria-pressed')).toBe('true');
    await shown.getByLabel('Period', { exact: true }).selectOption('7d');
    await card(/Web shop → Amplitude: delivery rate .*last 7 days/).waitFor();
    expect(await card(/Web shop → Amplitude: delivery rate/).getAttribute('id')).toBe(id);
    const json = await demo.get<OverviewJson>('/v1/pipelines/web/amplitude?period=7d');
    const rows = await rowsOf(shown.getByRole('table').first());
    expect(rows.map((row) => [row[0], row[1], row[3]])).toEqual(
      json.steps.map((step) => [step.label, count(step.count), percent(step.share)]),
    );
  });

  test('from the ranking a pipeline opens in place, and back', async () => {
    const ranking = card(/of 15 pipelines need attention in the last hour/);
    const id = await ranking.getAttribute('id');
    await ranking.getByLabel('Open a pipeline').selectOption({ index: 2 });
    const opened = page.locator(`[id="${id}"]`).filter({ has: page.getByRole('heading', { name: /HubSpot/ }) });
    await opened.waitFor();
    await opened.getByRole('button', { name: 'All pipelines' }).click();
    await page
      .locator(`[id="${id}"]`)
      .filter({ has: page.getByRole('heading', { name: /of 15 pipelines/ }) })
      .waitFor();
  });

  test('pushed counts are on the card at once, and once', async () => {
    const time = '2026-11-25T12:40:00Z';
    const batch = {
      batchId: 'b-1',
      counts: [
        { time, source: 'my-app', step: 'successfully_received', count: 120 },
        { time, source: 'my-app', destination: 'crm', step: 'successful_delivery', count: 111 },
        { time, source: 'my-app', destination: 'crm', step: 'failed_delivery', reason: '429', count: 9 },
      ],
    };
    expect(await demo.push(batch)).toEqual({ status: 202, body: { accepted: 3, duplicate: 0 } });
    expect(await demo.push(batch)).toEqual({ status: 202, body: { accepted: 0, duplicate: 3 } });
    await type('/pipeline my-app crm 10m');
    const shown = card(/^.*my-app → crm: delivery rate 92\.5 %/);
    await shown.waitFor();
    expect((await rowsOf(shown.getByRole('table').first())).map((row) => row[3])).toEqual(['120', '0', '0', '0', '9', '111']);
  });

  test('a mistake is answered with what to type', async () => {
    await type('/pipeline web amplitud');
    await card(/There is no pipeline web → amplitud\. Did you mean web amplitude/).waitFor();
    await type('/pipeline web amplitude 5y');
    await card(/“5y” is not a period\. Use one of 10m, 1h, 24h, 7d, 14d/).waitFor();
    await type('/pipelines');
    await card(/Did you mean \/pipeline\?/).waitFor();
  });

  test('nothing on the page complained', () => {
    expect(browser.complaints).toEqual([]);
  });
});
