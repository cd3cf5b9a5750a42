import { describe, expect, test } from 'vitest';
import { onPglite } from '../support/backends.ts';
import { apiServer, expectError, headOf } from './server.ts';

onPglite((backend) => {
  const api = apiServer(backend);

  describe('an address', () => {
    test.each([
      '/',
      '/v1',
      '/v1/delivery/',
      '/v1/pipelines/web',
      '/v1/pipelines/web/amplitude/more',
      '/../etc/passwd',
      '/V1/pipelines',
    ])('%s: 404', async (path) => expectError(await api.get(path), 404, 'not_found'));

    test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'GET'])('%s /v1/delivery: 404', async (method) => {
      expectError(
        await api.request('/v1/delivery', { method, headers: { authorization: 'Bearer token-all' } }),
        404,
        'not_found',
      );
    });

    test('HEAD: 404 without a body', async () => {
      expect(await api.request('/v1/pipelines', { method: 'HEAD' })).toMatchObject({ status: 404, text: '' });
    });

    test.each(['/v1/pipelines/%/a', '/v1/pipelines/%zz/a', '/v1/pipelines/%c3%28/a', '/%ff'])('%s: 400', async (path) => {
      expectError(await api.get(path), 400, 'invalid');
    });

    test('with odd but possible names: 404', async () => {
      for (const name of [
        '__proto__',
        'constructor',
        '%00',
        "'; drop table series; --",
        '..%2f..',
        '%F0%9F%92%A5',
        'x'.repeat(5_000),
      ]) {
        expectError(await api.get(`/v1/pipelines/${name}/${name}`), 404, 'unknown_pipeline');
      }
    });

    test.each([
      ['?period=2h', 'bad_period'],
      ['?period=', 'bad_period'],
      ['?period=toString', 'bad_period'],
      ['?from=2026-11-25', 'bad_period'],
      ['?form=2026-11-25', 'bad_argument'],
      ['?__proto__=1', 'bad_argument'],
      ['?%ff=%', 'bad_argument'],
      [`?${'x'.repeat(8_000)}=1`, 'bad_argument'],
      [`?${Array.from({ length: 1_000 }, (_, i) => `k${i}=1`).join('&')}`, 'bad_argument'],
    ])('with the query %.40s: 400', async (query, code) => {
      expectError(await api.get(`/v1/pipelines${query}`), 400, code);
      expectError(await api.get(`/v1/pipelines/web/amplitude${query}`), 400, code);
    });

    test('and headers of more than 16 KiB: 431', async () => {
      expectError(await api.get(`/v1/pipelines?period=${'x'.repeat(20_000)}`), 431, 'invalid');
    });

    test('the last of a repeated key counts', async () => {
      expect((await api.get('/v1/pipelines?period=nonsense&period=1h')).status).toBe(200);
    });
  });

  test.each([
    ['not HTTP', ['\u0016\u0003\u0001 hello\r\n\r\n']],
    ['two lengths', [headOf(['Content-Length: 2', 'Content-Length: 3']), '{}']],
    ['a length and chunks', [headOf(['Content-Length: 2', 'Transfer-Encoding: chunked']), '2\r\n{}\r\n0\r\n\r\n']],
    ['a length that is none', [headOf(['Content-Length: -1']), '{}']],
    ['chunks without size', [headOf(['Transfer-Encoding: chunked']), 'zz\r\n{}\r\n']],
    ['a NUL in a header', [headOf(['X-A: a\u0000b', 'Content-Length: 2']), '{}']],
    ['no Host', [headOf(['Content-Length: 2']).replace(/Host.*\r\n/, ''), '{}']],
  ])('a connection that sends %s: 400, in our words where we are asked', async (what, parts) => {
    const before = await api.rows();
    const answer = await api.raw(parts);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    if (what !== 'no Host') expect(answer).toContain('"error":{"code":');
    expect(await api.rows()).toEqual(before);
  });
});
