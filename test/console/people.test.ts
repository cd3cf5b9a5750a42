import { describe, expect, test } from 'vitest';
import { Session } from '../../src/chat/console/session.ts';
import { fakeClock } from '../support/clock.ts';
import { overview } from './samples.ts';
import { started } from './started.ts';

const dana = { account: 'console:dana', name: 'Dana', note: 'owner' };
const kim = { account: 'console:kim', name: 'Kim', note: 'viewer' };
const cookieOf = (response: { headers?: Record<string, string> }) => ({
  cookie: response.headers?.['set-cookie']?.split(';')[0] ?? '',
});

describe('where nobody signs in', () => {
  test('a browser is the first person until it becomes another, and sees what that one sees', async () => {
    const { adapter, call, place } = await started({ people: [dana, kim] });
    await adapter.post(place('general', dana.account), { ...overview(), title: 'For Dana' }, 'a');
    await adapter.post(place('general', kim.account), { ...overview(), title: 'For Kim' }, 'b');
    const first = String((await call('GET /c/general')).body);
    expect(first).toContain('You are Dana (owner)');
    expect([first.includes('For Dana'), first.includes('For Kim')]).toEqual([true, false]);
    const switched = await call('POST /console/person', { form: { account: kim.account } });
    const after = String((await call('GET /c/general', { headers: cookieOf(switched) })).body);
    expect([after.includes('For Dana'), after.includes('For Kim')]).toEqual([false, true]);
  });

  test('nobody becomes someone who is not offered, and a cookie that was touched is none', async () => {
    const { call } = await started({ people: [dana, kim] });
    expect((await call('POST /console/person', { form: { account: 'console:root' } })).headers?.['set-cookie']).toBeUndefined();
    const { cookie } = cookieOf(await call('POST /console/person', { form: { account: kim.account } }));
    const [name, value = ''] = cookie.split('=');
    const [content = '', proof] = value.split('.');
    const forged = Buffer.from(
      Buffer.from(content, 'base64url').toString().replace('console:kim', 'console:dana').replace('Kim', 'Mal'),
    ).toString('base64url');
    const page = String((await call('GET /c/general', { headers: { cookie: `${name}=${forged}.${proof}` } })).body);
    expect(page).not.toContain('You are Mal');
  });

  test('a session ends after a month', async () => {
    const { call, clock } = await started({ people: [dana, kim] });
    const headers = cookieOf(await call('POST /console/person', { form: { account: kim.account } }));
    (clock as unknown as { pass(ms: number): void }).pass(31 * 24 * 3_600_000);
    expect(String((await call('GET /c/general', { headers })).body)).toContain('value="console:dana" selected');
  });

  test('where there is a token, nobody is offered', async () => {
    const { call } = await started({ people: [dana, kim], token: 'secret-token' });
    const { headers } = await call('POST /console/person', { form: { account: kim.account } });
    expect(headers?.['set-cookie']).toBeUndefined();
  });
});

describe('a link from another platform', () => {
  const slack = { account: 'slack:U1', name: 'Dana in Slack' };
  function links(linked = true) {
    let left = 1;
    const used: (string | undefined)[] = [];
    const logins = {
      look: async (token: string) => (token === 'good' && left > 0 ? slack : undefined),
      use: async (token: string, signedInAs?: string) => {
        if (token !== 'good' || left-- < 1) return undefined;
        used.push(signedInAs);
        return { ...slack, linked: linked && signedInAs !== undefined };
      },
    };
    return { logins, used };
  }

  test('says whom it signs in, is not used up by looking, and works once', async () => {
    const { logins } = links();
    const { call, listener } = await started({ logins });
    for (let i = 0; i < 3; i++) expect((await call('GET /login/link/good')).body).toContain('Sign in as Dana in Slack');
    const signedIn = await call('POST /login/link/good');
    expect(signedIn).toMatchObject({ status: 303, headers: { location: '/' } });
    await call('POST /c/general', { form: { text: '/pipeline' }, headers: cookieOf(signedIn) });
    expect(listener.callers.at(-1)).toMatchObject({ account: 'slack:U1', name: 'Dana in Slack' });
    for (const line of ['GET /login/link/good', 'POST /login/link/good', 'GET /login/link/other']) {
      expect(await call(line)).toMatchObject({ status: 410, body: expect.stringContaining('/warden login') });
    }
  });

  test('says what confirming will do, once the browser has told who it is', async () => {
    const { logins } = links();
    const { call } = await started({ logins, people: [dana, kim] });
    const page = async (line: string, headers = {}) => String((await call(line, { headers })).body);
    // From a page elsewhere the cookie is kept back; our own page asks again.
    const first = await page('GET /login/link/good');
    expect(first).toContain('<meta http-equiv="refresh" content="0; url=?here=1">');
    expect(first).toContain('both accounts become one person');
    const second = await page('GET /login/link/good?here=1');
    for (const words of ['http-equiv', 'one person']) expect(second).not.toContain(words);
    const asKim = cookieOf(await call('POST /console/person', { form: { account: kim.account } }));
    const known = await page('GET /login/link/good', asKim);
    expect(known).toContain(
      'signed in as <strong>Kim</strong> (<code>console:kim</code>) now. Confirming makes both accounts one',
    );
    expect(known).not.toContain('http-equiv');
  });

  test('says so if the accounts did not become one', async () => {
    const { logins } = links(false);
    const { call } = await started({ logins, people: [dana, kim] });
    const headers = cookieOf(await call('POST /console/person', { form: { account: kim.account } }));
    const done = await call('POST /login/link/good', { headers });
    expect(done).toMatchObject({ status: 200, body: expect.stringContaining('the configuration says that they are two') });
    expect((await call('GET /c/general', { headers: cookieOf(done) })).body).toContain('You are Dana in Slack (Slack)');
  });

  test('whoever came by one can leave', async () => {
    const { logins } = links();
    const { call } = await started({ logins });
    const headers = cookieOf(await call('POST /login/link/good'));
    const page = String((await call('GET /c/general', { headers })).body);
    for (const words of ['Dana in Slack (Slack)', 'Sign out']) expect(page).toContain(words);
    const left = await call('POST /logout', { headers });
    expect(left).toMatchObject({ status: 303, headers: { location: '/', 'set-cookie': expect.stringContaining('Max-Age=0') } });
  });

  test('links only accounts that signed in, not whoever happens to be first', async () => {
    const first = links();
    const { call } = await started({ logins: first.logins, people: [dana, kim] });
    await call('POST /login/link/good');
    expect(first.used).toEqual([undefined]);
    const second = links();
    const there = await started({ logins: second.logins, people: [dana, kim] });
    const headers = cookieOf(await there.call('POST /console/person', { form: { account: kim.account } }));
    await there.call('POST /login/link/good', { headers });
    expect(second.used).toEqual([kim.account]);
  });
});

