import { beforeAll, describe, expect, test } from 'vitest';
import { onPglite } from '../support/backends.ts';
import { apiServer, batchOf, expectError } from './server.ts';

onPglite((backend) => {
  const api = apiServer(backend);

  describe('POST /v1/delivery', () => {
    test('stores counts, gauges and resources, and answers 202 once they are there', async () => {
      const before = await api.rows();
      const answer = await api.post({
        ...batchOf({}, { eventName: 'A' }, { eventName: 'B', retried: 1 }),
        gauges: [{ time: '2026-11-25T10:25:00Z', source: 'web', destination: 'amplitude', metric: 'pending_retry', value: 4 }],
        resources: [{ kind: 'destination', id: 'amplitude', name: 'Amplitude EU', variant: 'actions' }],
      });
      expect(answer).toMatchObject({ status: 202, json: { accepted: 4, duplicate: 0 } });
      const after = await api.rows();
      const grown = Object.fromEntries(Object.keys(after).map((table) => [table, (after[table] ?? 0) - (before[table] ?? 0)]));
      expect(grown).toMatchObject({ batch: 1, series: 1, minute_count: 2, minute_step: 1, gauge: 1, resource: 1, owed: 1 });
    });

    test('takes the same batch again as a duplicate, also with its keys in another order: the numbers stay', async () => {
      const batch = batchOf({}, { source: 'twice', count: 7 });
      expect((await api.post(batch)).json).toEqual({ accepted: 1, duplicate: 0 });
      const before = await api.rows();
      expect(await api.post(batch)).toMatchObject({ status: 202, json: { accepted: 0, duplicate: 1 } });
      const reordered = JSON.stringify(
        { counts: batch.counts.map((c) => Object.fromEntries(Object.entries(c).reverse())), batchId: batch.batchId },
        null,
        2,
      );
      expect((await api.post(reordered)).json).toEqual({ accepted: 0, duplicate: 1 });
      expect(await api.rows()).toEqual(before);
      const { json } = await api.get('/v1/pipelines/twice/amplitude');
      expect(json.steps.at(-1)).toMatchObject({ step: 'successful_delivery', count: 7 });
    });

    test('the same batch sent many times at once counts once', async () => {
      const batch = batchOf({}, { source: 'at-once', count: 3 });
      const answers = await Promise.all(Array.from({ length: 8 }, () => api.post(batch)));
      expect(answers.map((answer) => answer.json.accepted).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
      expect((await api.get('/v1/pipelines/at-once/amplitude')).json.steps.at(-1).count).toBe(3);
    });

    test('refuses another body under the same id, and keeps the first', async () => {
      const batch = batchOf({}, { source: 'other', count: 2 });
      await api.post(batch);
      const before = await api.rows();
      const answer = await api.post(batchOf({ batchId: batch.batchId }, { source: 'other', count: 3 }));
      expectError(answer, 409, 'batch_conflict');
      expect(answer.json.error.path).toBe('/batchId');
      expect(await api.rows()).toEqual(before);
    });

    test('the same id from another sender is another batch', async () => {
      const batch = batchOf({}, { source: 'senders' });
      expect((await api.post(batch)).json.accepted).toBe(1);
      expect((await api.post(batch, { authorization: 'Bearer token-sender' })).json.accepted).toBe(1);
    });

    test('an empty batch is taken, and is a duplicate the second time', async () => {
      expect(await api.post({ batchId: 'empty' })).toMatchObject({ status: 202, json: { accepted: 0, duplicate: 0 } });
      expect(await api.post({ batchId: 'empty', counts: [] })).toMatchObject({
        status: 202,
        json: { accepted: 0, duplicate: 0 },
      });
    });

    test('10,000 counts in a batch are taken', async () => {
      const many = Array.from({ length: 10_000 }, (_, i) => ({ source: 'many', eventName: `E${i % 50}`, count: 1 }));
      expect((await api.post(batchOf({}, ...many))).json).toEqual({ accepted: 10_000, duplicate: 0 });
      expect((await api.get('/v1/pipelines/many/amplitude?period=1h')).json.steps.at(-1).count).toBe(10_000);
    });

    test.each([
      ['is filled by a connector', 'other_provider', 409, 'pulled', {}],
      ['has its hours closed', 'closed', 400, 'closed', { time: '2026-11-20T09:59:00Z' }],
    ] as const)('a series that %s: %s, and nothing is stored', async (_, code, status, source, some) => {
      const provider = source === 'pulled' ? 'demo' : 'push';
      const own = { workspace: 'main', source, destination: 'amplitude', mapping: '', audience: '' };
      const run = { series: own, step: 'successful_delivery', eventType: '', eventName: '', appVersion: '', reason: '' } as const;
      const from = new Date('2026-11-20T09:00:00Z');
      const until = new Date('2026-11-20T10:00:00Z');
      await api.database.transaction(({ delivery }) =>
        delivery.backfill([{ ...run, from, counts: [5], retried: [0] }], provider, until, api.clock.now()),
      );
      const before = await api.rows();
      const answer = await api.post(batchOf({}, { source: 'fresh' }, { source, ...some }));
      expectError(answer, status, code);
      expect(answer.json.error.path).toMatch(/^\/counts\/1/);
      expect(await api.rows()).toEqual(before);
    });
  });

  describe('GET /v1/pipelines', () => {
    beforeAll(async () => {
      const at = (minute: string) => ({ time: `2026-11-25T${minute}:00Z`, source: 'shop-web' });
      const source = { destination: undefined, mapping: undefined };
      await api.post({
        ...batchOf(
          {},
          { ...at('10:24'), ...source, step: 'successfully_received', count: 1_000 },
          { ...at('10:24'), ...source, step: 'filtered_at_source', reason: 'BLOCKED', count: 3 },
          { ...at('10:24'), destination: 'braze', step: 'successful_delivery', count: 612, retried: 7 },
          { ...at('10:30'), destination: 'braze', step: 'successful_delivery', count: 1 },
          { ...at('10:24'), destination: 'braze', mapping: 'm-1', step: 'failed_delivery', reason: '400', count: 7 },
          { ...at('10:25'), destination: 'braze', step: 'failed_delivery', reason: 'errors.discarded.400', count: 4 },
          { ...at('09:40'), destination: 'braze', step: 'successful_delivery', count: 333 },
          { ...at('09:10'), ...source, step: 'successfully_received', count: 700 },
          { ...at('09:10'), destination: 'braze', step: 'successful_delivery', count: 599 },
        ),
        gauges: [{ ...at('10:20'), destination: 'braze', metric: 'pending_retry', value: 12 }],
      });
    });

    test('one has every step, its reasons, and where the numbers end', async () => {
      const { status, json } = await api.get('/v1/pipelines/shop-web/braze?period=10m');
      expect(status).toBe(200);
      expect(json).toMatchObject({
        pipeline: { workspace: 'main', source: 'shop-web', destination: 'braze', variant: 'actions' },
        period: { from: '2026-11-25T10:21:00.000Z', to: '2026-11-25T10:31:00.000Z' },
        previous: { from: '2026-11-25T10:11:00.000Z', to: '2026-11-25T10:21:00.000Z' },
        asOf: '2026-11-25T10:30:20.000Z',
        settledUntil: '2026-11-25T10:30:00.000Z',
        newest: '2026-11-25T10:30:00.000Z',
        pendingRetry: 12,
        deliveryRate: 613 / 624,
        deliveredShare: 0.613,
      });
      const steps = Object.fromEntries(json.steps.map((step: { step: string }) => [step.step, step]));
      expect(steps.successfully_received).toMatchObject({ count: 1_000, share: 1 });
      expect(steps.successful_delivery).toMatchObject({ count: 613, provisional: 1, retried: 7 });
      expect(steps.failed_delivery).toMatchObject({ count: 11, reasons: [{ code: '400', count: 11 }] });
    });

    test.each(['10m', '1h', '24h', '7d', '14d'])(
      'the list and each one say the same to the last digit, over %s',
      async (period) => {
        const { json } = await api.get(`/v1/pipelines?period=${period}`);
        expect(json.pipelines.length).toBeGreaterThan(5);
        for (const row of json.pipelines) {
          const one = (await api.get(`/v1/pipelines/${row.source}/${row.destination}?period=${period}`)).json;
          const { deliveryRate, deliveryRateChange, deliveredShare, deliveredShareChange } = one;
          expect(row).toMatchObject({ ...one.pipeline, deliveryRate, deliveryRateChange, deliveredShare, deliveredShareChange });
          expect({ period: row.period, previous: row.previous }).toEqual({ period: one.period, previous: one.previous });
          expect([row.received, row.delivered]).toEqual([one.steps[0].count, one.steps.at(-1).count]);
        }
      },
    );

    test('names are matched by id, slug or name, percent-encoded, up to 1,024 bytes', async () => {
      const odd = 'Ünï/code ? # % 💥';
      const long = '💥'.repeat(256);
      await api.post({
        ...batchOf({}, { source: odd, destination: long }),
        resources: [{ kind: 'source', id: odd, name: 'Odd one' }],
      });
      for (const source of [odd, 'odd ONE']) {
        const answer = await api.get(`/v1/pipelines/${encodeURIComponent(source)}/${encodeURIComponent(long)}`);
        expect(answer).toMatchObject({ status: 200, json: { pipeline: { source: odd, destination: long } } });
      }
    });

    test('that is not there: 404 with the nearest names', async () => {
      const answer = await api.get('/v1/pipelines/shop-wep/braze');
      expectError(answer, 404, 'unknown_pipeline');
      expect(answer.json.error.suggestions[0]).toBe('shop-web braze');
    });

    test('that is in two workspaces: 409 with both; naming one is enough', async () => {
      const batch = batchOf({}, { source: 'both', count: 5 });
      await api.post(batch);
      await api.post(
        { ...batch, counts: batch.counts.map((count) => ({ ...count, count: 9 })) },
        { authorization: 'Bearer token-shop' },
      );
      const answer = await api.get('/v1/pipelines/both/amplitude');
      expectError(answer, 409, 'ambiguous');
      expect(answer.json.error.suggestions).toEqual(['main: both → amplitude', 'shop: both → amplitude']);
      const one = await api.get('/v1/pipelines/both/amplitude?workspace=shop');
      expect(one.json).toMatchObject({ pipeline: { workspace: 'shop' } });
      expect(one.json.steps.at(-1).count).toBe(9);
      expect((await api.get('/v1/pipelines?workspace=shop')).json.pipelines).toMatchObject([
        { workspace: 'shop', source: 'both' },
      ]);
    });

    test('a token of one workspace sees that one only', async () => {
      const list = await api.get('/v1/pipelines', 'token-shop');
      expect(new Set(list.json.pipelines.map((row: { workspace: string }) => row.workspace))).toEqual(new Set(['shop']));
      expect((await api.get('/v1/pipelines/both/amplitude', 'token-shop')).json.steps.at(-1).count).toBe(9);
      expectError(await api.get('/v1/pipelines/shop-web/braze', 'token-shop'), 404, 'unknown_pipeline');
      expectError(await api.get('/v1/pipelines?workspace=main', 'token-shop'), 403, 'forbidden');
      expectError(await api.get('/v1/pipelines/both/amplitude?workspace=main', 'token-shop'), 403, 'forbidden');
    });

    test('suggestions of a token of one workspace name nothing of another', async () => {
      const answer = await api.get('/v1/pipelines/shop-wep/braze', 'token-shop');
      expect(answer.text).not.toContain('shop-web');
    });
  });

  test('health: the process, and each part by name', async () => {
    expect(await api.get('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await api.get('/readyz')).toMatchObject({ status: 200, json: { status: 'ok', database: 'ok' } });
  });
});
