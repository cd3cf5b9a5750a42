import { describe, expect, test } from 'vitest';
import { parseDeliveryBody } from '../../src/core/delivery/delivery-body.ts';
import { COUNTS_LIMIT } from '../../src/core/delivery/delivery-schema.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { at, NOON, refusal } from './samples.ts';

const parse = (body: unknown) => parseDeliveryBody(body, 'main', NOON);
const refused = (body: unknown): [code: ErrorCode, path: string | undefined] => {
  const { code, path } = refusal(() => parse(body));
  return [code, path];
};
const received = { time: '2026-11-25T11:59:40Z', source: 'web', step: 'successfully_received', count: 3 };
const delivered = { ...received, destination: 'amplitude', step: 'successful_delivery' };
const counts = (...items: unknown[]) => ({ batchId: 'b1', counts: items });
const changed = (more: object) => counts(received, { ...received, ...more });
const withProto = JSON.parse(JSON.stringify(received).replace('{', '{"__proto__":1,'));
const level = (more: object) => ({
  batchId: 'b1',
  gauges: [{ time: received.time, source: 'web', metric: 'pending_retry', value: 1, ...more }],
});
const named = (more: object) => ({ batchId: 'b1', resources: [{ kind: 'source', id: 'web', ...more }] });

describe('a batch is taken', () => {
  test('with what was left out filled in, and counts in their minute', () => {
    const series = { workspace: 'main', source: 'web', destination: '', mapping: '', audience: '' };
    const none = { eventType: '', eventName: '', appVersion: '', reason: '', retried: 0 };
    const minute = at('25T11:59:00');
    expect(parse(counts(received, delivered))).toEqual({
      batchId: 'b1',
      counts: [
        { series, minute, step: 'successfully_received', count: 3, ...none },
        { series: { ...series, destination: 'amplitude' }, minute, step: 'successful_delivery', count: 3, ...none },
      ],
      gauges: [],
      resources: [],
      syncs: [],
      samples: [],
    });
  });

  test('with nothing in it', () => {
    expect(parse({ batchId: 'b1' })).toEqual({ batchId: 'b1', counts: [], gauges: [], resources: [], syncs: [], samples: [] });
  });

  test('with levels at their time, and with names', () => {
    expect(parse(level({ value: 12.5 })).gauges).toMatchObject([{ at: at('25T11:59:40'), metric: 'pending_retry', value: 12.5 }]);
    expect(parse(named({ variant: 'actions', url: 'https://example.com/x' })).resources).toEqual([
      {
        workspace: 'main',
        kind: 'source',
        id: 'web',
        slug: '',
        name: '',
        parent: '',
        variant: 'actions',
        url: 'https://example.com/x',
      },
    ]);
  });

  test.each([
    ['another zone', '2026-11-25T13:59:40+02:00', '25T11:59:00'],
    ['no seconds', '2026-11-25T11:59Z', '25T11:59:00'],
    ['fractions of a second', '2026-11-25T11:59:59.999999999Z', '25T11:59:00'],
    ['five minutes ahead of us', '2026-11-25T12:05:30Z', '25T12:05:00'],
    ['fifteen days ago', '2026-11-10T12:00:30Z', '10T12:00:00'],
  ])('with a time with %s', (_, time, minute) => {
    expect(parse(counts({ ...received, time })).counts[0]?.minute).toEqual(at(minute));
  });

  test.each([0, 1, 1_000_000_000_000])('with a count of %d', (count) => {
    expect(parse(counts({ ...received, count, retried: count })).counts).toMatchObject([{ count, retried: count }]);
  });

  test.each(['a', 'x'.repeat(1_024), 'é'.repeat(512), '€'.repeat(341), '😀', '__proto__'])(
    'with a text of up to 1,024 bytes',
    (source) => {
      expect(parse(counts({ ...received, source })).counts[0]?.series.source).toBe(source);
    },
  );

  test('with 10,000 counts', () => {
    expect(parse(counts(...Array(COUNTS_LIMIT).fill(received))).counts).toHaveLength(10_000);
  });
});

