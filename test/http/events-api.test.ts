import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { rollUp, rollUpDays } from '../../src/flows/delivery/roll-up.ts';
import { onPglite, tableNames } from '../support/backends.ts';
import { apiServer, batchOf, expectError } from './server.ts';

interface Row {
  code: string;
  count: number;
  [key: string]: unknown;
}

onPglite((backend) => {
  const api = apiServer(backend);
  const run = (id: string, start: string, some: Record<string, unknown> = {}) => ({
    ...{ id, source: 'shop', destination: 'snowflake', status: 'success', rows: 100 },
    start: `2026-11-25T${start}:00Z`,
    end: `2026-11-25T${start}:30Z`,
    ...some,
  });

  describe('syncs', () => {
    beforeAll(async () => {
      const answer = await api.post({
        ...batchOf(
          {},
          { source: 'shop', destination: undefined, step: 'successfully_received', count: 500 },
          { source: 'shop', destination: 'snowflake', step: 'filtered_at_destination', reason: 'selective_sync', count: 20 },
        ),
        resources: [{ kind: 'destination', id: 'snowflake', name: 'Snowflake', variant: 'storage' }],
        syncs: [
          run('r-1', '10:00', {
            collections: [
              { name: 'orders', rows: 60 },
              { name: 'users', rows: 40, failed: false },
            ],
          }),
          run('r-2', '10:05', { status: 'failed', rows: undefined, reason: 'Timeout', end: undefined }),
          run('r-3', '10:10', {
            status: 'partial',
            rows: 7,
            reason: 'Row too wide',
            collections: [{ name: 'users', rows: 7, failed: true }],
          }),
          run('r-4', '10:15', { status: 'skipped', rows: undefined, end: undefined }),
          run('r-0', '08:59', { rows: 3 }),
        ],
      });
      expect(answer).toMatchObject({ status: 202, json: { accepted: 8, duplicate: 0 } });
    });
    const path = '/v1/pipelines/shop/snowflake';

    test('pushed are the last two steps of their pipeline, and its totals', async () => {
      const { json } = await api.get(`${path}?period=1h`);
      expect(json.pipeline.variant).toBe('storage');
      expect(json.syncs).toEqual({ success: 1, partial: 1, failed: 1, skipped: 1, rows: 107 });
      expect(json.deliveryRate).toBe(0.5);
      expect(json.deliveredShare).toBeNull();
      expect(json.newest).toBe('2026-11-25T10:25:00.000Z');
      expect(json.steps.slice(-2)).toMatchObject([
        { step: 'failed_to_sync', unit: 'syncs', count: 2, share: null, previousCount: 0 },
        { step: 'successfully_synced', unit: 'syncs', count: 2, previousCount: 1 },
      ]);
      expect(json.steps.at(-2).reasons.map((reason: Row) => [reason.code, reason.count])).toEqual([
        ['Row too wide', 1],
        ['Timeout', 1],
      ]);
      expect((await api.get(`${path}?period=24h`)).json.syncs).toMatchObject({ success: 2, rows: 110 });
    });

    test('of a step are listed newest first, with their collections', async () => {
      const { status, json } = await api.get(`${path}/steps/failed_to_sync?period=1h`);
      expect(status).toBe(200);
      expect(json.syncs.map((one: Row) => [one.id, one.status, one.rows, one.end])).toEqual([
        ['r-4', 'skipped', null, null],
        ['r-3', 'partial', 7, '2026-11-25T10:10:30.000Z'],
        ['r-2', 'failed', null, null],
        ['r-1', 'success', 100, '2026-11-25T10:00:30.000Z'],
      ]);
      expect(json.syncs[1].collections).toEqual([{ name: 'users', rows: 7, failed: true }]);
      expect((await api.get('/v1/pipelines/shop/snowflake/steps/failed_delivery')).status).toBe(400);
    });

    test('reported again, in a later batch, are replaced; the numbers follow', async () => {
      const again = { batchId: 'again', syncs: [run('r-2', '10:05', { rows: 50 })] };
      expect((await api.post(again)).json).toEqual({ accepted: 1, duplicate: 0 });
      expect((await api.post(again)).json).toEqual({ accepted: 0, duplicate: 1 });
      const { json } = await api.get(`${path}?period=1h`);
      expect(json.syncs).toEqual({ success: 2, partial: 1, failed: 0, skipped: 1, rows: 157 });
      expect(json.steps.at(-2)).toMatchObject({ count: 1, reasons: [{ code: 'Row too wide' }] });
    });

    test.each<[string, Record<string, unknown>, string, string]>([
      ['an end before the start', { end: '2026-11-25T09:00:00Z' }, 'bad_time', '/syncs/1/end'],
      ['an unknown status', { status: 'running' }, 'invalid', '/syncs/1/status'],
      ['rows below zero', { rows: -1 }, 'bad_count', '/syncs/1/rows'],
      ['no id', { id: undefined }, 'invalid', '/syncs/1/id'],
      ['no destination', { destination: '' }, 'bad_text', '/syncs/1/destination'],
      ['a start in the future', { start: '2026-11-25T11:00:00Z' }, 'in_future', '/syncs/1/start'],
      ['a start too long ago', { start: '2026-11-01T11:00:00Z' }, 'too_old', '/syncs/1/start'],
      ['a mapping', { mapping: 'm' }, 'unknown_field', '/syncs/1/mapping'],
      ['a collection with U+0000', { collections: [{ name: '\u0000', rows: 1 }] }, 'bad_text', '/syncs/1/collections/0/name'],
    ])('with %s: 400, and none of the batch is stored', async (_, bad, code, at) => {
      const before = await api.rows();
      const answer = await api.post({ ...batchOf(), syncs: [run('fresh', '10:20'), run('bad', '10:20', bad)] });
      expectError(answer, 400, code);
      expect(answer.json.error.path).toBe(at);
      expect(await api.rows()).toEqual(before);
    });
  });

  describe('samples', () => {
    const planted = {
      email: 'dana.miller@example.com',
      card: '4242424242424242',
      spacedCard: '5555 5555 5555 4444',
      token: 'sk_live_51HxPlantedSecretValue',
      bearer: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLXBsYW50ZWQ',
      phone: '+49 151 23456789',
      phoneUs: '(415) 555-0132',
      name: 'Planted Personname',
      password: 'pl4nted-passw0rd!',
    };
    const { email, card, spacedCard, token, bearer, phone, phoneUs, name, password } = planted;
    const sample = (request: unknown, response: unknown, some: Record<string, unknown> = {}) => ({
      ...{ time: '2026-11-25T10:20:00Z', source: 'shop', destination: 'braze', step: 'failed_delivery', reason: '400' },
      ...{ eventName: 'Order Completed', request, response },
      ...some,
    });

    async function everything(): Promise<string> {
      const { kysely } = api.database;
      const texts: string[] = [];
      for (const table of await tableNames(kysely)) {
        const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from ${sql.table(table)} t`.execute(kysely);
        texts.push(...rows.map(({ row }) => `${table} ${row}`));
      }
      return texts.join('\n');
    }

    test('are masked before they are stored: what is personal or secret is in no column of no table', async () => {
      const request = {
        userId: 'u-1',
        traits: { email, phone, first_name: name, note: `call ${phoneUs} or write to ${email}` },
        payment: { number: Number(card), text: `card ${spacedCard}.`, cvc: '123' },
        headers: { Authorization: `Bearer ${bearer}`, 'X-Api-Key': token, cookie: `session=${token}` },
        url: `https://dana:${password}@api.example.org/v1?mail=${encodeURIComponent(email)}&t=${token}`,
        [email]: 'a key is text too',
        nested: JSON.stringify({ deeper: JSON.stringify({ email, password, list: [[phone, spacedCard]] }) }),
        properties: { order: 'o-1', total: 99.5 },
      };
      const answer = await api.post({
        ...batchOf({}, { source: 'shop', destination: 'braze', step: 'failed_delivery', reason: '400', count: 4 }),
        samples: [
          sample(request, { status: 400, body: `{"error":"bad ${email}","token":"${token}"}` }),
          sample(
            JSON.stringify(request),
            `HTTP/1.1 400\r\nAuthorization: Bearer ${bearer}\r\n\r\n{"email":"${email}" no JSON ${phone}`,
          ),
          sample([email, [card, { a: [token] }]], email),
          sample({ text: `${'x '.repeat(4_000)}${email}` }, `${'y '.repeat(5_000)}${token} ${spacedCard}`),
        ],
      });
      expect(answer).toMatchObject({ status: 202, json: { accepted: 5 } });
      const stored = await everything();
      expect(stored).toContain('sample {');
      expect(stored).toContain('o-1');
      for (const secret of Object.values(planted)) {
        for (const form of [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString('hex'),
          secret.replaceAll(' ', ''),
        ]) {
          expect(stored.toLowerCase().includes(form.toLowerCase()), `${form} is stored`).toBe(false);
        }
      }
      const { rows } = await sql<{ longest: number }>`
        select max(greatest(length(request), length(response))) as longest from sample`.execute(api.database.kysely);
      expect(rows[0]?.longest).toBeLessThanOrEqual(8_193);
    });

    test('are at most ten of a reason an hour, however many batches bring them at once', async () => {
      const batches = Array.from({ length: 8 }, (_, b) => ({
        batchId: `samples-${b}`,
        samples: Array.from({ length: 4 }, (_, i) => sample({ b, i }, '', { reason: '429' })),
      }));
      const answers = await Promise.all(batches.map((batch) => api.post(batch)));
      expect(answers.map((answer) => answer.json)).toEqual(batches.map(() => ({ accepted: 4, duplicate: 0 })));
      const kept = await api.database.kysely.selectFrom('sample').select('slot').where('reason', '=', '429').execute();
      expect(kept.map((row) => row.slot).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test.each<[string, Record<string, unknown>, string, string]>([
      ['of a step that discards nothing', { step: 'successful_delivery' }, 'bad_series', '/samples/1/step'],
      ['of an unknown step', { step: 'lost' }, 'unknown_step', '/samples/1/step'],
      ['without a reason', { reason: undefined }, 'invalid', '/samples/1/reason'],
      ['of a source step at a destination', { step: 'failed_on_ingest' }, 'bad_series', '/samples/1/destination'],
      ['of the future', { time: '2026-11-25T11:00:00Z' }, 'in_future', '/samples/1/time'],
      ['with an audience', { audience: 'vip' }, 'unknown_field', '/samples/1/audience'],
    ])('%s: 400, and none of the batch is stored', async (_, bad, code, at) => {
      const before = await api.rows();
      const answer = await api.post({ ...batchOf(), samples: [sample({}, {}), sample({}, {}, bad)] });
      expectError(answer, 400, code);
      expect(answer.json.error.path).toBe(at);
      expect(await api.rows()).toEqual(before);
    });

    test('and syncs of a batch, 1,000 each and no more', async () => {
      const many = (n: number) => ({
        samples: Array.from({ length: n }, (_, i) => sample({ i }, '', { reason: `r${i % 7}`, source: 'many' })),
        syncs: Array.from({ length: n }, (_, i) => run(`many-${i}`, '10:01', { source: 'many' })),
      });
      expect((await api.post({ batchId: 'many', ...many(1_000) })).json).toEqual({ accepted: 2_000, duplicate: 0 });
      const answer = await api.post({ batchId: 'too-many', ...many(1_001) });
      expectError(answer, 400, 'too_many');
    });
  });

  test.each(['10m', '1h', '24h', '7d'])(
    'the list and each pipeline agree, storage ones too, before and after hours and days are rolled up: %s',
    async (period) => {
      const old = [
        '2026-11-24T23:59:00Z',
        '2026-11-24T10:31:00Z',
        '2026-11-23T00:00:00Z',
        '2026-11-18T05:00:00Z',
        '2026-11-12T09:00:00Z',
      ];
      await api.post(
        batchOf(
          {},
          ...old.flatMap((time, i) => [
            { time, source: 'agree', destination: 'braze', count: 100 + i },
            { time, source: 'agree', destination: 'braze', step: 'failed_delivery', reason: '400', count: 1 + i },
            { time, source: 'agree', destination: undefined, step: 'successfully_received', count: 200 + i },
          ]),
        ),
      );
      const answers = async () => {
        const { json } = await api.get(`/v1/pipelines?period=${period}`);
        const pairs = [];
        for (const row of json.pipelines) {
          const one = (await api.get(`/v1/pipelines/${row.source}/${row.destination}?period=${period}`)).json;
          const { deliveryRate, deliveryRateChange, deliveredShare, deliveredShareChange, period: window, previous } = one;
          expect(row).toMatchObject({
            ...{ ...one.pipeline, deliveryRate, deliveryRateChange, deliveredShare, deliveredShareChange },
            ...{ period: window, previous, received: one.steps[0].count, delivered: one.steps.at(-1).count },
          });
          pairs.push([row, one.steps]);
        }
        expect(pairs.length).toBeGreaterThanOrEqual(4);
        return pairs;
      };
      const before = await answers();
      const { database, clock } = api;
      const far = new Date(Number(clock.now()) + 99 * 3_600_000);
      for (const [kind, work] of [
        ['roll_up', rollUp],
        ['roll_up_day', rollUpDays],
      ] as const) {
        const claims = await database.transaction(({ owed }) => owed.claim({ kind, now: far, leaseUntil: far, limit: 10_000 }));
        expect(claims.length).toBeGreaterThan(0);
        await work({ database, clock }, claims);
        await database.transaction(({ owed }) => owed.settle(claims));
      }
      expect(await answers()).toEqual(before);
    },
  );
});
