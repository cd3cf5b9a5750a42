import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectError } from '../http/server.ts';
import { onEachBackend, onPglite } from '../support/backends.ts';
import { auditCall } from './calls.ts';
import { segmentServer } from './server.ts';

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

await onEachBackend((backend) => {
  describe('the tracking API', () => {
    const api = segmentServer(backend);
    beforeEach(async () => {
      api.database = await backend.open(api.clock);
    });

    test('takes a batch as a library sends it, byte for byte over a socket', async () => {
      const call = {
        ...auditCall({ messageId: 'node-next-1764066300123-5c2f' }),
        anonymousId: undefined,
        context: { library: { name: '@segment/analytics-node', version: '2.3.0' } },
        _metadata: { nodeVersion: '22.11.0', jsRuntime: 'node' },
      };
      const identify = { type: 'identify', userId: 'u-1', traits: { plan: 'pro' }, messageId: 'node-next-2' };
      const body = JSON.stringify({ batch: [identify, call], sentAt: '2026-11-25T10:25:02.000Z' });
      const answer = await api.raw(
        [
          'POST /v1/batch HTTP/1.1\r\n',
          'Content-Type: application/json\r\n',
          `Authorization: Basic ${Buffer.from('token-all:').toString('base64')}\r\n`,
          'User-Agent: analytics-node-next/latest\r\n',
          `Host: ${new URL(api.url).host}\r\n`,
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
          body,
        ],
        /success/,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer.split('\r\n\r\n')[1]).toBe('{"success":true}');
      expect((await api.search('')).json.events).toMatchObject([
        {
          id: 'node-next-1764066300123-5c2f',
          action: 'destination.disabled',
          provider: 'segment',
          via: 'tracking',
          workspace: 'main',
          actor: { id: 'usr1234567', type: 'user' },
        },
      ]);
    });

    test('without a write key says how one is shown', async () => {
      for (const path of ['/v1/track', '/v1/batch']) {
        const answer = await api.track(path, auditCall(), 'token-wrong');
        expectError(answer, 401, 'unauthorized');
        expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Pipewarden", charset="UTF-8"');
      }
    });

    test('takes single calls, by their address, once each', async () => {
      const call = { ...auditCall(), type: undefined };
      for (let i = 0; i < 2; i++) {
        const answer = await api.track('/v1/track', call);
        expect({ status: answer.status, body: answer.json }).toEqual({ status: 200, body: { success: true } });
      }
      for (const path of ['identify', 'page', 'screen', 'group', 'alias']) {
        const answer = await api.track(`/v1/${path}`, auditCall());
        expect({ status: answer.status, body: answer.json }).toEqual({ status: 200, body: { success: true } });
      }
      expect((await api.track('/v1/track', { event: 'Order Completed', userId: 'u' })).status).toBe(200);
      expect((await api.track('/v1/batch', { batch: [] })).json).toEqual({ success: true });
      expect(await api.ids('')).toEqual([call.messageId]);
      const ruby = auditCall({ timestamp: '2026-11-25T10:20:00.000+00:00' });
      expect((await api.track('/v1/import', { batch: [ruby] })).json).toEqual({ success: true });
      expect(await api.ids('')).toEqual([call.messageId, ruby.messageId]);
      expectError(await api.track('/v1/track', { ...call, userId: 'x', properties: {} }), 400, 'invalid');
    });

    test('takes the write key from the body where no header has it', async () => {
      const send = (body: unknown, path = '/v1/batch') =>
        api.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      expect((await send({ batch: [auditCall()], writeKey: 'token-sender' })).json).toEqual({ success: true });
      expect((await send({ ...auditCall(), writeKey: 'token-shop' }, '/v1/track')).json).toEqual({ success: true });
      for (const writeKey of [undefined, null, 1, '', 'wrong', ['token-sender']]) {
        expectError(await send({ batch: [auditCall()], writeKey }), 401, 'unauthorized');
      }
      for (const body of [null, 'x', 1, []]) expectError(await send(body), 401, 'unauthorized');
      expectError(await send({ batch: [auditCall()], writeKey: 'token-reader' }), 403, 'forbidden');
      expect((await api.search('')).json.events.map((event: { workspace: string }) => event.workspace).sort()).toEqual([
        'main',
        'shop',
      ]);
    });

    test('a bad call in a batch is named by its place, and nothing of the batch is kept', async () => {
      const batch = [auditCall(), { type: 'page' }, auditCall({ timestamp: '2026-02-30T00:00:00Z' })];
      const answer = await api.track('/v1/batch', { batch });
      expectError(answer, 400, 'bad_time');
      expect(answer.json.error.path).toBe('/batch/2/timestamp');
      const first = auditCall();
      await api.track('/v1/track', first);
      const taken = { ...auditCall(), messageId: first.messageId, userId: 'other', timestamp: '2026-11-25T10:20:00Z' };
      const conflict = await api.track('/v1/batch', { batch: [{ type: 'page' }, auditCall(), taken] });
      expectError(conflict, 409, 'audit_conflict');
      expect(conflict.json.error.path).toBe('/batch/2/messageId');
      expect(await api.ids('')).toEqual([first.messageId]);
    });
  });
});

