import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sent } from '../audit/server.ts';
import { expectError } from '../http/server.ts';
import { onEachBackend, onPglite } from '../support/backends.ts';
import { auditCall } from './calls.ts';
import { OLD_SECRET, SECRET, segmentServer, signed } from './server.ts';

await onEachBackend((backend) => {
  describe('what Segment’s Webhooks destination sends', () => {
    const api = segmentServer(backend);
    beforeEach(async () => {
      api.database = await backend.open(api.clock);
      api.policy.batches = false;
    });

    test('is found at once, in its own words and in ours', async () => {
      const call = auditCall({ messageId: 'api-found', details: { apiKey: 'very-secret' } });
      const answer = await api.hook(call);
      expect({ status: answer.status, body: answer.json }).toEqual({
        status: 200,
        body: { accepted: 1, duplicate: 0, ignored: 0 },
      });
      const { events } = (await api.search('action:destination.* via:webhook actor:usr1234567')).json;
      expect(events).toMatchObject([
        {
          id: 'api-found',
          at: '2026-11-25T10:25:00.123Z',
          type: 'Integration Disabled',
          workspace: 'main',
          provider: 'segment',
          resource: { kind: 'destination', name: 'Amplitude' },
          before: null,
          context: { apiKey: expect.stringMatching(/^\[masked:/) },
        },
      ]);
    });

    test('is kept once, however often it is sent again', async () => {
      const call = auditCall();
      await api.hook(call);
      for (let i = 0; i < 3; i++) {
        const answer = await api.hook(call);
        expect({ status: answer.status, body: answer.json }).toEqual({
          status: 200,
          body: { accepted: 0, duplicate: 1, ignored: 0 },
        });
      }
      expect(await api.count()).toBe(1);
      const other = await api.hook({ ...call, properties: auditCall({ properties: { type: 'Source Deleted' } }).properties });
      expectError(other, 409, 'audit_conflict');
      expect(other.json.error.path).toBe('/messageId');
      expect(await api.ids('')).toEqual([call.messageId]);
    });

    test('sent many times at once it is kept once', async () => {
      const call = auditCall();
      const answers = await Promise.all(Array.from({ length: 10 }, () => api.hook(call)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
      expect(answers.reduce((total, { json }) => total + json.accepted, 0)).toBe(1);
      expect(await api.count()).toBe(1);
    });

    test('and comes by /v1/audit too is one change', async () => {
      await api.hook(auditCall({ messageId: 'forwarded', timestamp: '2026-11-25T10:25:00.123Z' }));
      const change = (id: string, time: string) =>
        sent({
          id,
          time,
          action: 'destination.disabled',
          actor: { id: 'usr1234567' },
          resource: { kind: 'destination', id: '5c9ce7e4a3a0b4000154ccbb', name: 'Amplitude' },
        });
      await api.send({ events: [change('pushed', '2026-11-25T10:25:03Z'), change('another', '2026-11-25T10:26:00Z')] });
      await api.track('/v1/track', auditCall({ messageId: 'tracked', timestamp: '2026-11-25T10:25:01Z' }));
      expect(await api.count()).toBe(4);
      expect(await api.ids('')).toEqual(['another', 'forwarded']);
    });

    test('with the secret before the last is good while it is rotated', async () => {
      const body = JSON.stringify(auditCall());
      expect((await api.hook(body, { 'x-signature': signed(body, OLD_SECRET) })).status).toBe(200);
      expectError(await api.hook(body, { 'x-signature': signed(body, 'a third one') }), 401, 'unauthorized');
    });

    test('about anything else is ignored, and not sent again', async () => {
      const others = [{ type: 'page' }, { type: 'track', event: 'Order Completed' }, { type: 'identify', traits: { a: '\0' } }];
      for (const call of others) {
        const answer = await api.hook(call);
        expect({ status: answer.status, body: answer.json }).toEqual({
          status: 200,
          body: { accepted: 0, duplicate: 0, ignored: 1 },
        });
      }
      expect(await api.count()).toBe(0);
    });

    test('as a list is refused, and taken whole or not at all where the policy allows it', async () => {
      const list = [auditCall(), auditCall(), { type: 'page' }];
      const first = { 'x-signature': signed(JSON.stringify(list[0])) };
      const refused = await api.hook(list);
      expectError(refused, 400, 'invalid');
      expect(refused.json.error.message).toContain('allow_batches: true');
      const unread = await api.hook(list, first);
      expectError(unread, 401, 'unauthorized');
      expect(unread.json.error.message).toContain('allow_batches: true');

      api.policy.batches = true;
      expect((await api.hook(list, first)).json).toEqual({ accepted: 2, duplicate: 0, ignored: 1 });
      expect((await api.hook(list)).json).toEqual({ accepted: 0, duplicate: 2, ignored: 1 });
      const wrong = await api.hook([auditCall(), auditCall({ properties: { type: 1 } })]);
      expectError(wrong, 400, 'invalid');
      expect(wrong.json.error.path).toBe('/1/properties/type');
      for (const body of [[auditCall({ messageId: 'forged' }), list[0]], []]) {
        expectError(await api.hook(body, first), 401, 'unauthorized');
      }
      expectError(await api.hook('[[[', first), 401, 'unauthorized');
      expectError(await api.hook([]), 400, 'invalid');
      expectError(await api.hook(Array.from({ length: 1_001 }, () => auditCall())), 400, 'too_many');
      expect(await api.count()).toBe(2);
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
    const good = JSON.stringify(auditCall());
    const within = (json: string) => JSON.stringify(auditCall({ details: { more: '?' } })).replace('"?"', json);
    const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

    test.each<[string, Record<string, string>]>([
      ['no signature', { 'x-signature': '' }],
      ['another’s signature', { 'x-signature': signed(good, 'another secret') }],
      ['the signature of another body', { 'x-signature': signed(`${good} `) }],
      ['half a signature', { 'x-signature': signed(good).slice(0, 20) }],
      ['more than a signature', { 'x-signature': `${signed(good)}00` }],
      ['two signatures', { 'x-signature': `${signed(good)}, ${signed(good)}` }],
      ['a signature that is no hexadecimal', { 'x-signature': 'g'.repeat(40) }],
      ['a signature in capitals', { 'x-signature': signed(good).toUpperCase() }],
      ['a named signature', { 'x-signature': `sha1=${signed(good)}` }],
    ])('%s: 401', async (_, headers) => {
      const answer = await api.hook(good, headers);
      expectError(answer, 401, 'unauthorized');
      expect(answer.json.error.message).toContain('SEGMENT_WEBHOOK_SECRET');
      await nothingStored();
    });

    test('what is not signed is not even parsed', async () => {
      for (const body of ['{', '', `${'['.repeat(100_000)}`, '{"__proto__":1}']) {
        expectError(await api.hook(body, { 'x-signature': signed('x') }), 401, 'unauthorized');
      }
      await nothingStored();
    });

    test.each<[string, string | Uint8Array, string, string?]>([
      ['nothing', '', 'bad_json'],
      ['no JSON', 'Audit', 'bad_json'],
      ['text after it', `${good}x`, 'bad_json'],
      ['a byte order mark', `\ufeff${good}`, 'bad_json'],
      ['bytes that are no UTF-8', Buffer.concat([Buffer.from(good.slice(0, -1)), Buffer.from([0xff, 0x7d])]), 'bad_utf8'],
      ['34 levels', within(nested(31)), 'too_deep'],
      ['100,000 levels', nested(100_000), 'too_deep'],
      ['__proto__', within('{"__proto__":1}'), 'forbidden_key'],
      ['U+0000', within('"\\u0000"'), 'bad_text', '/properties/details/more'],
      ['half a pair', within('"\\ud800"'), 'bad_text', '/properties/details/more'],
      ['1e999', within('1e999'), 'invalid', '/properties/details/more'],
      ['a number', '1', 'invalid'],
      ['null', 'null', 'invalid'],
      ['an empty list', '[]', 'invalid'],
      ['an empty object', '{}', 'invalid', '/type'],
      ['no id', JSON.stringify(auditCall({ messageId: undefined })), 'invalid', '/messageId'],
      ['no audit type', JSON.stringify(auditCall({ properties: { type: null } })), 'invalid', '/properties/type'],
      ['a time of years ago', JSON.stringify(auditCall({ timestamp: '2019-10-01T00:00:00Z' })), 'too_old', '/timestamp'],
      ['a time ahead', JSON.stringify(auditCall({ timestamp: '2026-11-25T10:36:00Z' })), 'in_future', '/timestamp'],
    ])('signed, with %s: 400 with a sentence', async (_, body, code, path) => {
      const answer = await api.hook(body);
      expectError(answer, 400, code);
      if (path !== undefined) expect(answer.json.error.path).toBe(path);
      await nothingStored();
    });

    test('other media types and encodings, and 5 MiB: 415 and 413', async () => {
      expectError(await api.hook(good, { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
      expectError(await api.hook(good, { 'content-encoding': 'gzip' }), 415, 'unsupported_media_type');
      expectError(await api.hook('x'.repeat(5 * 1024 * 1024)), 413, 'too_large');
      await nothingStored();
    });
  });

  describe('without a secret', () => {
    const api = segmentServer(backend, []);
    test('the address is not there, and says what to do', async () => {
      const answer = await api.hook(auditCall(), { 'x-signature': signed('x', SECRET) });
      expectError(answer, 404, 'not_found');
      expect(answer.json.error.message).toContain('SEGMENT_WEBHOOK_SECRET');
    });
  });
});
