import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDeliveryBody } from '../../src/core/delivery/delivery-body.ts';
import { stepFacts, steps } from '../../src/core/delivery/steps.ts';
import { DAY, floorTo, MINUTE } from '../../src/core/delivery/time.ts';
import { statusOfCode, UserError } from '../../src/core/errors.ts';
import { NOON } from './samples.ts';

const parse = (body: unknown) => parseDeliveryBody(body, 'main', NOON);

/** Everything but a parsed batch or a UserError is a bug. */
function parsesOrRefuses(body: unknown): void {
  try {
    parse(body);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(statusOfCode[error.code]).toBe(400);
    expect(error.path).toMatch(/^(\/.*)?$/s);
    expect(error.message).not.toBe('');
  }
}

const text = fc
  .string({ minLength: 1, maxLength: 40, unit: 'binary' })
  .filter((value) => !value.includes('\u0000') && Buffer.byteLength(value) <= 1_024);
const time = fc.integer({ min: Number(NOON) - 15 * DAY, max: Number(NOON) + 5 * MINUTE }).map((ms) => new Date(ms));

const count = fc
  .record({
    time,
    step: fc.constantFrom(...steps),
    source: text,
    destination: text,
    parts: fc.record(
      { mapping: text, audience: text, eventType: text, eventName: text, appVersion: text, reason: text },
      { requiredKeys: [] },
    ),
    numbers: fc.tuple(fc.nat(1_000_000_000), fc.nat(1_000_000_000)),
  })
  .map(({ step, destination, parts: { mapping, ...parts }, numbers: [a, b], ...rest }) => ({
    ...rest,
    ...parts,
    ...(stepFacts[step].at === 'source' ? {} : { destination, ...(mapping === undefined ? {} : { mapping }) }),
    step,
    count: Math.max(a, b),
    retried: Math.min(a, b),
  }));
const gauge = fc.record(
  {
    time,
    source: text,
    destination: text,
    mapping: text,
    audience: text,
    metric: text,
    value: fc.double({ min: 0, max: 1e12, noNaN: true }),
  },
  { requiredKeys: ['time', 'metric', 'value'] },
);

const nameOf = (of: { source?: string; destination?: string; mapping?: string; audience?: string }) => ({
  workspace: 'main',
  source: of.source ?? '',
  destination: of.destination ?? '',
  mapping: of.mapping ?? '',
  audience: of.audience ?? '',
});

describe('any body', () => {
  test('that is JSON is taken or refused with a code, never with another error', () => {
    fc.assert(fc.property(fc.jsonValue(), parsesOrRefuses));
  });

  test('that is nearly right is, too', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(Number.NaN, -1, 2 ** 60, '', '\ud800', null, undefined, []));
    const field = fc.constantFrom(
      'time',
      'source',
      'destination',
      'step',
      'reason',
      'count',
      'retried',
      'value',
      '__proto__',
      'x',
    );
    const broken = fc.tuple(fc.oneof(count, gauge), field, anything).map(([item, key, value]) =>
      // As JSON.parse would make it: `__proto__` is a key like any other.
      Object.defineProperty({ ...item, time: item.time.toISOString() }, key, { value, enumerable: true, configurable: true }),
    );
    const body = fc.record(
      { batchId: fc.oneof(text, anything), counts: fc.array(broken), gauges: fc.array(broken), more: anything },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(body, parsesOrRefuses), { numRuns: 500 });
  });

  test('that is right comes back with all it said, text for text', () => {
    const body = fc.record({ batchId: text, counts: fc.array(count), gauges: fc.array(gauge) });
    fc.assert(
      fc.property(body, (sent) => {
        const parsed = parse(JSON.parse(JSON.stringify(sent)));
        expect(parsed).toEqual({
          batchId: sent.batchId,
          counts: sent.counts.map((c) => ({
            series: nameOf(c),
            minute: floorTo(MINUTE, c.time),
            step: c.step,
            eventType: c.eventType ?? '',
            eventName: c.eventName ?? '',
            appVersion: c.appVersion ?? '',
            reason: c.reason ?? '',
            count: c.count,
            retried: c.retried,
          })),
          gauges: sent.gauges.map((g) => ({ series: nameOf(g), at: g.time, metric: g.metric, value: g.value + 0 })),
          resources: [],
          syncs: [],
          samples: [],
        });
      }),
    );
  });
});
