import { expect, test } from 'vitest';
import { gate } from '../support/wait.ts';
import { box, cards, desk, forgive, open, say, start, stop, useBrowser } from './desk.ts';
import { healthy } from './samples.ts';

useBrowser();

const people = [
  { account: 'console:dana', name: 'Dana', note: 'owner' },
  { account: 'console:kim', name: 'Kim', note: 'viewer' },
];

test('the switch shows what the other person may see, in every tab of the browser', async () => {
  await stop();
  await start({ people });
  const { adapter, place } = desk.parts;
  await adapter.post(place('general', 'console:dana'), { ...healthy, title: 'For Dana' }, 'a');
  await adapter.post(place('general', 'console:kim'), { ...healthy, title: 'For Kim' }, 'b');
  const page = await open();
  const other = await open('/c/alerts');
  await cards(page).getByText('For Dana').waitFor();
  expect(await cards(page).count()).toBe(1);
  await page.getByLabel('Who you are here').selectOption({ label: 'You are Kim (viewer)' });
  await cards(page).getByText('For Kim').waitFor();
  expect(await cards(page).count()).toBe(1);
  await expect.poll(() => other.getByLabel('Who you are here').inputValue()).toBe('console:kim');
  await desk.browser.clearCookies();
});

test('a link signs in after one look at who the browser is, and works once', async () => {
  let left = 1;
  const who = { account: 'slack:U1', name: 'Dana' };
  const logins = {
    look: async () => (left > 0 ? who : undefined),
    use: async (_: string, signedInAs?: string) => (left-- > 0 ? { ...who, linked: signedInAs === 'console:kim' } : undefined),
  };
  await stop();
  await start({ people, logins });
  const page = await open();
  await page.getByLabel('Who you are here').selectOption('console:kim');
  await expect.poll(() => page.getByLabel('Who you are here').inputValue()).toBe('console:kim');
  // As from a message elsewhere: the page that leads here is of another site.
  await page.route('http://chat.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${desk.server.url}/login/link/x">link</a>` }),
  );
  await page.goto('http://chat.example/');
  await page.getByRole('link').click();
  await page.getByText('It is signed in as Kim (console:kim) now. Confirming makes both accounts one person').waitFor();
  await page.getByRole('button', { name: 'Sign in as Dana' }).click();
  await page.getByText('You are Dana (Slack)').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => page.getByLabel('Who you are here').inputValue()).toBe('console:dana');
  await page.goto(`${desk.server.url}/login/link/x`);
  await page.getByRole('heading', { name: 'This link has ended' }).waitFor();
  forgive(/410|favicon/);
  await desk.browser.clearCookies();
});

test('a link signs in to the change that was asked for first', async () => {
  const who = { account: 'slack:U1', name: 'Dana' };
  await stop();
  await start({ token: 'secret-token', logins: { look: async () => who, use: async () => ({ ...who, linked: false }) } });
  const page = await desk.browser.newPage();
  await page.goto(`${desk.server.url}/audit/123`);
  await page.getByLabel('Console token').waitFor();
  // As from a message elsewhere: the page that leads here is of another site.
  await page.route('http://chat.example/', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${desk.server.url}/login/link/x">link</a>` }),
  );
  await page.goto('http://chat.example/');
  await page.getByRole('link').click();
  await page.getByRole('button', { name: 'Sign in as Dana' }).click();
  await page.waitForURL('**/c/general*');
  await page.getByText('/audit show 123').first().waitFor();
  forgive(/401|favicon/);
  await desk.browser.clearCookies();
});

test('what takes long says that it is under way', async () => {
  const { open: finish, opened } = gate();
  const page = await open();
  const command = desk.parts.listener.command.bind(desk.parts.listener);
  desk.parts.listener.command = (call) => opened.then(() => command(call));
  await say(page, '/pipeline web');
  await page.getByRole('status').getByText('Working on it…').waitFor();
  finish();
  await cards(page).waitFor();
  await page.getByText('Working on it…').waitFor({ state: 'detached' });
  expect(await box(page).inputValue()).toBe('');
});

test('help is a button away', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Help' }).click();
  await page.locator('article.said').getByText('/warden help').waitFor();
  expect(desk.parts.listener.calls.at(-1)).toMatchObject({ text: '/warden help' });
});
