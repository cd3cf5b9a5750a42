import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDeliveryBody } from '../../src/core/delivery/delivery-body.ts';
import { masked } from '../../src/core/delivery/sample.ts';
import { type ErrorCode, UserError } from '../../src/core/errors.ts';
import { at, halfACharacter, NOON, refusal } from './samples.ts';

const parse = (body: unknown) => parseDeliveryBody(body, 'main', NOON);
const refused = (body: unknown): [code: ErrorCode, path: string | undefined] => {
  const { code, path } = refusal(() => parse(body));
  return [code, path];
};
const run = {
  id: 'run_1',
  source: 'web',
  destination: 'redshift',
  start: '2026-11-25T10:05:00Z',
  end: '2026-11-25T10:17:30Z',
  status: 'partial',
  rows: 1_200,
  reason: 'permission denied',
  collections: [
    { name: 'tracks', rows: 1_200 },
    { name: 'pages', rows: 0, failed: true },
  ],
};
const sample = { time: '2026-11-25T11:59:40Z', source: 'web', destination: 'crm', step: 'failed_delivery', reason: '429' };
const syncs = (more: object) => ({ batchId: 'b1', syncs: [run, { ...run, id: 'run_2', ...more }] });
const samples = (more: object) => ({ batchId: 'b1', samples: [sample, { ...sample, ...more }] });
const collection = (more: object) => syncs({ collections: [{ name: 'tracks', rows: 1, ...more }] });
const place = { workspace: 'main', source: 'web', destination: 'redshift', mapping: '', audience: '' };

describe('runs are taken', () => {
  test('with all they told', () => {
    expect(parse({ batchId: 'b1', syncs: [run] }).syncs).toEqual([
      {
        series: place,
        id: 'run_1',
        start: at('25T10:05:00'),
        end: at('25T10:17:30'),
        status: 'partial',
        rows: 1_200,
        reason: 'permission denied',
        collections: [
          { name: 'tracks', rows: 1_200, failed: false },
          { name: 'pages', rows: 0, failed: true },
        ],
      },
    ]);
  });

  test('while they run, and where nothing was told', () => {
    const { id, source, destination, start } = run;
    expect(parse({ batchId: 'b1', syncs: [{ id, source, destination, start, status: 'skipped' }] }).syncs).toMatchObject([
      { end: null, rows: null, reason: '', collections: [] },
    ]);
  });

  test('that ended as they began, and 1,000 at once, each with up to 1,000 collections', () => {
    expect(parse(syncs({ end: run.start })).syncs).toHaveLength(2);
    expect(parse({ batchId: 'b1', syncs: Array(1_000).fill(run) }).syncs).toHaveLength(1_000);
    const collections = Array(1_000).fill({ name: 'tracks', rows: 1 });
    expect(parse(syncs({ collections })).syncs[1]?.collections).toHaveLength(1_000);
  });
});

