import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/audit/event.ts';
import { type Change, diff, linesOf } from '../../src/core/cards/audit-diff.ts';
import { beginningOf, MOST_PAGES, newer, older, pageOf, placeAfter, placeOf } from '../../src/core/cards/audit-pages.ts';
import type { Args } from '../../src/core/commands/command.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
/** Two that have much in common. */
const pair = fc.oneof(
  fc.tuple(json, json),
  fc
    .tuple(fc.array(json, { maxLength: 5 }), fc.array(json, { maxLength: 5 }), fc.array(json, { maxLength: 3 }))
    .map(([head, tail, middle]): [Json, Json] => [
      [...head, ...tail],
      [...head, ...middle, ...tail],
    ]),
  fc.tuple(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json)).map(([a, b]): [Json, Json] => [
    { same: 1, ...a },
    { same: 1, ...b },
  ]),
);

/** The value with the changes made: what the diff promises. */
function applied(value: Json | undefined, changes: readonly Change[]): Json | undefined {
  return changes.reduce((made, change) => change1(made, change, change.path), value);
}

function change1(value: Json | undefined, change: Change, [key, ...rest]: Change['path']): Json | undefined {
  if (key === undefined) {
    if (!('at' in change)) return change.after;
    const list = [...(value as Json[])];
    expect(list.splice(change.at, change.removed.length, ...change.added)).toEqual(change.removed);
    return list;
  }
  const entries = new Map(Object.entries(value as object) as [string, Json][]);
  const next = change1(entries.get(String(key)), change, rest);
  if (next === undefined) entries.delete(String(key));
  else entries.set(String(key), next);
  return Array.isArray(value) ? [...entries.values()] : Object.fromEntries(entries);
}

describe('a diff', () => {
  test('applied to what was before gives what is after', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        expect(applied(before, diff(before, after))).toEqual(after);
      }),
    );
  });

  test('of the same is empty', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(diff(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  test('is lines that cannot be taken for others, and are not long', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        for (const line of linesOf(diff(before, after)).flat()) {
          expect(line).toMatch(/^[+-] [^\n]*$/);
          expect(line).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
        }
      }),
    );
  });

  test('reads like this', () => {
    const before = { on: true, list: ['a', 'b', 'c'], 'odd key': { x: null }, gone: [1], long: 'l'.repeat(500) };
    const after = { on: false, list: ['a', 'c', 'd', 'e'], 'odd key': { x: 0 }, long: 'm'.repeat(500) };
    expect(linesOf(diff(before, after))).toEqual([
      ['- on: true', '+ on: false'],
      ['- list[1]: "b"', '- list[2]: "c"', '+ list[1]: "c"', '+ list[2]: "d"', '+ list[3]: "e"'],
      ['- ["odd key"].x: null', '+ ["odd key"].x: 0'],
      ['- gone: [1]'],
      [expect.stringMatching(/^- long: "l{159} … and 342 more characters$/), expect.stringMatching(/^\+ long: "m+ … and 342/)],
    ]);
    expect(linesOf(diff(JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":2}')))).toEqual([
      ['- __proto__: 1', '+ __proto__: 2'],
    ]);
  });
});

describe('the way through the pages', () => {
  const event = fc.record({
    at: fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
    seq: fc.nat(Number.MAX_SAFE_INTEGER),
    rows: fc.nat(10_000),
  });

  test('goes as far back as it went on, and begins each page where the last one ended', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 20 }),
        fc.dictionary(fc.constantFrom('query', 'seq'), fc.string()),
        (events, args) => {
          let at: Args = args;
          for (const [page, last] of events.entries()) {
            expect(pageOf(at)).toBe(page);
            at = older(at, placeAfter(last, last.rows));
            expect(beginningOf(at)).toEqual(last);
          }
          for (let page = events.length; page > 0; page--) at = newer(at);
          expect(at).toEqual(args);
        },
      ),
    );
  });

  test('is not led astray by what it did not write', () => {
    fc.assert(
      fc.property(fc.string(), (way) => {
        expect(pageOf({ way })).toBeGreaterThanOrEqual(0);
        const before = beginningOf({ way });
        if (before) expect(placeOf(placeAfter(before, before.rows))).toEqual(before);
      }),
    );
    expect(placeOf('2026-11-25~1~1')).toBeUndefined();
    const last = { at: new Date(0), seq: 1 };
    const far = Array.from({ length: 300 }).reduce<Args>((args) => older(args, placeAfter(last, 0)), {});
    expect(pageOf(far)).toBe(MOST_PAGES);
  });
});