describe('a batch is refused whole, with a code and the place', () => {
  test.each([null, undefined, [], 'x', 1, true])('as a body, %j', (body) => {
    expect(refused(body)).toEqual(['invalid', '']);
  });

  test.each<[what: string, body: unknown, code: ErrorCode, path: string]>([
    ['no batch id', {}, 'invalid', '/batchId'],
    ['an empty batch id', { batchId: '' }, 'bad_text', '/batchId'],
    ['counts that are no list', { batchId: 'b1', counts: {} }, 'invalid', '/counts'],
    ['a count that is no object', counts(received, 1), 'invalid', '/counts/1'],
    ['10,001 counts', counts(...Array(COUNTS_LIMIT + 1).fill(received)), 'too_many', '/counts'],
    ['10,001 counts that are all wrong', counts(...Array(COUNTS_LIMIT + 1).fill(1)), 'too_many', '/counts'],
    ['an unknown field', { batchId: 'b1', conuts: [] }, 'unknown_field', '/conuts'],
    ['an unknown field of a count', changed({ event: 'x' }), 'unknown_field', '/counts/1/event'],
    ['a field with slashes', { batchId: 'b1', 'a/b~c': 1 }, 'unknown_field', '/a~1b~0c'],
    ['__proto__ as a field', JSON.parse('{"batchId":"b1","__proto__":{"counts":[]}}'), 'unknown_field', '/__proto__'],
    ['__proto__ as a field of a count', counts(withProto), 'unknown_field', '/counts/0/__proto__'],
    ['constructor as a field', { batchId: 'b1', constructor: 1 }, 'unknown_field', '/constructor'],
    ['an unknown step', changed({ step: 'delivered' }), 'unknown_step', '/counts/1/step'],
    ['a step that is no text', changed({ step: 4 }), 'invalid', '/counts/1/step'],
    ['a source step with a destination', changed({ destination: 'amplitude' }), 'bad_series', '/counts/1/destination'],
    ['a source step with a mapping', changed({ mapping: 'map_1' }), 'bad_series', '/counts/1/mapping'],
    ['a destination step without one', changed({ step: 'failed_delivery' }), 'bad_series', '/counts/1/destination'],
    ['more retried than counted', changed({ retried: 4 }), 'bad_count', '/counts/1/retried'],
    ['samples that are no list', { batchId: 'b1', samples: {} }, 'invalid', '/samples'],
    ['syncs that are null', { batchId: 'b1', syncs: null }, 'invalid', '/syncs'],
    ['an unknown kind of resource', named({ kind: 'planet' }), 'invalid', '/resources/0/kind'],
    ['a resource without an id', named({ id: undefined }), 'invalid', '/resources/0/id'],
    ['an unknown variant', named({ variant: 'spaceship' }), 'invalid', '/resources/0/variant'],
    ['a script as an address', named({ url: 'javascript:alert(1)' }), 'invalid', '/resources/0/url'],
    ['half an address', named({ url: 'https://' }), 'invalid', '/resources/0/url'],
    ['a level below zero', level({ value: -1 }), 'bad_count', '/gauges/0/value'],
    ['a level that would not add up', level({ value: 1e308 }), 'bad_count', '/gauges/0/value'],
    ['a level that is no number', level({ value: Number.NaN }), 'bad_count', '/gauges/0/value'],
    ['a level of long ago', level({ time: '2020-01-01T00:00:00Z' }), 'too_old', '/gauges/0/time'],
  ])('for %s', (_, body, code, path) => {
    expect(refused(body)).toEqual([code, path]);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, true, [], undefined, 2 ** 53, 1e12 + 1])(
    'for the count %j',
    (count) => {
      expect(refused(changed({ count }))).toEqual(['bad_count', '/counts/1/count']);
    },
  );

  test.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-11-25T25:00:00Z',
    '2026-11-25T11:60:00Z',
    '2026-11-25T11:59:40',
    '2026-11-25T11:59:40+25:00',
    '2026-11-25',
    'now',
    '',
    1_795_600_000_000,
    null,
  ])('for the time %j', (time) => {
    expect(refused(changed({ time }))).toEqual(['bad_time', '/counts/1/time']);
  });

  test('for a time that we no longer keep, or that has not come', () => {
    expect(refused(changed({ time: '2026-11-10T12:00:29Z' }))).toEqual(['too_old', '/counts/1/time']);
    expect(refused(changed({ time: '2026-11-25T12:05:31Z' }))).toEqual(['in_future', '/counts/1/time']);
  });

  test.each(['', 'x'.repeat(1_025), 'é'.repeat(513), '€'.repeat(342), 'a\u0000b', '\ud83d', 'x\udc00', '\udc00\ud800'])(
    'for a text that cannot be stored',
    (text) => {
      expect(refused(changed({ source: text }))).toEqual(['bad_text', '/counts/1/source']);
      expect(refused(counts({ ...delivered, eventName: text }))).toEqual(['bad_text', '/counts/0/eventName']);
      expect(refused({ batchId: text })).toEqual(['bad_text', '/batchId']);
    },
  );
});