test('a changed token ends the sessions that it opened, and no others', async () => {
  const clock = fakeClock('2025-11-25T10:00:00Z');
  const session = (...tokens: string[]) =>
    new Session({
      tokens: tokens.map((token, at) => ({ token, person: at === 0 ? dana : kim })),
      people: [],
      team: 'Northwind',
      clock,
      key: Buffer.alloc(32, 1),
      secure: true,
    });
  const before = session('token of dana', 'token of kim');
  const asked = (cookie = '') => ({
    params: {},
    query: {},
    headers: { cookie: cookie.split(';')[0] },
    body: Buffer.alloc(0),
    address: '127.0.0.1',
    signal: new AbortController().signal,
  });
  const [asDana, asKim, asSlack] = [
    before.open('token of dana'),
    before.open('token of kim'),
    before.signIn({ account: 'slack:U1', name: 'Dana' }),
  ];
  expect(asDana).toContain('; Secure');
  expect(before.open('token of nobody')).toBeUndefined();
  const after = session('token of dana', 'another of kim');
  expect([asDana, asKim, asSlack].map((cookie) => after.signedIn(asked(cookie))?.account)).toEqual([
    'console:dana',
    undefined,
    'slack:U1',
  ]);
  expect(session('token of dana').signedIn(asked(asKim))).toBeUndefined();
  expect(after.signedIn(asked('pipewarden_console=bm9uc2Vuc2U.x'))).toBeUndefined();
});

describe('a form', () => {
  const action = 'pipeline.window:v1';

  test('is a page without scripts: asked, mistaken, taken', async () => {
    const { call, say, log, listener } = await started();
    await say('/pipeline web');
    const asked = await call('POST /c/general', { form: { action, mine: '1' } });
    expect(asked.status).toBe(200);
    for (const part of ['<h1>A period of your own</h1>', 'name="value.from"', 'name="mine"', 'list="ask-source-list"'])
      expect(asked.body).toContain(part);
    const values = { 'value.from': 'never', 'value.source': '<b>', 'value.show': 'percent' };
    const mistaken = await call('POST /c/general', { form: { submit: action, mine: '1', ...values } });
    expect(mistaken).toMatchObject({ status: 422, body: expect.stringContaining('“never” is not a time.') });
    expect(mistaken.body).toContain('value="&lt;b&gt;"');
    expect(mistaken.body).toContain('aria-invalid="true"');
    expect(mistaken.body).toMatch(/<option value="percent" selected>/);
    const taken = await call('POST /c/general', { form: { submit: action, mine: '1', ...values, 'value.from': '2026-11-01' } });
    expect(taken.status).toBe(303);
    expect(listener.calls.at(-1)).toMatchObject({ place: { person: 'console:local' } });
    expect(log.entries.at(-1)).toMatchObject({ body: { message: { title: 'From 2026-11-01' } } });
  });

  test('of an impossible action is refused', async () => {
    const { call } = await started();
    expect((await call('POST /c/general', { form: { submit: 'nonsense' } })).body).toContain('no longer valid');
  });
});
