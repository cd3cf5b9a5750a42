import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../src/http/json-body.ts';
import { onPglite } from '../support/backends.ts';
import { apiServer, batchOf, expectError, headOf } from './server.ts';

const nested = (levels: number, inner = '1') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;
const text = (body: unknown) => JSON.stringify(body);
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

onPglite((backend) => {
  const api = apiServer(backend);
  let before: Record<string, number>;
  beforeAll(async () => {
    await api.post(batchOf());
    before = await api.rows();
  });
  const nothingStored = async () => expect(await api.rows()).toEqual(before);

  describe('a body', () => {
    test.each<[string, string | Buffer, string, string?]>([
      ['that is empty', '', 'bad_json'],
      ['of blanks', ' \n ', 'bad_json'],
      ['that is not JSON', 'batchId=1', 'bad_json'],
      ['cut off', text(batchOf()).slice(0, -2), 'bad_json'],
      ['with text after its end', `${text(batchOf())} {}`, 'bad_json'],
      ['with a comma too many', '{"batchId":"a",}', 'bad_json'],
      ['with NaN', '{"batchId":"a","counts":[{"count":NaN}]}', 'bad_json'],
      ['that is invalid UTF-8', bytes('{"batchId":"', [0xc3, 0x28], '"}'), 'bad_utf8'],
      ['in overlong UTF-8', bytes('{"batchId":"', [0xc0, 0xaf], '"}'), 'bad_utf8'],
      ['with half a surrogate pair in bytes', bytes('{"batchId":"', [0xed, 0xa0, 0x80], '"}'), 'bad_utf8'],
      ['in UTF-16', Buffer.from(text(batchOf()), 'utf16le'), 'bad_json'],
      ['with a byte order mark', `\ufeff${text(batchOf())}`, 'bad_json'],
      ['33 levels deep', `{"batchId":"a","counts":${nested(32)}}`, 'too_deep'],
      ['1,000,000 levels deep', nested(1_000_000), 'too_deep'],
      ['1,000,000 levels deep and never closed', '['.repeat(1_000_000), 'too_deep'],
      ['of 1,000,000 closing brackets', ']'.repeat(1_000_000), 'bad_json'],
      ['with __proto__', '{"batchId":"a","__proto__":{"counts":[]}}', 'forbidden_key'],
      ['with __proto__ in disguise', '{"batchId":"a","\\u005f_proto__":1}', 'forbidden_key'],
      ['with constructor.prototype', '{"batchId":"a","constructor":{"prototype":{}}}', 'forbidden_key'],
      ['with a constructor', '{"batchId":"a","constructor":1}', 'unknown_field', '/constructor'],
      ['that is null', 'null', 'invalid', ''],
      ['that is a list', '[]', 'invalid', ''],
      ['that is a number', '1e999', 'invalid', ''],
      ['without batchId', '{"counts":[]}', 'invalid', '/batchId'],
      ['with an unknown field', '{"batchId":"a","count":[]}', 'unknown_field', '/count'],
      ['with 10,001 counts', text(batchOf({}, ...Array.from({ length: 10_001 }, () => ({})))), 'too_many', '/counts'],
      ['with U+0000', '{"batchId":"a\\u0000b"}', 'bad_text', '/batchId'],
      ['with half a surrogate pair', '{"batchId":"\\ud800"}', 'bad_text', '/batchId'],
      ['with an empty batchId', '{"batchId":""}', 'bad_text', '/batchId'],
      ['with a batchId of 1,025 bytes', text({ batchId: 'x'.repeat(1_025) }), 'bad_text', '/batchId'],
    ])('%s: 400, nothing stored', async (_, body, code, path) => {
      const answer = await api.post(body);
      expectError(answer, 400, code);
      if (path !== undefined) expect(answer.json.error.path).toBe(path);
      await nothingStored();
    });

    test.each<[string, Record<string, unknown>, string]>([
      ['a negative count', { count: -1 }, 'bad_count'],
      ['half an event', { count: 0.5 }, 'bad_count'],
      ['a count as text', { count: '5' }, 'bad_count'],
      ['a count above the limit', { count: 1e13 }, 'bad_count'],
      ['more retried than counted', { count: 1, retried: 2 }, 'bad_count'],
      ['an unknown step', { step: 'lost' }, 'unknown_step'],
      ['the name of a method as step', { step: 'toString' }, 'unknown_step'],
      ['no zone', { time: '2026-11-25T10:25:00' }, 'bad_time'],
      ['30 February', { time: '2026-02-30T10:25:00Z' }, 'bad_time'],
      ['a time as number', { time: 1_764_000_000 }, 'bad_time'],
      ['six minutes ahead', { time: '2026-11-25T10:36:21Z' }, 'in_future'],
      ['sixteen days ago', { time: '2026-11-09T10:25:00Z' }, 'too_old'],
      ['a source step at a destination', { step: 'successfully_received' }, 'bad_series'],
      ['a destination step without destination', { destination: undefined }, 'bad_series'],
      ['an unknown field', { cuont: 1 }, 'unknown_field'],
    ])('whose last count has %s: 400 with its path, and none of it is stored', async (_, bad, code) => {
      const answer = await api.post(batchOf({}, { source: 'fresh' }, { source: 'fresh', eventName: 'New' }, bad));
      expectError(answer, 400, code);
      expect(answer.json.error.path).toMatch(/^\/counts\/2/);
      await nothingStored();
    });

    test('with levels that no number holds the sum of: 400, and what is stored can be read', async () => {
      const level = (mapping: string) => ({
        time: '2026-11-25T10:25:00Z',
        source: 'web',
        destination: 'amplitude',
        mapping,
        metric: 'pending_retry',
        value: 1.7e308,
      });
      expectError(await api.post(batchOf({ gauges: [level('a'), level('b')] })), 400, 'bad_count');
      await nothingStored();
      expect((await api.get('/v1/pipelines/web/amplitude')).status).toBe(200);
    });

    test('32 levels are read', async () => {
      expectError(await api.post(`{"batchId":"a","counts":${nested(31)}}`), 400, 'invalid');
    });

    test('brackets in texts are no levels', async () => {
      const before = await api.rows();
      expect((await api.post({ batchId: `${'['.repeat(500)}\\"${'{'.repeat(500)}` })).status).toBe(202);
      await api.database.kysely.deleteFrom('batch').where('id', 'like', '[%').execute();
      expect(await api.rows()).toEqual(before);
    });
  });

  describe('what comes around a body', () => {
    test.each<[Record<string, string>]>([
      [{ 'content-type': 'text/plain' }],
      [{ 'content-type': 'application/json; charset=latin1' }],
      [{ 'content-type': 'application/x-www-form-urlencoded' }],
      [{ 'content-type': 'multipart/form-data' }],
      [{ 'content-type': 'nonsense' }],
      [{ 'content-encoding': 'gzip' }],
      [{ 'content-encoding': 'br, gzip' }],
    ])('%j: 415', async (headers) => {
      const body = headers['content-encoding'] ? gzipSync(text(batchOf())) : text(batchOf());
      expectError(await api.post(body, headers), 415, 'unsupported_media_type');
      await nothingStored();
    });

    test('no content type: 415', async () => {
      const answer = await api.raw([headOf(['Content-Length: 2', 'Connection: close']).replace(/Content-Type.*\r\n/, ''), '{}']);
      expect(answer).toMatch(/^HTTP\/1.1 415 [\s\S]*"code":"unsupported_media_type"/);
    });

    test('more than 4 MiB: 413, whether it says so or not', async () => {
      const large = JSON.stringify({ batchId: 'x'.repeat(BODY_LIMIT) });
      expectError(await api.post(large), 413, 'too_large');
      const announced = await api.raw([headOf([`Content-Length: ${BODY_LIMIT + 1}`])], /too_large.*\}/);
      expect(announced).toMatch(/^HTTP\/1.1 413 /);
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      const streamed = await api.raw(
        [headOf(['Transfer-Encoding: chunked']), ...Array.from({ length: 66 }, () => chunk)],
        /too_large.*\}/,
      );
      expect(streamed).toMatch(/^HTTP\/1.1 413 /);
      await nothingStored();
    });

    test('exactly 4 MiB is read', async () => {
      const body = `${text({ batchId: 'a', oops: 1 })}`.padEnd(BODY_LIMIT, ' ');
      expectError(await api.post(body), 400, 'unknown_field');
    });
  });

  test('whatever is sent is answered with 202 or a 4xx in our shape', { timeout: 60_000 }, async () => {
    const valid = () => text(batchOf({ gauges: [{ time: '2026-11-25T10:25:00Z', source: 'web', metric: 'm', value: 1 }] }));
    const mutated = fc.record({
      at: fc.nat(400),
      cut: fc.nat(5),
      put: fc.oneof(fc.string(), fc.constantFrom('"', '{', '1e400', '-0', '\\u0000', '[]')),
    });
    const fields = fc.constantFrom(
      'batchId',
      'counts',
      'gauges',
      'time',
      'source',
      'step',
      'count',
      'value',
      'metric',
      'resources',
      'kind',
      'id',
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fields, tie('tree'), { maxKeys: 5 }),
      ),
    }));
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.json(),
      tree.map((value) => text(value)),
      fc.array(mutated, { minLength: 1, maxLength: 3 }).map((edits) =>
        edits.reduce((whole, { at, cut, put }) => {
          const place = at % whole.length;
          return whole.slice(0, place) + put + whole.slice(place + cut);
        }, valid()),
      ),
      fc.record({ value: fc.double(), count: fc.double() }).map(({ value, count }) =>
        text(
          batchOf(
            {
              gauges: [{ time: '2026-11-25T10:25:00Z', source: 'web', destination: 'amplitude', metric: 'pending_retry', value }],
            },
            { count },
          ),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const answer = await api.post(sent);
        if (answer.status === 202) expect(answer.json).toEqual({ accepted: expect.any(Number), duplicate: expect.any(Number) });
        else {
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expectError(answer, answer.status, answer.json.error.code);
        }
      }),
      { numRuns: 300 },
    );
    expect((await api.get('/v1/pipelines/web/amplitude?period=1h')).status).toBe(200);
  });
});
