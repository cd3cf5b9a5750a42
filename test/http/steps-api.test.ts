import { beforeAll, describe, expect, test } from 'vitest';
import { steps, variantSteps } from '../../src/core/delivery/steps.ts';
import { onPglite } from '../support/backends.ts';
import { apiServer, batchOf, expectError } from './server.ts';
import { NAMES, nameOf, PAGE, pushSteps, type Row } from './steps-data.ts';

onPglite((backend) => {
  const api = apiServer(backend);
  const at = (time: string) => ({ time: `2026-11-25T${time}:00Z`, source: 'shop' });
  const steps1h = (step: string, query = '') => api.get(`/v1/pipelines/shop/braze/steps/${step}?period=1h${query}`);

  beforeAll(() => pushSteps(api));

  const sum = (rows: Row[], key: 'count' | 'previousCount' = 'count') => rows.reduce((total, row) => total + row[key], 0);

  test('has the rows of one step, its course, and the windows they are of', async () => {
    const { status, json } = await steps1h('failed_delivery');
    expect(status).toBe(200);
    expect(Object.keys(json).sort()).toEqual(['next', 'period', 'pipeline', 'previous', 'rows', 'step', 'timeline'].sort());
    expect(json).toMatchObject({
      pipeline: { workspace: 'main', source: 'shop', destination: 'braze', variant: 'actions' },
      step: 'failed_delivery',
      period: { from: '2026-11-25T09:31:00.000Z', to: '2026-11-25T10:31:00.000Z' },
      previous: { from: '2026-11-25T08:31:00.000Z', to: '2026-11-25T09:31:00.000Z' },
      next: null,
    });
    const { bucketSeconds, points, before } = json.timeline;
    expect([bucketSeconds, points.length, before.length]).toEqual([60, 60, 60]);
    expect(points.find((point: { at: string }) => point.at === '2026-11-25T10:10:00.000Z').value).toBe(67);
    const total = (values: (number | null)[]) => values.reduce<number>((all, value) => all + (value ?? 0), 0);
    expect(total(points.map((point: { value: number | null }) => point.value))).toBe(67);
    expect(total(before)).toBe(22);
  });

  test.each(['10m', '1h', '24h', '7d'])('says of reasons what the overview says, to the last digit, over %s', async (period) => {
    const { json: overview } = await api.get(`/v1/pipelines/shop/braze?period=${period}`);
    for (const step of overview.steps) {
      const { json } = await api.get(`/v1/pipelines/shop/braze/steps/${step.step}?period=${period}&groupBy=reason`);
      expect([json.period, json.previous]).toEqual([overview.period, overview.previous]);
      expect([sum(json.rows), sum(json.rows, 'previousCount')]).toEqual([step.count, step.previousCount]);
      if (step.role === 'discard' || step.reasons.length > 0) {
        const rows = json.rows
          .filter((row: Row) => row.count > 0)
          .map(({ reason: code, label, remedy, known, count, share, shareChange }: Row) => ({
            ...{ code, label, remedy, known, count, share, shareChange },
          }));
        expect(rows).toEqual(step.reasons.map(({ transient: _, ...reason }: Row) => reason));
      }
      const value = json.timeline.points.reduce((all: number, point: { value: number | null }) => all + (point.value ?? 0), 0);
      expect(value).toBe(step.count);
    }
    if (period === '1h') expect(overview.steps[4].reasons[0]).toMatchObject({ code: '400', count: 38 });
  });

  test('is grouped by reason where events end, by event name elsewhere; by several keys when asked', async () => {
    expect(Object.keys((await steps1h('failed_delivery')).json.rows[0])).toContain('reason');
    expect(Object.keys((await steps1h('successful_delivery')).json.rows[0])).toContain('eventName');
    const { json } = await steps1h('failed_delivery', '&groupBy=eventName,appVersion,eventType');
    const rows = json.rows.map(({ eventName, appVersion, eventType, count, reason }: Row) => [
      ...[eventName, appVersion, eventType, count, reason],
    ]);
    expect(rows).toEqual([
      ['A', '1.0', '', 31, undefined],
      ['B', '', '', 13, undefined],
      ['B', '', 'identify', 13, undefined],
      ['A', '2.0', '', 7, undefined],
      ['C', '', '', 3, undefined],
      ['A', '', '', 0, undefined],
    ]);
    expect((await steps1h('failed_delivery', '&groupBy=eventName,eventName')).json.rows).toHaveLength(3);
  });

  test('can be narrowed to one reason in all the forms it is stored in', async () => {
    const names = async (reason: string) =>
      (await steps1h('failed_delivery', `&groupBy=eventName&reason=${reason}`)).json.rows.map((row: Row) => [
        row.eventName,
        row.count,
        row.previousCount,
        row.stepShare,
      ]);
    expect(await names('400')).toEqual([['A', 38, 17, 1]]);
    expect(await names('429')).toEqual([['B', 13, 0, 1]]);
    expect(await names('')).toEqual([['C', 3, 0, 1]]);
    expect(await names('nothing%20of%20the%20kind')).toEqual([]);
  });

  describe('pages', () => {
    const page = async (cursor: string | null, query = '') => {
      const answer = await steps1h('successful_delivery', `&groupBy=eventName${query}${cursor ? `&cursor=${cursor}` : ''}`);
      expect(answer.status).toBe(200);
      return answer.json as { rows: Row[]; next: string | null; period: { from: string; to: string } };
    };

    test('are complete, without repeats, most events first', async () => {
      const seen: Row[] = [];
      let next: string | null = null;
      do {
        const { rows, ...rest } = await page(next);
        seen.push(...rows);
        next = rest.next;
        expect(rows.length).toBe(next ? PAGE : NAMES % PAGE);
      } while (next);
      expect(seen.map((row) => row.eventName).sort()).toEqual(Array.from({ length: NAMES }, (_, i) => nameOf(i)));
      expect(seen.map((row) => row.count)).toEqual(seen.map((row) => row.count).sort((a, b) => b - a));
      expect((await page(null)).rows).toEqual(seen.slice(0, PAGE));
    });

    test('stay of the window of the first one, while time goes on and new counts arrive', async () => {
      const first = await page(null);
      const wanted = [await page(first.next)];
      wanted.push(await page(wanted[0]?.next ?? null));
      api.clock.advance(3 * 60_000);
      // The last ones become the first, but in minutes that are not of this window.
      const more = Array.from({ length: 60 }, (_, i) => ({
        ...at('10:32'),
        destination: 'braze',
        eventName: nameOf(i),
        count: 5_000,
      }));
      expect((await api.post(batchOf({}, ...more, { ...at('10:33'), destination: 'braze', eventName: 'New' }))).status).toBe(202);
      const second = await page(first.next);
      expect([second.rows, second.next, second.period]).toEqual([wanted[0]?.rows, wanted[0]?.next, first.period]);
      expect((await page(second.next)).rows).toEqual(wanted[1]?.rows);
      const fresh = await page(null);
      expect(fresh.period.to > first.period.to).toBe(true);
      expect(fresh.rows[0]).toMatchObject({ count: 5_029 });
    });

    test('beyond the end are empty', async () => {
      const { period } = await page(null);
      const window = { from: Date.parse(period.from), to: Date.parse(period.to) };
      const far = Buffer.from(JSON.stringify({ offset: 1_000_000, ...window })).toString('base64url');
      expect(await page(far)).toMatchObject({ rows: [], next: null });
    });

    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [from, to] = [Date.parse('2026-11-25T09:00:00Z'), Date.parse('2026-11-25T10:00:00Z')];
    test.each<[string, string]>([
      ['of nothing', ''],
      ['that is not base64', '%F0%9F%92%A5'],
      ['that is not JSON', Buffer.from('offset=1').toString('base64url')],
      ['of null', forged(null)],
      ['of a list', forged([1, from, to])],
      ['with a negative offset', forged({ offset: -1, from, to })],
      ['with half an offset', forged({ offset: 0.5, from, to })],
      ['with an endless offset', forged({ offset: 1e9, from, to })],
      ['with an offset as text', forged({ offset: '1', from, to })],
      ['without a window', forged({ offset: 100 })],
      ['with more', forged({ offset: 1, from, to, workspace: 'shop' })],
      ['with __proto__', Buffer.from(`{"__proto__":{},"offset":1,"from":${from},"to":${to}}`).toString('base64url')],
      ['with a window backwards', forged({ offset: 1, from: to, to: from })],
      ['with an empty window', forged({ offset: 1, from, to: from })],
      ['with a window of years', forged({ offset: 1, from: 0, to })],
      ['with a window before there were calendars', forged({ offset: 1, from: -8.6e15, to: -8.6e15 + 3_600_000 })],
      ['with a window before PostgreSQL begins', forged({ offset: 1, from: -3e14, to: -3e14 + 3_600_000 })],
      ['with a window after the last day', forged({ offset: 1, from: 8.7e15, to: 8.7e15 + 3_600_000 })],
      ['with a window in the future', forged({ offset: 1, from: 4e12, to: 4e12 + 3_600_000 })],
    ])('with a cursor %s: 400', async (_, cursor) => {
      const answer = await api.get(`/v1/pipelines/shop/braze/steps/failed_delivery?cursor=${cursor}`);
      expectError(answer, 400, answer.json.error.code);
      expect(['bad_argument', 'bad_period']).toContain(answer.json.error.code);
    });
  });

  describe('refuses', () => {
    test.each(['nonsense', '', 'eventName,', 'eventname', 'eventName,nope', '__proto__', 'count', 'toString'])(
      'groupBy=%s, and says what is taken',
      async (by) => {
        const answer = await steps1h('failed_delivery', `&groupBy=${by}`);
        expectError(answer, 400, 'bad_argument');
        expect(answer.json.error.path).toBe('groupBy');
        for (const key of ['eventName', 'eventType', 'appVersion', 'reason']) expect(answer.json.error.message).toContain(key);
      },
    );

    test.each(['lost', 'FAILED_DELIVERY', 'toString', '__proto__', '%00', 'x'.repeat(3_000)])(
      'the unknown step %.20s',
      async (step) => {
        const answer = await steps1h(step);
        expectError(answer, answer.status, 'unknown_step');
        expect([400, 404]).toContain(answer.status);
        expect(answer.json.error.suggestions).toEqual([...steps]);
      },
    );

    test.each(['failed_to_sync', 'successfully_synced', 'events_from_audience'])(
      '%s, which is none of this pipeline',
      async (step) => {
        const answer = await steps1h(step);
        expectError(answer, answer.status, 'unknown_step');
        expect(answer.json.error.suggestions).toEqual([...variantSteps.actions]);
      },
    );

    test('an unknown pipeline, mapping, audience, and parameters that are not taken', async () => {
      expectError(await api.get('/v1/pipelines/shop/brace/steps/failed_delivery'), 404, 'unknown_pipeline');
      const mapping = await steps1h('failed_delivery', '&mapping=m-3');
      expectError(mapping, 400, 'bad_argument');
      expect(mapping.json.error.suggestions).toContain('m-2');
      expectError(await steps1h('failed_delivery', '&audience=vips'), 400, 'bad_argument');
      expectError(await steps1h('failed_delivery', '&groupby=reason'), 400, 'bad_argument');
      expectError(await api.get('/v1/pipelines/shop/braze?groupBy=reason'), 400, 'bad_argument');
      expectError(await api.get('/v1/pipelines?mapping=m-1'), 400, 'bad_argument');
    });

    test('a token that may not read, and one of another workspace', async () => {
      const path = '/v1/pipelines/shop/braze/steps/failed_delivery';
      expectError(await api.get(path, 'wrong'), 401, 'unauthorized');
      expectError(await api.get(path, 'token-sender'), 403, 'forbidden');
      expectError(await api.get(path, 'token-shop'), 404, 'unknown_pipeline');
      expectError(await api.get(`${path}?workspace=main`, 'token-shop'), 403, 'forbidden');
    });
  });
});
