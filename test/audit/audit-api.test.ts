import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromCsvCell } from '../../src/core/audit/csv.ts';
import { expectError } from '../http/server.ts';
import { onEachBackend, onPglite } from '../support/backends.ts';
import { readCsv } from './read-csv.ts';
import { auditServer, sent } from './server.ts';

await onEachBackend((backend) => {
  describe('the audit API', () => {
    const api = auditServer(backend);
    beforeEach(async () => {
      api.database = await backend.open(api.clock);
    });

    test('takes events, once, and shows them newest first', async () => {
      const secret = { apiKey: 'very-secret' };
      const first = sent({ before: secret, after: { apiKey: 'new-secret' }, context: { reason: 'noise' } });
      const second = sent({ time: '2026-11-25T10:26:00.123Z', action: 'Source.Enabled' });
      const answer = await api.send({ events: [first, second] });
      expect({ status: answer.status, body: answer.json }).toEqual({ status: 202, body: { accepted: 2, duplicate: 0 } });
      expect((await api.send({ events: [second, first, sent()] })).json).toEqual({ accepted: 1, duplicate: 2 });
      const found = await api.search('noise -action:source.enabled');
      expect(found.json).toEqual({
        events: [
          {
            id: first.id,
            at: '2026-11-25T10:25:00.000Z',
            actor: { id: 'u-1', type: '', name: 'Dana', email: 'dana@acme.example' },
            action: 'destination.disabled',
            type: 'destination.disabled',
            resource: { kind: 'destination', id: 'dst-1', name: 'Amplitude' },
            before: { apiKey: expect.stringMatching(/^\[masked:[0-9a-f]{8}\]$/) },
            after: { apiKey: expect.stringMatching(/^\[masked:[0-9a-f]{8}\]$/) },
            context: { reason: 'noise' },
            workspace: 'main',
            provider: 'push',
            via: 'push',
            seq: expect.any(Number),
          },
        ],
        next: null,
      });
      expect(found.json.events[0].before).not.toEqual(found.json.events[0].after);
      expect(found.text).not.toContain('secret');
      expect((await api.ids(''))[0]).toBe(second.id);
      expect((await api.search('action:SOURCE.*')).json.events[0]).toMatchObject({
        type: 'Source.Enabled',
        action: 'source.enabled',
        before: null,
      });
    });

    test('the same id with another event is refused whole, by its place', async () => {
      const first = sent();
      await api.send({ events: [first] });
      const answer = await api.send({ events: [sent({ id: 'fresh' }), { ...first, action: 'x' }] });
      expectError(answer, 409, 'audit_conflict');
      expect(answer.json.error.path).toBe('/events/1/id');
      expect(await api.ids('')).toEqual([first.id]);
      const twice = sent();
      expectError(await api.send({ events: [twice, { ...twice, after: 1 }] }), 409, 'audit_conflict');
    });

    test('pages end, and none is shown twice', async () => {
      await api.send({ events: Array.from({ length: 250 }, (_, i) => sent({ id: `p-${i}` })) });
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const { json } = await api.search('kind:destination', 'token-all', cursor);
        ids.push(...json.events.map((event: { id: string }) => event.id));
        cursor = json.next ?? undefined;
      } while (cursor);
      expect(new Set(ids).size).toBe(250);
      expect(ids).toHaveLength(250);
    });

    test('rights and workspaces are kept', async () => {
      await api.send({ events: [sent({ id: 'main' })] });
      await api.send({ events: [sent({ id: 'shop' })] }, 'token-shop');
      expect(await api.ids('')).toEqual(['shop', 'main']);
      expect(await api.ids('', 'token-shop')).toEqual(['shop']);
      expect(await api.ids('workspace:main', 'token-shop')).toEqual([]);
      for (const path of ['/v1/audit', '/v1/audit.csv', '/v1/audit.jsonl']) {
        expectError(await api.get(path, 'token-reader'), 403, 'forbidden');
        expectError(await api.get(path, 'token-sender'), 403, 'forbidden');
        expectError(await api.get(path, 'wrong'), 401, 'unauthorized');
      }
      expectError(await api.send({ events: [] }, 'token-auditor'), 403, 'forbidden');
    });

    test('exports say all of it, inert, and are in the trail', async () => {
      const names = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', '＝1', "'=1", "''", 'a "b", c\r\nd', '🙂'];
      await api.send({ events: names.map((name) => sent({ id: `n ${name}`, resource: { kind: 'k', id: 'r', name } })) });
      const csv = await api.get(`/v1/audit.csv?${new URLSearchParams({ q: 'kind:k' })}`, 'token-auditor');
      expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit-2026-11-25.csv"');
      expect(csv.headers.get('content-type')).toContain('text/csv');
      const [head = [], ...rows] = readCsv(csv.text);
      expect(rows.map((row) => fromCsvCell(row[head.indexOf('resource_name')] ?? ''))).toEqual([...names].reverse());
      for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      const lines = await api.get('/v1/audit.jsonl?q=kind:k', 'token-auditor');
      const parsed = lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(parsed.map((event) => event.resource.name)).toEqual([...names].reverse());
      const { events } = (await api.search('action:audit.exported')).json;
      expect(events).toMatchObject([
        { provider: 'pipewarden', actor: { id: 'api:auditor', name: 'auditor' }, context: { more: { format: 'jsonl' } } },
        { via: 'pipewarden', context: { outcome: 'done', more: { query: 'kind:k', format: 'csv' } } },
      ]);
    });

    test('an export of many pages has each event once, and not itself', async () => {
      for (let i = 0; i < 3; i++) await api.send({ events: Array.from({ length: 700 }, () => sent()) });
      const { text } = await api.get('/v1/audit.jsonl');
      const ids = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id);
      expect(new Set(ids).size).toBe(2_100);
      expect(ids).toHaveLength(2_100);
    });
  });
});

