import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAuditBody } from '../../src/core/audit/audit-body.ts';
import { canonicalJson } from '../../src/core/audit/canonical.ts';
import { keysOf, placedWords, wordsOf } from '../../src/core/audit/words.ts';
import type { UserError } from '../../src/core/errors.ts';

const now = new Date('2026-11-25T10:30:20Z');
const print = (secret: string) => createHmac('sha256', 'a key').update(secret).digest('hex').slice(0, 8);
const eventOf = (some: object = {}) => ({
  id: 'ev-1',
  time: '2026-11-25T10:00:00+01:00',
  actor: { id: 'u-1', email: 'dana@acme.example' },
  action: 'Destination.Disabled',
  resource: { kind: 'Destination', id: 'dst-1', name: 'Amplitude' },
  ...some,
});
const parse = (...events: object[]) => parseAuditBody({ events }, 'main', now, print);
const refusal = (some: object): Pick<UserError, 'code' | 'path'> => {
  try {
    parse(eventOf(), eventOf(some));
  } catch (error) {
    const { code, path } = error as UserError;
    return { code, path };
  }
  throw new Error('was taken');
};

describe('a pushed event', () => {
  test('keeps its own word, is found by the lower-cased one, and says who did it', () => {
    expect(parse(eventOf())).toEqual([
      {
        workspace: 'main',
        provider: 'push',
        via: 'push',
        id: 'ev-1',
        at: new Date('2026-11-25T09:00:00Z'),
        actor: { id: 'u-1', email: 'dana@acme.example', name: '', type: '' },
        action: 'destination.disabled',
        type: 'Destination.Disabled',
        resource: { kind: 'destination', id: 'dst-1', name: 'Amplitude' },
      },
    ]);
  });

  test('shows that a secret changed, and not the secret', () => {
    const [event] = parse(eventOf({ before: { apiKey: 'old-one', on: true }, after: { apiKey: 'new-one', on: true } }));
    expect(event?.before).toEqual({ apiKey: `[masked:${print('"old-one"')}]`, on: true });
    expect(event?.after).toEqual({ apiKey: `[masked:${print('"new-one"')}]`, on: true });
  });

  test('keeps null apart from nothing said', () => {
    const [event] = parse(eventOf({ before: null }));
    expect(event).toHaveProperty('before', null);
    expect(event).not.toHaveProperty('after');
  });

  test.each<[string, object, string, string]>([
    ['no id', { id: undefined }, 'invalid', '/events/1/id'],
    ['an empty id', { id: '' }, 'bad_text', '/events/1/id'],
    ['an id of 10 kB', { id: 'x'.repeat(10_240) }, 'bad_text', '/events/1/id'],
    ['U+0000 in an id', { id: 'a\0' }, 'bad_text', '/events/1/id'],
    ['30 February', { time: '2026-02-30T10:00:00Z' }, 'bad_time', '/events/1/time'],
    ['no zone', { time: '2026-02-03T10:00:00' }, 'bad_time', '/events/1/time'],
    ['a time ahead', { time: '2026-11-25T10:35:21Z' }, 'in_future', '/events/1/time'],
    ['a time long ago', { time: '1999-12-31T23:59:59Z' }, 'too_old', '/events/1/time'],
    ['no actor', { actor: undefined }, 'invalid', '/events/1/actor'],
    ['an actor without id', { actor: { name: 'Dana' } }, 'invalid', '/events/1/actor/id'],
    ['an unknown field', { resuorce: {} }, 'unknown_field', '/events/1/resuorce'],
    ['half a surrogate pair within', { after: { a: ['\ud800'] } }, 'bad_text', '/events/1/after/a/0'],
    ['U+0000 in a key', { after: { a: { 'b\0': 1 } } }, 'bad_text', '/events/1/after/a'],
    ['a number that loses digits', { before: [2 ** 53] }, 'invalid', '/events/1/before/0'],
    ['a number without end', { before: Number.POSITIVE_INFINITY }, 'invalid', '/events/1/before'],
  ])('with %s is refused by its path', (_, some, code, path) => {
    expect(refusal(some)).toEqual({ code, path });
  });

  test('beside a thousand others is one too many', () => {
    expect(parse(...Array.from({ length: 1_000 }, () => eventOf()))).toHaveLength(1_000);
    expect(() => parse(...Array.from({ length: 1_001 }, () => eventOf()))).toThrow('at most 1000');
  });
});

describe('what an event is found by', () => {
  test('its words lie in order, with a gap between two texts', () => {
    const [event] = parse(eventOf({ after: { rule: 'Order Completed' } }));
    const places = new Map(placedWords(event as NonNullable<typeof event>));
    expect(Number(places.get('completed')) - Number(places.get('order'))).toBe(1);
    expect(Number(places.get('order')) - Number(places.get('rule'))).toBe(2);
  });

  test('its keys say the field', () => {
    const [event] = parse(eventOf());
    expect(event && keysOf(event)).toEqual([
      '=au-1',
      '=adana@acme.example',
      '=xdestination.disabled',
      '=kdestination',
      '=rdst-1',
      '=ramplitude',
      '=wmain',
      '=vpush',
    ]);
  });

  test('words are letters and digits of any script', () => {
    expect(wordsOf('Größe: 東京-2 «naïve»')).toEqual(['größe', '東京', '2', 'naïve']);
  });
});

test('canonical JSON does not depend on the order of keys, and is JSON of the same value', () => {
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude02': 4, ö: 1e21, a: -0 })).toBe(
    '{"\\r":2,"1":3,"a":0,"ö":1e+21,"€":1,"😂":4}',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      if (value && typeof value === 'object' && !Array.isArray(value)) {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonicalJson(value));
      }
    }),
  );
});