describe('samples are taken', () => {
  test('with request and response as text, at a step that discards', () => {
    const more = { mapping: 'map_1', eventName: 'Order', request: { a: [1, null] }, response: 'busy' };
    expect(parse({ batchId: 'b1', samples: [{ ...sample, ...more }] }).samples).toEqual([
      {
        series: { ...place, destination: 'crm', mapping: 'map_1' },
        at: at('25T11:59:40'),
        step: 'failed_delivery',
        reason: '429',
        eventName: 'Order',
        request: '{"a":[1,null]}',
        response: 'busy',
      },
    ]);
  });

  test('without them, and of the source', () => {
    const { destination: _, ...atSource } = sample;
    const taken = parse({ batchId: 'b1', samples: [{ ...atSource, step: 'failed_on_ingest' }] }).samples;
    expect(taken).toMatchObject([{ series: { ...place, destination: '' }, request: '', response: '', eventName: '' }]);
  });

  test.each([
    ['null', null, 'null'],
    ['a number', 12, '12'],
    ['an empty text', '', ''],
    ['text with what cannot be stored', 'a\u0000b\ud83d c', 'a\uFFFDb\uFFFD c'],
    ['JSON with what cannot be stored', { 'k\u0000': '\ud83d' }, '{"k\\u0000":"\\ud83d"}'],
  ])('with a request that is %s', (_, request, text) => {
    expect(parse(samples({ request })).samples[1]?.request).toBe(text);
  });

  test('with any request and response: what comes out can be stored, masked or not', () => {
    const hostile = fc.oneof(
      fc.jsonValue({ stringUnit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\u0000', '\ud800', '\udc00', '😀', '{', '"', '\\', 'a'), maxLength: 40 }),
      fc
        .nat(3)
        .map((n) => `${'x'.repeat(n)}${'😀'.repeat(6_000)}`)
        .chain((text) => fc.constantFrom<unknown>(text, Array(5).fill(text))),
    );
    fc.assert(
      fc.property(hostile, hostile, (request, response) => {
        const [, taken] = parse(samples({ request, response })).samples;
        if (!taken) throw new Error('a sample was lost');
        for (const { request: sent, response: answered } of [taken, masked(taken)]) {
          for (const text of [sent, answered]) expect(text).not.toContain('\u0000');
          for (const text of [sent, answered]) expect(text).not.toMatch(halfACharacter);
        }
        expect(masked(taken).request.length).toBeLessThanOrEqual(8_193);
      }),
    );
  });
});

describe('a batch is refused whole', () => {
  test.each<[what: string, body: unknown, code: ErrorCode, path: string]>([
    ['a run that ended before it began', syncs({ end: '2026-11-25T10:04:59Z' }), 'bad_time', '/syncs/1/end'],
    ['a run that has not begun', syncs({ start: '2026-11-25T12:30:00Z', end: undefined }), 'in_future', '/syncs/1/start'],
    ['a run that ends tomorrow', syncs({ end: '2026-11-26T12:00:00Z' }), 'in_future', '/syncs/1/end'],
    ['a run of long ago', syncs({ start: '2026-10-01T00:00:00Z' }), 'too_old', '/syncs/1/start'],
    ['a start without a zone', syncs({ start: '2026-11-25T10:05:00' }), 'bad_time', '/syncs/1/start'],
    ['no start', syncs({ start: undefined }), 'bad_time', '/syncs/1/start'],
    ['an end that is no time', syncs({ end: null }), 'bad_time', '/syncs/1/end'],
    ['an unknown status', syncs({ status: 'running' }), 'invalid', '/syncs/1/status'],
    ['no status', syncs({ status: undefined }), 'invalid', '/syncs/1/status'],
    ['a run without an id', syncs({ id: undefined }), 'invalid', '/syncs/1/id'],
    ['a run with an empty id', syncs({ id: '' }), 'bad_text', '/syncs/1/id'],
    ['a run of no destination', syncs({ destination: undefined }), 'invalid', '/syncs/1/destination'],
    ['rows below zero', syncs({ rows: -1 }), 'bad_count', '/syncs/1/rows'],
    ['rows that are no number', syncs({ rows: '12' }), 'bad_count', '/syncs/1/rows'],
    ['a reason that cannot be stored', syncs({ reason: '\ud83d' }), 'bad_text', '/syncs/1/reason'],
    ['an unknown field of a run', syncs({ mapping: 'map_1' }), 'unknown_field', '/syncs/1/mapping'],
    ['1,001 runs', { batchId: 'b1', syncs: Array(1_001).fill(run) }, 'too_many', '/syncs'],
    ['collections that are no list', syncs({ collections: {} }), 'invalid', '/syncs/1/collections'],
    ['1,001 collections', syncs({ collections: Array(1_001).fill({ name: 'x', rows: 1 }) }), 'too_many', '/syncs/1/collections'],
    ['a collection without a name', collection({ name: undefined }), 'invalid', '/syncs/1/collections/0/name'],
    ['a collection without rows', collection({ rows: undefined }), 'bad_count', '/syncs/1/collections/0/rows'],
    ['a collection with half a row', collection({ rows: 1.5 }), 'bad_count', '/syncs/1/collections/0/rows'],
    ['a collection that failed a little', collection({ failed: 'yes' }), 'invalid', '/syncs/1/collections/0/failed'],
    ['an unknown field of a collection', collection({ columns: 3 }), 'unknown_field', '/syncs/1/collections/0/columns'],
    ['a sample where nothing is discarded', samples({ step: 'successful_delivery' }), 'bad_series', '/samples/1/step'],
    ['a sample of what was synced', samples({ step: 'successfully_synced' }), 'bad_series', '/samples/1/step'],
    ['a source’s sample with a destination', samples({ step: 'failed_on_ingest' }), 'bad_series', '/samples/1/destination'],
    ['a destination’s sample without one', samples({ destination: undefined }), 'bad_series', '/samples/1/destination'],
    ['a sample at an unknown step', samples({ step: 'lost' }), 'unknown_step', '/samples/1/step'],
    ['a sample without a reason', samples({ reason: undefined }), 'invalid', '/samples/1/reason'],
    ['a sample from the future', samples({ time: '2026-11-25T12:30:00Z' }), 'in_future', '/samples/1/time'],
    ['a sample of long ago', samples({ time: '2026-10-01T00:00:00Z' }), 'too_old', '/samples/1/time'],
    ['a sample for an audience', samples({ audience: 'vip' }), 'unknown_field', '/samples/1/audience'],
    ['1,001 samples', { batchId: 'b1', samples: Array(1_001).fill(sample) }, 'too_many', '/samples'],
    ['1,001 samples that are all wrong', { batchId: 'b1', samples: Array(1_001).fill(1) }, 'too_many', '/samples'],
  ])('for %s', (_, body, code, path) => {
    expect(refused(body)).toEqual([code, path]);
  });

  test('or taken: nearly right runs and samples never break it otherwise', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, '\ud800', '2026-11-25T11:00:00Z'));
    const broken = (of: object) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(of), 'request', '__proto__'), anything)
        .map(([key, value]) =>
          Object.defineProperty({ ...of }, key, { value, enumerable: true, configurable: true, writable: true }),
        );
    const body = fc.record({ batchId: fc.constant('b1'), syncs: fc.array(broken(run)), samples: fc.array(broken(sample)) });
    fc.assert(
      fc.property(body, (sent) => {
        try {
          parse(sent);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.path).toMatch(/^\/(syncs|samples)\/\d+/);
        }
      }),
    );
  });
});
