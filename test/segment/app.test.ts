import { afterEach, expect, test, vi } from 'vitest';
import { nextIncident } from '../../src/connectors/demo/incident.ts';
import { MINUTE, plus } from '../../src/core/delivery/time.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { auditCall } from './calls.ts';
import { SECRET, signed } from './server.ts';

vi.setConfig({ testTimeout: 240_000 });

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: Parameters<typeof startApp>[0]): Promise<TestApp> {
  const started = await startApp(options);
  closing.push(() => started.close());
  return started;
}

interface Found {
  events: { at: string; actor: { name: string }; resource: { name: string }; via: string }[];
}
const search = (app: TestApp, q: string) => app.get<Found>(`/v1/audit?${new URLSearchParams({ q })}`);

test('the whole application takes what Segment forwards and what its libraries send', async () => {
  const app = await start({ now: '2026-11-25T10:30:20Z', demo: false, segmentSecrets: [SECRET] });
  const send = (path: string, body: string, headers: Record<string, string>) =>
    fetch(`${app.app.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const body = JSON.stringify(auditCall());
  expect((await send('/webhooks/segment', body, { 'x-signature': signed(body) })).status).toBe(200);
  const library = JSON.stringify({ batch: [auditCall({ timestamp: '2026-11-25T10:20:00Z' })] });
  const authorization = `Basic ${Buffer.from('test-token:').toString('base64')}`;
  expect((await send('/v1/batch', library, { authorization })).status).toBe(200);
  expect((await search(app, 'resource:amplitude')).events.map(({ via }) => via)).toEqual(['webhook', 'tracking']);
});

test('without a secret the webhook says how to switch it on', async () => {
  const app = await start({ now: '2026-11-25T10:30:20Z', demo: false });
  const answer = await fetch(`${app.app.url}/webhooks/segment`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('Set SEGMENT_WEBHOOK_SECRET');
});

test('the demo is searched right after its start: Dana was there before the incident, and goes on', async () => {
  const app = await start({ now: '2026-11-25T12:40:20Z', demo: true });
  const browser = await openBrowser();
  closing.push(() => browser.close());
  const page = await browser.context.newPage();
  await page.goto(app.app.url);
  await page.locator('#text').fill('/audit actor:dana resource:“Order Completed” on:today');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.getByRole('article').getByRole('table').waitFor();
  expect(await page.getByRole('article').getByRole('table').innerText()).toContain('Order Completed');

  const suspect = async () => (await search(app, 'action:mapping.disabled actor:dana on:today')).events[0]?.at;
  const now = app.clock.now();
  expect(await suspect()).toBe('2026-11-25T12:07:00.000Z');
  const { from } = nextIncident(now);
  app.clock.advance(Number(from) - Number(now) + MINUTE);
  await app.app.runDue();
  expect(await suspect()).toBe(plus(from, -3 * MINUTE).toISOString());
});
