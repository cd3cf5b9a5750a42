import { describe, expect, test } from 'vitest';
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
  function links() {
    let left = 1;
    const used: (string | undefined)[] = [];
    const logins = {
      look: async (token: string) => (token === 'good' && left > 0 ? slack : undefined),
      use: async (token: string, signedInAs?: string) => {
        if (token !== 'good' || left-- < 1) return undefined;
        used.push(signedInAs);
        return { ...slack, linked: signedInAs !== undefined };
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
