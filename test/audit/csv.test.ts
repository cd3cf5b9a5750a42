import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell, fromCsvCell } from '../../src/core/audit/csv.ts';
import { UserError } from '../../src/core/errors.ts';
import { cursorOf, placeOf } from '../../src/http/audit-cursor.ts';
import { readCsv } from './read-csv.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠', "'", '"', ','), fc.string())
    .map((p) => p.join('')),
);

describe('CSV', () => {
  test('gives every text back, and no cell begins a formula', () => {
    const row = fc.array(nasty, { minLength: 1 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const text = rows.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
        const read = readCsv(text);
        expect(read.map((cells) => cells.map(fromCsvCell))).toEqual(rows);
        for (const cell of read.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/);
      }),
    );
  });
});

describe('a cursor', () => {
  const sign = (text: string) => createHmac('sha256', 'a key').update(text).digest('hex');
  const place = fc.record({ at: fc.date({ min: new Date(0), noInvalidDate: true }), seq: fc.maxSafeNat() });
  const fits = place.filter(({ at }) => Number(at) < 1e15);

  test('gives its place back for its search, and for no other', () => {
    fc.assert(
      fc.property(fits, nasty, nasty, (at, search, other) => {
        const cursor = cursorOf(at, search, sign);
        expect(placeOf(cursor, search, sign)).toEqual(at);
        if (search !== other) expect(() => placeOf(cursor, other, sign)).toThrow(UserError);
      }),
    );
  });

  test('that somebody else made is refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nasty,
          fc.base64String(),
          fits.map((at) => cursorOf(at, '', () => 'abc')),
        ),
        (cursor) => {
          expect(() => placeOf(cursor, '', sign)).toThrow(UserError);
        },
      ),
    );
  });
});
