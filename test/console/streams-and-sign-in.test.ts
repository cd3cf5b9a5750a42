import { describe, expect, test } from 'vitest';
import { fakeClock } from '../support/clock.ts';
import { HandClock } from './fakes.ts';
import { healthy } from './samples.ts';
import { script, started } from './started.ts';

describe('streams', () => {
  test('end when the adapter stops, and when the reader goes', async () => {
    const clock = new HandClock();
    const { adapter, listen, call } = await started({ clock });
    const gone = new AbortController();
    const [left, stays, returned] = [await listen('general', gone.signal), await listen('general'), await listen('general')];
    const waiting = [left.next(), stays.next()];
    gone.abort();
    expect((await waiting[0])?.done).toBe(true);
    await returned.return?.();
    expect((await returned.next()).done).toBe(true);
    expect(clock.waiting).toBe(1);
    await adapter.stop();
    expect((await waiting[1])?.done).toBe(true);
    expect(clock.waiting).toBe(0);
    const late = (await call('GET /console/events?channel=general')).body as AsyncIterable<string>;
    expect((await late[Symbol.asyncIterator]().next()).done).toBe(true);
  });

  test('have a heartbeat every fifteen seconds', async () => {
    const clock = new HandClock();
    const { listen } = await started({ clock });
    const stream = await listen('general');
    for (let beat = 0; beat < 3; beat += 1) {
      clock.pass(15_000);
      expect((await stream.next()).value).toBe(':\n\n');
    }
  });

  test('a reader who does not keep up is let go', async () => {
    const { adapter, place, listen } = await started();
    const stream = await listen('general');
    for (let at = 0; at < 501; at += 1) await adapter.post(place('general'), healthy, `${at}`);
    expect((await stream.next()).done).toBe(true);
  });
});

describe('sign-in', () => {
  const token = 'correct horse battery staple';

  test('there is none without a token', async () => {
    const { adapter, call } = await started();
    expect(adapter.routes.some(({ path }) => path === '/login')).toBe(false);
    expect((await call('GET /c/general')).body).not.toContain('Sign out');
  });

  test('everything but the assets, the ways in and out and the way to one change needs it', async () => {
    const { adapter, call, listener, log } = await started({ token });
    const open = /^\/(?:login|logout|assets|console\/person|audit)\b/;
    for (const { method, path } of adapter.routes.filter(({ path }) => !open.test(path))) {
      const { status } = await call(`${method} ${path.replace(':channel', 'general')}`, { form: { text: '/pipeline' } });
      expect(status, path).toBe(401);
    }
    expect([...listener.calls, ...log.entries]).toEqual([]);
    const page = await call('GET /c/alerts', { headers: { cookie: 'pipewarden_console=x; other=y' } });
    expect(page.body).toContain('name="next" value="alerts"');
    expect((await call('GET /c/general/messages', { headers: script })).headers?.['content-type']).toContain('json');
    expect((await call('GET /assets/1/base.css')).status).toBe(200);
  });

  test('the token opens it, for as long as it is the token', async () => {
    const { call } = await started({ token });
    expect(await call('POST /login', { form: { token: 'wrong' } })).toMatchObject({
      status: 401,
      body: expect.stringContaining('not the token'),
    });
    expect((await call('POST /login')).status).toBe(401);
    const opened = await call('POST /login', { form: { token, next: 'alerts' } });
    expect(opened).toMatchObject({ status: 303, headers: { location: '/c/alerts' } });
    const [cookie = '', ...attributes] = opened.headers?.['set-cookie']?.split('; ') ?? [];
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/']));
    expect(cookie).not.toContain(token);
    expect((await call('GET /c/general', { headers: { cookie: `a=b; ${cookie}` } })).status).toBe(200);
    expect(await call('GET /login', { headers: { cookie } })).toMatchObject({ status: 303 });
    expect((await call('POST /login', { form: { token, next: '//elsewhere.example' } })).headers?.location).toBe('/');
    const other = await started({ token: 'another' });
    expect((await other.call('GET /c/general', { headers: { cookie } })).status).toBe(401);
    const closed = await call('POST /logout', { headers: { cookie } });
    expect(closed.headers?.['set-cookie']).toContain('Max-Age=0');
  });

  test('ten wrong tokens within a minute, and from there nobody signs in until it is over', async () => {
    const clock = fakeClock('2025-11-25T10:00:00Z');
    const { call } = await started({ token, clock });
    const tryToken = async (tried: string) => (await call('POST /login', { form: { token: tried, next: 'alerts' } })).status;
    expect(await tryToken('wrong')).toBe(401);
    clock.advance(20_000);
    for (let at = 0; at < 9; at += 1) expect(await tryToken('wrong')).toBe(401);
    const refused = await call('POST /login', { form: { token, next: 'alerts' } });
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '40' } });
    expect(refused.body).toContain('too many wrong tokens within a minute. Please try again in 40 seconds.');
    expect(refused.body).toContain('value="alerts"');
    expect((await call('GET /login')).status).toBe(200);
    clock.advance(39_001);
    expect((await call('POST /login', { form: { token } })).body).toContain('try again in a second.');
    clock.advance(999);
    // Only the first has passed: there is room for one.
    expect([await tryToken('wrong'), await tryToken(token)]).toEqual([401, 429]);
    clock.advance(20_000);
    expect(await tryToken(token)).toBe(303);
  });

  test('somebody else’s wrong tokens keep nobody out', async () => {
    const { call } = await started({ token });
    const from = (address: string, tried: string) => call('POST /login', { form: { token: tried }, address });
    for (let at = 0; at < 12; at += 1) await from('198.51.100.7', 'wrong');
    expect(await from('198.51.100.7', token)).toMatchObject({ status: 429 });
    expect(await from('198.51.100.8', token)).toMatchObject({ status: 303 });
  });

  test('addresses of one network of IPv6 count as one', async () => {
    const { call } = await started({ token });
    const from = (address: string, tried: string) => call('POST /login', { form: { token: tried }, address });
    for (let at = 0; at < 10; at += 1) expect((await from(`2001:db8:1:2::${at}`, 'wrong')).status).toBe(401);
    expect((await from('2001:db8:1:2:ffff::1', token)).status).toBe(429);
    expect((await from('2001:db8:1:3::1', token)).status).toBe(303);
  });

  test('while very many guess, each has two tries a minute; whoever knows the token gets in', async () => {
    const clock = fakeClock('2025-11-25T10:00:00Z');
    const { call } = await started({ token, clock });
    const from = (address: string, tried: string) => call('POST /login', { form: { token: tried }, address });
    for (let at = 0; at < 100; at += 1) await from(`203.0.113.${at}`, 'wrong');
    expect((await from('198.51.100.8', 'wrong')).status).toBe(401);
    expect((await from('198.51.100.8', 'wrong')).status).toBe(401);
    expect((await from('198.51.100.8', token)).status).toBe(429);
    expect((await from('198.51.100.9', token)).status).toBe(303);
    clock.advance(60_000);
    for (let at = 0; at < 10; at += 1) expect((await from('198.51.100.8', 'wrong')).status).toBe(401);
  });
});
