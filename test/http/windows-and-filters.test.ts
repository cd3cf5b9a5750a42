import { beforeAll, describe, expect, test } from 'vitest';
import { onPglite } from '../support/backends.ts';
import { apiServer, expectError } from './server.ts';
import { NAMES, pushSteps, type Row } from './steps-data.ts';

onPglite((backend) => {
  const api = apiServer(backend);

  beforeAll(() => pushSteps(api));

  describe('from and to', () => {
    const one = (query: string) => api.get(`/v1/pipelines/shop/braze?${query}`);

    test('make a window of their own, in whole minutes, in any zone', async () => {
      const { status, json } = await one('from=2026-11-25T11:10:00%2B01:00&to=2026-11-25T10:12:00.5Z');
      expect(status).toBe(200);
      expect(json).toMatchObject({
        period: { from: '2026-11-25T10:10:00.000Z', to: '2026-11-25T10:13:00.000Z' },
        previous: { from: '2026-11-25T10:07:00.000Z', to: '2026-11-25T10:10:00.000Z' },
      });
      expect(json.steps[0]).toMatchObject({ count: 0, previousCount: 99_999 });
      expect(json.steps[4]).toMatchObject({ step: 'failed_delivery', count: 67, previousCount: 0 });
      const list = await api.get('/v1/pipelines?from=2026-11-25T10:10:00Z&to=2026-11-25T10:13:00Z');
      expect(list.json.pipelines[0]).toMatchObject({ period: json.period, delivered: json.steps[5].count });
      const step = await api.get(
        '/v1/pipelines/shop/braze/steps/failed_delivery?from=2026-11-25T10:10:00Z&to=2026-11-25T10:13:00Z',
      );
      expect(step.json.period).toEqual(json.period);
    });

    test.each([
      'from=2026-11-25T10:10:00Z',
      'to=2026-11-25T10:10:00Z',
      'from=&to=',
      'from=2026-11-25&to=2026-11-26',
      'from=2026-11-25T10:10:00&to=2026-11-25T10:20:00',
      'from=2026-11-25T10:20:00Z&to=2026-11-25T10:10:00Z',
      'from=2026-11-25T10:10:00Z&to=2026-11-25T10:10:00Z',
      'from=2026-11-25T10:10:00Z&to=2026-11-25T10:10:59Z',
      'from=2025-01-01T00:00:00Z&to=2026-11-25T00:00:00Z',
      'from=2026-11-25T10:99:00Z&to=2026-11-25T11:00:00Z',
      'from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z',
      'from=9999-12-01T00:00:00Z&to=9999-12-31T23:59:00Z',
      'from=1764000000&to=1764000600',
      'from=2026-11-25T10:10:00Z&to=2026-11-25T10:20:00Z&period=1h',
      'period=1h&to=2026-11-25T10:20:00Z',
    ])('%s: 400', async (query) => {
      for (const path of ['/v1/pipelines', '/v1/pipelines/shop/braze', '/v1/pipelines/shop/braze/steps/failed_delivery']) {
        expectError(await api.get(`${path}?${query}`), 400, 'bad_period');
      }
    });

    test('of long ago are answered, with nothing', async () => {
      for (const year of ['0000', '0001', '1969', '2001']) {
        const answer = await one(`from=${year}-03-01T00:00:00Z&to=${year}-03-02T00:00:00Z`);
        expect(answer).toMatchObject({ status: 200 });
        expect(answer.json.steps.at(-1).count).toBe(0);
      }
    });
  });

  describe('a filter', () => {
    const counts = async (query: string): Promise<Record<string, number>> => {
      const { json } = await api.get(`/v1/pipelines/shop/braze?from=2026-11-25T10:00:00Z&to=2026-11-25T10:30:00Z${query}`);
      return Object.fromEntries(json.steps.map((step: { step: string; count: number }) => [step.step, step.count]));
    };
    const delivered = (keep: (i: number) => boolean) =>
      Array.from({ length: NAMES }, (_, i) => (keep(i) ? 10 + Math.floor(i / 3) : 0)).reduce((a, b) => a + b, 0);

    test('by mapping, by id or name, narrows the last three steps only', async () => {
      const all = await counts('');
      const source = { successfully_received: 99_999, failed_on_ingest: 12, filtered_at_source: 34 };
      expect(all).toEqual({
        ...source,
        filtered_at_destination: 21,
        failed_delivery: 67,
        successful_delivery: delivered(() => true),
      });
      const first = {
        ...source,
        filtered_at_destination: 21,
        failed_delivery: 38,
        successful_delivery: delivered((i) => i % 2 === 1),
      };
      expect(await counts('&mapping=m-1')).toEqual(first);
      expect(await counts('&mapping=track%20ORDER')).toEqual(first);
      expect(await counts('&mapping=m-2')).toEqual({
        ...source,
        filtered_at_destination: 0,
        failed_delivery: 29,
        successful_delivery: delivered((i) => i % 2 === 0),
      });
    });

    test('by audience narrows every step to it, and together with a mapping to both', async () => {
      const nothing = { successfully_received: 0, failed_on_ingest: 0, filtered_at_source: 0, filtered_at_destination: 0 };
      expect(await counts('&audience=vip')).toEqual({
        ...nothing,
        failed_delivery: 0,
        successful_delivery: delivered((i) => i < 10),
      });
      expect(await counts('&audience=Very%20important&mapping=m-1')).toMatchObject({
        successful_delivery: delivered((i) => i < 10 && i % 2 === 1),
      });
    });

    test('holds for the rows and the course of a step as for its count', async () => {
      const window = 'from=2026-11-25T10:00:00Z&to=2026-11-25T10:30:00Z';
      const { json } = await api.get(`/v1/pipelines/shop/braze/steps/failed_delivery?${window}&mapping=m-2`);
      expect(json.rows.map((row: Row) => [row.reason, row.count])).toEqual([
        ['429', 13],
        ['brand_new_code', 13],
        ['', 3],
      ]);
      expect(json.timeline.points.reduce((all: number, { value }: { value: number }) => all + value, 0)).toBe(29);
    });
  });
});