onPglite((backend) => {
  describe('bad input', () => {
    const api = auditServer(backend);
    let before: Record<string, number>;
    let cursor: string;
    beforeAll(async () => {
      await api.send({ events: Array.from({ length: 101 }, () => sent()) });
      cursor = (await api.search('')).json.next;
      before = await api.rows();
    });
    const nothingStored = async () => expect(await api.rows()).toEqual(before);
    const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    const withBefore = (json: string) => JSON.stringify({ events: [sent({ before: '?' })] }).replace('"?"', json);

    test.each<[string, unknown, string, string?]>([
      ['no events', {}, 'invalid', '/events'],
      ['events that are none', { events: [1] }, 'invalid', '/events/0'],
      ['no id', { events: [sent(), sent({ id: undefined })] }, 'invalid', '/events/1/id'],
      ['an id of 10 kB', { events: [sent({ id: 'x'.repeat(10_240) })] }, 'bad_text', '/events/0/id'],
      ['an action of blanks', { events: [sent({ action: ' \t\u00a0' })] }, 'bad_text', '/events/0/action'],
      ['a blank actor', { events: [sent({ actor: { id: '  ' } })] }, 'bad_text', '/events/0/actor/id'],
      ['a name of 1,025 bytes', { events: [sent({ resource: { kind: 'k', id: 'r', name: 'é'.repeat(513) } })] }, 'bad_text'],
      ['1,001 events', { events: Array.from({ length: 1_001 }, () => sent()) }, 'too_many', '/events'],
      ['33 levels', withBefore(nested(30)), 'too_deep'],
      ['U+0000', withBefore('{"a":["\\u0000"]}'), 'bad_text', '/events/0/before/a/0'],
      ['half a pair', withBefore('"\\ud800"'), 'bad_text', '/events/0/before'],
      ['1e999', withBefore('1e999'), 'invalid', '/events/0/before'],
      ['__proto__', withBefore('{"__proto__":1}'), 'forbidden_key'],
      ['30 February', { events: [sent({ time: '2026-02-30T00:00:00Z' })] }, 'bad_time', '/events/0/time'],
      ['a time ahead', { events: [sent({ time: '2026-11-25T10:36:00Z' })] }, 'in_future', '/events/0/time'],
      ['a time before all', { events: [sent({ time: '0001-01-01T00:00:00Z' })] }, 'too_old', '/events/0/time'],
      ['a misspelt field', { events: [sent({ aciton: 1 })] }, 'unknown_field', '/events/0/aciton'],
      ['no JSON', 'events', 'bad_json'],
    ])('sent with %s: 400, nothing stored', async (_, body, code, path) => {
      const answer = await api.send(body);
      expectError(answer, 400, code);
      if (path !== undefined) expect(answer.json.error.path).toBe(path);
      await nothingStored();
    });

    test('32 levels are taken', async () => {
      expect((await api.send(withBefore(nested(29)))).status).toBe(202);
      before = await api.rows();
    });

    test.each([
      ['a quote that does not end', '"order'],
      ['an unknown qualifier', 'actr:dana'],
      ['a range that ends before it begins', 'since:2026-11-20 until:2026-11-10'],
      ['a day that does not exist', 'since:2026-02-30'],
      ['a flood of stars', `resource:${'*a'.repeat(50)}`],
      ['many terms', 'a '.repeat(50)],
      ['10 kB', 'x'.repeat(10_240)],
      ['U+0000', 'a\0b'],
      ['nothing after a colon', 'actor:'],
      ['no letter', '%%% ___'],
    ])('asked with %s: 400 with a sentence, also as an export', async (_, q) => {
      for (const path of ['/v1/audit', '/v1/audit.csv', '/v1/audit.jsonl']) {
        expectError(await api.get(`${path}?${new URLSearchParams({ q })}`), 400, 'bad_query');
      }
      await nothingStored();
    });

    test.each(['actor:%', 'resource:\\', `"it's"`, "resource:'':*|!&", 'actor:****', 'actor:\ud800', '語', 'resource:<->'])(
      'asked for %s is taken as it is written',
      async (q) => {
        expect((await api.search(q)).status).toBe(200);
      },
    );

    test('a cursor that is forged, cut, of another search or of nobody: 400', async () => {
      const [at, seq, signature] = Buffer.from(cursor, 'base64url').toString().split('.');
      const forged = [`${Number(at) + 1}.${seq}.${signature}`, `${at}.${seq}.`, `${at}.${seq}`, `${at}.1e9.${signature}`, '..'];
      const bad = [
        ...forged.map((text) => Buffer.from(text).toString('base64url')),
        '',
        'x',
        cursor.slice(0, -2),
        '9'.repeat(5_000),
      ];
      for (const one of bad) expectError(await api.search('', 'token-all', one), 400, 'bad_argument');
      expectError(await api.search('kind:x', 'token-all', cursor), 400, 'bad_argument');
      expect((await api.search('', 'token-all', cursor)).json.events).toHaveLength(1);
    });

    test('parameters that are not taken are named', async () => {
      expectError(await api.get('/v1/audit?query=x'), 400, 'bad_argument');
      expectError(await api.get('/v1/audit.csv?cursor=x'), 400, 'bad_argument');
      const proof = await api.get('/v1/audit.proof?q=x');
      expectError(proof, 400, 'bad_argument');
      expect(proof.json.error.message).toBe('“q” is not taken here. Leave it out.');
      expectError(await api.send({ events: [] }, 'token-all', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
    });
  });
});
