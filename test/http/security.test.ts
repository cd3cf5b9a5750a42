import { describe, expect, test } from 'vitest';
import type { HttpRoute } from '../../src/core/ports/http.ts';
import { BODY_LIMIT } from '../../src/http/json-body.ts';
import { onPglite } from '../support/backends.ts';
import { apiServer, batchOf, expectError } from './server.ts';

const handled: string[] = [];
const page = (method: HttpRoute['method'], audience: HttpRoute['audience'], path: string): HttpRoute => ({
  method,
  path,
  audience,
  async handle({ body }) {
    handled.push(`${method} ${path} ${body.length}`);
    return { status: 200, body: 'ok' };
  },
});
const pages = [page('GET', 'browser', '/page'), page('POST', 'browser', '/page'), page('POST', 'machine', '/hook')];
const failing: HttpRoute = {
  method: 'GET',
  path: '/fails',
  audience: 'machine',
  handle: async () => {
    throw new Error('secret detail');
  },
};

onPglite((backend) => {
  const api = apiServer(backend, [...pages, failing], 'https://pipewarden.example:8443');

  describe('a token', () => {
    test.each([
      ['none', {}],
      ['a wrong one', { authorization: 'Bearer wrong' }],
      ['an empty one', { authorization: 'Bearer ' }],
      ['a prefix of a right one', { authorization: 'Bearer token-al' }],
      ['a right one and more', { authorization: 'Bearer token-all token-all' }],
      ['Basic instead', { authorization: `Basic ${Buffer.from('token-all:').toString('base64')}` }],
      ['in another place', { 'x-api-key': 'token-all' }],
    ])('%s: 401, on every route', async (_, headers) => {
      const before = await api.rows();
      const init = { headers: headers as Record<string, string> };
      for (const path of ['/v1/pipelines', '/v1/pipelines/web/amplitude', '/v1/pipelines?period=nonsense']) {
        const answer = await api.request(path, init);
        expectError(answer, 401, 'unauthorized');
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
      const post = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } as Record<string, string> };
      expectError(await api.request('/v1/delivery', { ...post, body: JSON.stringify(batchOf()) }), 401, 'unauthorized');
      expect(await api.rows()).toEqual(before);
    });

    test('that lacks the scope: 403', async () => {
      expectError(await api.post(batchOf(), { authorization: 'Bearer token-reader' }), 403, 'forbidden');
      expectError(await api.get('/v1/pipelines', 'token-sender'), 403, 'forbidden');
      expectError(await api.get('/v1/pipelines/web/amplitude', 'token-sender'), 403, 'forbidden');
    });

    test('is never repeated in an answer', async () => {
      const answer = await api.get('/v1/pipelines', 'token-secret-guess');
      expect(answer.text).not.toContain('guess');
    });

    test('the word Bearer is read in any case', async () => {
      expect((await api.request('/v1/pipelines', { headers: { authorization: 'bearer token-all' } })).status).toBe(200);
    });

    test.each([
      ['Bearer wrong', 401],
      ['Bearer token-reader', 403],
    ])('%s: %d before any of the body is read', async (authorization, status) => {
      const head = [
        'POST /v1/delivery HTTP/1.1',
        'Host: 127.0.0.1',
        `Authorization: ${authorization}`,
        'Content-Type: application/json',
      ];
      // The body is announced and never sent: an answer that waited for it would not come.
      const answer = await api.raw([[...head, `Content-Length: ${BODY_LIMIT}`, '', ''].join('\r\n')], /"error":.*\}\}/);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    });
  });

  describe('a browser route', () => {
    const browser = async (method: string, headers: Record<string, string>) => {
      const own = {
        Host: new URL(api.url).host,
        Connection: 'close',
        ...(method === 'POST' ? { 'Content-Length': '0' } : {}),
        ...headers,
      };
      const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}`);
      const answer = await api.raw([[`${method} /page HTTP/1.1`, ...lines, '', ''].join('\r\n')]);
      return Number(answer.split(' ')[1]);
    };
    const origin = (host: string) => ({ Origin: `http://${host}` });

    test('answers under loopback names and the public address', async () => {
      const { port } = new URL(api.url);
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost', 'pipewarden.example:8443']) {
        expect(await browser('GET', { Host: host }), host).toBe(200);
        expect(await browser('POST', { Host: host, ...origin(host) }), host).toBe(200);
      }
    });

    test.each([
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example:80',
      'evil.example:127.0.0.1',
      'pipewarden.example',
      '127.0.0.2',
      '0x7f.1',
      ' ',
    ])('refuses the Host %j', async (host) => {
      handled.length = 0;
      expect(await browser('GET', { Host: host })).toBe(403);
      expect(await browser('POST', { Host: host, ...origin(host) })).toBe(403);
      expect(handled).toEqual([]);
    });

    test.each(['http://evil.example', 'https://127.0.0.1.evil.example', 'null', '', 'file://', 'http://127.0.0.1:1'])(
      'refuses a POST from the Origin %j',
      async (from) => {
        handled.length = 0;
        expect(await browser('POST', { Origin: from })).toBe(403);
        expect(handled).toEqual([]);
      },
    );

    test('lets a link from elsewhere in, and a client that is no browser', async () => {
      expect(await browser('GET', { Origin: 'http://evil.example' })).toBe(200);
      expect(await browser('POST', {})).toBe(200);
    });

    test('a machine route does not ask where the request comes from', async () => {
      const answer = await api.request('/hook', {
        method: 'POST',
        headers: { origin: 'http://evil.example' },
        body: 'raw bytes',
      });
      expect(answer).toMatchObject({ status: 200, text: 'ok' });
      expect(handled).toContain('POST /hook 9');
    });
  });

  test('our own failure is a 500 that tells the log everything and the client nothing', async () => {
    const answer = await api.get('/fails');
    expectError(answer, 500, 'internal');
    expect(answer.text).not.toContain('secret');
    expect(api.log.lines.splice(0)).toMatchObject([{ level: 'error', message: 'request failed', fields: { route: '/fails' } }]);
  });

  test('JSON is never kept by caches on the way', async () => {
    expect((await api.get('/v1/pipelines')).headers.get('cache-control')).toBe('no-store');
  });
});
