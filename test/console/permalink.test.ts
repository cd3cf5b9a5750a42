import { describe, expect, test } from 'vitest';
import { started } from './started.ts';

const page = async (call: Awaited<ReturnType<typeof started>>['call'], line: string, more: Parameters<typeof call>[1] = {}) => {
  const { status, body } = await call(line, more);
  return { status, body: String(body) };
};

describe('a permalink', () => {
  test('leads by our own page to the channel where people come in, and asks for nothing by being looked at', async () => {
    const { call, listener } = await started();
    const first = await page(call, 'GET /audit/123');
    expect(first).toMatchObject({ status: 200, body: expect.stringContaining('0; url=/c/general?show=123') });
    const second = await page(call, 'GET /c/general?show=123');
    expect(second.body).toMatch(/<input id="text"[^>]* value="\/audit show 123"[^>]* data-send>/);
    expect(listener.callers).toEqual([]);
  });

  test.each(['GET /audit/abc', 'GET /audit/1e3', `GET /audit/${'9'.repeat(16)}`, 'GET /audit/-1'])('%s is none', async (line) => {
    const { call } = await started();
    expect(await page(call, line)).toMatchObject({ status: 404, body: expect.stringContaining('No change has this address.') });
  });

  test('brings nothing else into the command box', async () => {
    const { call } = await started();
    for (const show of ['1;/warden', '/warden help', '', '12345678901234567']) {
      expect((await page(call, `GET /c/general?${new URLSearchParams({ show })}`)).body).not.toContain('data-send>');
    }
  });

  test('is where one gets after signing in first; a crafted one leads to the start', async () => {
    const { call } = await started({ token: 'secret-token' });
    expect((await page(call, 'GET /audit/123')).status).toBe(200);
    const asked = await page(call, 'GET /c/general?show=123');
    expect(asked).toMatchObject({ status: 401, body: expect.stringContaining('name="next" value="general?show=123"') });
    const landing = async (next: string) =>
      (await call('POST /login', { form: { token: 'secret-token', next } })).headers?.location;
    expect(await landing('general?show=123')).toBe('/c/general?show=123');
    for (const next of ['general?show=/warden', '//evil.example', 'general?show=1&x=2', 'nowhere?show=1', '?show=1']) {
      expect(await landing(next), next).toBe('/');
    }
  });

  test('is where a sign-in by a link leads too; a crafted cookie leads to the start', async () => {
    const who = { account: 'slack:U1', name: 'Dana' };
    const logins = { look: async () => who, use: async () => ({ ...who, linked: false }) };
    const { call } = await started({ token: 'secret-token', logins });
    const asked = await call('GET /c/general?show=123');
    const kept = asked.headers?.['set-cookie'] ?? '';
    expect(kept).toMatch(/^pipewarden_wanted=[\w-]+; HttpOnly; SameSite=Strict; Path=\/login; Max-Age=600$/);
    const landing = async (cookie: string) => (await call('POST /login/link/x', { headers: { cookie } })).headers?.location;
    expect(await landing(kept.split(';')[0] as string)).toBe('/c/general?show=123');
    for (const next of ['//evil.example', 'https://evil.example', 'general?show=/warden', '../login', 'nowhere'])
      expect(await landing(`pipewarden_wanted=${Buffer.from(next).toString('base64url')}`), next).toBe('/');
    for (const cookie of ['', 'pipewarden_wanted=', 'pipewarden_wanted=%%%']) expect(await landing(cookie), cookie).toBe('/');
  });
});