onPglite((backend) => {
  describe('bad input', () => {
    const api = segmentServer(backend);
    let before: Record<string, number>;
    beforeAll(async () => {
      before = await api.rows();
    });
    const nothingStored = async () => expect(await api.rows()).toEqual(before);
    /** A call of that many bytes as JSON. */
    const ofSize = (bytes: number) => {
      const bare = JSON.stringify(auditCall({ messageId: 'sized', details: { more: '' } }));
      return JSON.stringify(auditCall({ messageId: 'sized', details: { more: 'x'.repeat(bytes - bare.length) } }));
    };

    test.each<[string, string | Uint8Array, string, string?]>([
      ['nothing', '', 'bad_json'],
      ['no JSON', 'batch', 'bad_json'],
      ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'bad_utf8'],
      ['100,000 levels', `${'['.repeat(100_000)}`, 'too_deep'],
      ['__proto__', '{"batch":[{"__proto__":1}]}', 'forbidden_key'],
      ['null', 'null', 'invalid'],
      ['a list', '[]', 'invalid'],
      ['no batch', '{}', 'invalid', '/batch'],
      ['a batch that is none', '{"batch":{}}', 'invalid', '/batch'],
      ['a call that is none', '{"batch":[{"type":"page"},1]}', 'invalid', '/batch/1'],
      ['a call without a type', '{"batch":[{}]}', 'invalid', '/batch/0/type'],
      ['1,001 calls', JSON.stringify({ batch: Array.from({ length: 1_001 }, () => ({ type: 'page' })) }), 'too_many', '/batch'],
      ['a call of more than 32 KiB', `{"batch":[${ofSize(32 * 1024 + 1)}]}`, 'call_too_large', '/batch/0'],
      ['more than 500 KiB', `{"batch":[${Array.from({ length: 17 }, () => ofSize(31_000)).join()}]}`, 'call_too_large'],
    ])('a batch with %s: 400 with a sentence', async (_, body, code, path) => {
      const answer = await api.track('/v1/batch', body);
      expectError(answer, 400, code);
      if (path !== undefined) expect(answer.json.error.path).toBe(path);
      await nothingStored();
    });

    test('a single call has its limit, to the byte', async () => {
      expectError(await api.track('/v1/track', ofSize(32 * 1024 + 1)), 400, 'call_too_large');
      await nothingStored();
      expect((await api.track('/v1/track', ofSize(32 * 1024))).status).toBe(200);
      before = await api.rows();
    });

    test.each<[string, Record<string, string>, number]>([
      ['a wrong key', basic('wrong:'), 401],
      ['a password', basic('token-all:secret'), 401],
      ['no colon', basic('token-all'), 401],
      ['nothing', { authorization: 'Basic ' }, 401],
      ['no base64', { authorization: 'Basic §§' }, 401],
      ['a bearer', { authorization: 'Bearer token-all' }, 401],
      ['a token that may only read', basic('token-reader:'), 403],
    ])('with %s as write key', async (_, headers, status) => {
      for (const path of ['/v1/batch', '/v1/track', '/v1/identify']) {
        const answer = await api.track(path, { batch: [auditCall()], writeKey: 'token-all' }, 'token-all', headers);
        expectError(answer, status, status === 401 ? 'unauthorized' : 'forbidden');
      }
      await nothingStored();
    });

    test('other media types and encodings: 415', async () => {
      const more = { 'content-type': 'text/plain' };
      expectError(await api.track('/v1/batch', { batch: [] }, 'token-all', more), 415, 'unsupported_media_type');
      const zipped = { 'content-encoding': 'gzip' };
      expectError(await api.track('/v1/batch', { batch: [] }, 'token-all', zipped), 415, 'unsupported_media_type');
    });
  });
});
