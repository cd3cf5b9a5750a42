import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import type { AuditTerm } from '../../src/core/audit/query.ts';
import { QueryMistake } from '../../src/core/audit/query-mistake.ts';
import { searchWithin } from '../../src/core/cards/audit-search-card.ts';

const now = new Date('2026-11-25T10:00:00Z');
const read = (text: string, zone?: string) => parseQuery(text, now, zone);
const term = (field: AuditTerm['field'], pattern: string, negated = false): AuditTerm => ({ field, pattern, negated });
const mistake = (text: string): QueryMistake => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof QueryMistake) return error;
    throw error;
  }
  throw new Error(`${text} was understood`);
};

describe('an audit search', () => {
  test('of the manual is understood', () => {
    expect(read('actor:dana action:destination.* kind:filter since:7d until:2026-11-20 -action:user.* "free words"')).toEqual({
      terms: [
        term('actor', 'dana'),
        term('action', 'destination.*'),
        term('kind', 'filter'),
        term('action', 'user.*', true),
        term('word', 'free words'),
      ],
      since: new Date('2026-11-18T10:00:00Z'),
      until: new Date('2026-11-20T00:00:00Z'),
    });
  });

  test.each<[string, AuditTerm[]]>([
    ['', []],
    ['checkout', [term('word', 'checkout')]],
    ['-checkout', [term('word', 'checkout', true)]],
    ['actor:"Dana Doe"', [term('actor', 'Dana Doe')]],
    ['ACTOR:dana', [term('actor', 'dana')]],
    ['"actor:dana"', [term('word', 'actor:dana')]],
    [
      '“free words” «et cetera» „so weiter“ »und so« ”ja”',
      [
        term('word', 'free words'),
        term('word', 'et cetera'),
        term('word', 'so weiter'),
        term('word', 'und so'),
        term('word', 'ja'),
      ],
    ],
    [
      'actor:“Dana Doe” -“no more" «\u00a0order\u00a0»',
      [term('actor', 'Dana Doe'), term('word', 'no more', true), term('word', 'order')],
    ],
    ['"a “b” c" don’t', [term('word', 'a “b” c'), term('word', 'don’t')]],
    ['–actor:dana —Kind:user −via:push', [term('actor', 'dana', true), term('kind', 'user', true), term('via', 'push', true)]],
    // Without a qualifier it may be any dash.
    ['–dana –x:y a–b', [term('word', '–dana'), term('word', '–x:y'), term('word', 'a–b')]],
    ['a-b', [term('word', 'a-b')]],
    ['https://x.example/y', [term('word', 'https://x.example/y')]],
  ])('%s', (text, terms) => {
    expect(read(text)).toEqual({ terms });
  });

  test.each([
    ['on:today', '2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z', 'UTC'],
    ['on:yesterday', '2026-11-23T23:00:00Z', '2026-11-24T23:00:00Z', 'Europe/Berlin'],
    // The day on which clocks go back has 25 hours.
    ['on:2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'Europe/Berlin'],
    ['on:2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'Europe/Berlin'],
    // It is midnight there.
    ['on:today', '2026-11-25T10:00:00Z', '2026-11-26T10:00:00Z', 'Pacific/Kiritimati'],
    ['since:90m until:2026-11-25T09:30+00:00', '2026-11-25T08:30:00Z', '2026-11-25T09:30:00Z', 'UTC'],
    ['since:2026-11-20T10:00 until:2026-11-21', '2026-11-20T10:00:00Z', '2026-11-21T00:00:00Z', 'UTC'],
    ['since:30d since:2d until:1d', '2026-11-23T10:00:00Z', '2026-11-24T10:00:00Z', 'UTC'],
  ])('%s is %s to %s in %s', (text, since, until, zone) => {
    expect(read(text, zone)).toEqual({ terms: [], since: new Date(since), until: new Date(until) });
  });

  test.each([
    ['actor:dana sinc:7d', 'sinc', 'Did you mean since:?'],
    ['actor:dana "open', '"open', 'not closed'],
    ['actor:dana “open', '“open', 'not closed'],
    ['–since:7d', '–since:7d', 'cannot be turned round'],
    ['since:never', 'never', 'not a time'],
    ['on:7d', '7d', 'not a time'],
    ['on:2026-02-30', '2026-02-30', 'not a time'],
    ['since:1d until:7d', 'until:7d', 'ends before it begins'],
    ['actor:', 'actor:', 'needs a value'],
    ['-since:7d', '-since:7d', 'cannot be turned round'],
    ['action:*a*b*c*d*e', '*a*b*c*d*e', 'at most 4 stars'],
    ['a %', '%', 'no letter or digit'],
    [Array.from({ length: 21 }, (_, i) => `w${i}`).join(' '), 'w20', 'at most 20 terms'],
  ])('%s is pointed at', (text, part, message) => {
    const found = mistake(text);
    expect(text.slice(found.at, found.at + found.length)).toBe(part);
    expect(found.message).toContain(message);
    const [line, marks = ''] = found.pointed().split('\n');
    expect(line).toBe(text);
    expect(marks.trim()).toBe('^'.repeat(part.length));
  });

  test('is refused when it is long, or has control characters', () => {
    expect(mistake('x'.repeat(10_000)).message).toContain('at most 1000 characters');
    expect(mistake('a\u0000b')).toMatchObject({ at: 1 });
  });

  test('for another time keeps its other terms as they were typed', () => {
    expect(searchWithin('actor:“Dana since:1h Doe” since:2d –kind:user "on:today"', '7d')).toBe(
      'actor:“Dana since:1h Doe” –kind:user "on:today" since:7d',
    );
  });

  test('of any text is understood, or refused with a sentence that points into it', () => {
    const words = fc.constantFrom(
      'actor:',
      'since:',
      '-',
      '–',
      '"',
      '“',
      '”',
      '«',
      'a',
      ' ',
      '*',
      '7d',
      '2026-11-20',
      ':',
      '😀',
      'ä',
      '\\',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            if (!(error instanceof QueryMistake)) throw error;
            expect(error.at).toBeGreaterThanOrEqual(0);
            expect(error.at).toBeLessThanOrEqual(error.query.length);
            expect(error.message.length).toBeLessThan(300);
          }
        },
      ),
    );
  });
});
