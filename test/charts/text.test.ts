import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fontFiles } from '../../src/charts/fonts.ts';
import { svg, type TextStyle, textLine } from '../../src/charts/svg.ts';
import { clean, largestSize, measure, missingMark, truncate, wrap, wrapKeepingShare } from '../../src/charts/text.ts';

const box = { width: 112, size: 11.5, weight: 400 } as const;
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 1_024 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
);

/** The width the renderer really draws, by its own account. */
function drawnWidth(text: string, style: Pick<TextStyle, 'width' | 'size' | 'weight'>): number {
  const line = textLine(text, { ...style, x: 0, y: 50, colour: '#000000' });
  const source = svg`<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="100" font-family="Inter" xml:space="preserve">${line}</svg>`;
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' };
  return new Resvg(source.source, { font }).getBBox()?.width ?? 0;
}

describe('measure', () => {
  const words = [
    'Filtered at destination',
    'WWWWWWW',
    'iiiiiii',
    '▲ +4,870.5 %',
    'AVAVToTa.',
    'Ünïcödé',
    'Доставлено → Ωμέγα',
    'NO_MATCHING',
  ];
  test.each(words)('is what the renderer draws: %s', (text) => {
    for (const weight of [400, 500, 600] as const) {
      const measured = measure(text, 20, weight);
      const drawn = drawnWidth(text, { width: measured, size: 20, weight });
      // Ink leaves out the room beside the outer letters.
      expect(drawn).toBeLessThanOrEqual(measured + 0.1);
      expect(drawn).toBeGreaterThan(measured - 6);
    }
  });

  test.each(['W', 'i', '_j', 'j_', '1x', '7x5', 'tv', '_l', 'a 83.5 %', '->', '=>', 'é', '🚀a', '%'])(
    'cut text stays in its box: %s…',
    (unit) => {
      for (const weight of [400, 500, 600] as const) {
        for (const count of [3, 6, 12, 500]) {
          expect(drawnWidth(unit.repeat(count), { width: 112, size: 12, weight })).toBeLessThanOrEqual(112.1);
        }
      }
    },
  );
});

describe('clean', () => {
  test.each([
    ['control characters go', 'a\u0000b\u0007c\u007fd\u009fe', 'abcde'],
    ['line breaks and tabs become a space', 'a\r\n\tb\u2028c', 'a b c'],
    ['direction marks go, the words stay', '\u202eweb\u202c-\u200fprod\u2066', 'web-prod'],
    ['a space that must not break stays', '83\u00a0% 1\u202f000', '83\u00a0% 1\u202f000'],
    ['emoji, families and flags too, are one mark', '🚀🔥 👩‍👩‍👧‍👦🇩🇪 web', `${missingMark} web`],
    ['so are scripts the font lacks', '日本語 の名前 → Warehouse', `${missingMark} → Warehouse`],
    ['and right-to-left ones', 'עברית العربية', missingMark],
    ['and lone surrogates and non-characters', 'a\ud800b\udc00\uffff', `a${missingMark}b${missingMark}`],
    ['styled and wide letters become plain ones', '𝐁𝐨𝐥𝐝 Ｗｉｄｅ', 'Bold Wide'],
    ['an emoji the font has as a sign stays a sign', '⚠️ check', '⚠ check'],
    ['accents stay', 'Zoë Çağrı Ångström', 'Zoë Çağrı Ångström'],
    ['accents split from their letter are joined', 'e\u0301', 'é'],
    ['an x between digits is written as the font draws it', '1920x1080x2 xx', '1920×1080×2 xx'],
    ['a name that contains the mark keeps it', 'a[…]b', 'a[…]b'],
  ])('%s', (_what, text, expected) => expect(clean(text)).toBe(expected));

  test('a letter does not climb out of its line', () => {
    expect(Array.from(clean(`a${'\u0301\u0302\u0303'.repeat(20)}b`)).length).toBeLessThanOrEqual(4);
  });

  test('leaves only characters the font can draw, and is done after one time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = clean(text);
        expect(once).not.toMatch(/[\p{Cc}\p{Cs}\ufffe\uffff]/u);
        expect(clean(once)).toBe(once);
      }),
    );
  });
});

describe('truncate', () => {
  test('what fits stays', () => expect(truncate('HTTP 429', box)).toBe('HTTP 429'));
  test('what does not ends with an ellipsis', () => expect(truncate('W'.repeat(1_024), box)).toMatch(/^W{5,12}…$/));
  test('never cuts a letter from its accent', () => {
    expect(truncate('x\u0323\u0302'.repeat(100), box)).toMatch(/^(?:x\u0323\u0302)+…$/u);
  });
  test('draws nothing where not even the ellipsis fits', () => expect(truncate('abc', { ...box, width: 2 })).toBe(''));

  test('always fits', () => {
    fc.assert(
      fc.property(anyText, fc.double({ min: 0, max: 400, noNaN: true }), (text, width) => {
        expect(measure(truncate(text, { ...box, width }), box.size, box.weight)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('wrap', () => {
  test('labels on two lines', () => {
    expect(wrap('Filtered at destination', { ...box, width: 100 }, 2)).toEqual(['Filtered at', 'destination']);
  });
  test('code names at their joints', () => {
    expect(wrap('NO_MATCHING_MAPPING', box, 2)).toEqual(['NO_MATCHING_', 'MAPPING']);
  });
  test('but not at one that wastes the line', () => {
    expect(wrap('NO_MATCHING_MAPPING', { ...box, width: 84 }, 2)).toEqual(['NO_MATCHIN', 'G_MAPPING']);
  });
  test('nothing for nothing', () => expect(wrap(' \u0000', box, 2)).toEqual([]));

  test('each line fits, and no more lines than asked for', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 300 }), fc.integer({ min: 1, max: 3 }), (text, width, lines) => {
        const wrapped = wrap(text, { ...box, width }, lines);
        expect(wrapped.length).toBeLessThanOrEqual(lines);
        for (const line of wrapped) expect(measure(line, box.size, box.weight)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test.each([
    ['NO_MATCHING_MAPPING 83 %', ['NO_MATCHING_', 'MAPPING 83 %']],
    ['NO_MATCHING_MAPPINGS_FOR_IT 12 %', ['NO_MATCHING_', 'MAPPINGS_… 12 %']],
    ['SNOWFLAKE_WAREHOUSE_SUSPENDED_BY_MONITOR 98.6 %', ['SNOWFLAKE_', 'WAREHOU… 98.6 %']],
    ['A name without a share that is much too long for it', ['A name without a', 'share that is much…']],
  ])('keeps the share: %s', (reason, lines) => expect(wrapKeepingShare(reason, box, 2)).toEqual(lines));
});

test('takes the largest size that fits', () => {
  expect(largestSize('12', [19, 17, 15], 100, 600)).toBe(19);
  expect(largestSize('1,234,567.89', [19, 17, 15], 100, 600)).toBe(15);
  expect(largestSize('W'.repeat(99), [19, 17, 15], 100, 600)).toBe(15);
});
