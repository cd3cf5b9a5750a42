import { renderAsync } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { palette } from '../../src/charts/palette.ts';
import { seriesSvg } from '../../src/charts/series-figure.ts';
import type { SeriesFigure } from '../../src/core/messages/figure.ts';
import { contrast } from './contrast.ts';
import { nasty } from './nasty.ts';
import { overflowing } from './overflow.ts';
import {
  constant,
  crowded,
  dense,
  discards,
  hostile,
  noData,
  one,
  onlyBefore,
  rate,
  seriesSamples,
  ten,
  zero,
} from './series-samples.ts';
import { parseXml } from './xml.ts';

const start = Date.UTC(2025, 10, 24, 10);
const someTime = fc.oneof(
  fc.integer({ min: -2, max: 60 }).map((hours) => new Date(start + hours * 3_600_000).toISOString()),
  fc.constantFrom('', 'never', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'),
);
const someValue = fc.oneof(
  fc.constantFrom(null, 0, 1, -1, 1e308, Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_VALUE),
  fc.double(),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 0, max: 5_000_000 }),
);
const hourly = (count: number): fc.Arbitrary<SeriesFigure['points']> =>
  fc
    .array(someValue, { minLength: count, maxLength: count })
    .map((values) => values.map((value, index) => ({ at: new Date(start + index * 3_600_000).toISOString(), value })));
const anySeries: fc.Arbitrary<SeriesFigure> = fc.record(
  {
    kind: fc.constant('series'),
    title: nasty,
    subtitle: nasty,
    unit: fc.constantFrom('count', 'percent'),
    points: fc.oneof(
      fc.integer({ min: 0, max: 48 }).chain(hourly),
      fc.array(fc.record({ at: fc.oneof(someTime, nasty), value: someValue }), { maxLength: 8 }),
    ),
    before: fc.array(someValue, { maxLength: 60 }),
    labels: fc.record({ now: nasty, before: nasty }),
    provisionalFrom: fc.oneof(someTime, nasty),
    marks: fc.array(fc.record({ at: someTime, label: nasty }), { maxLength: 40 }),
    band: fc.record({ from: someTime, to: someTime, label: nasty }),
    tone: fc.constantFrom('good', 'bad', 'neutral'),
    alt: nasty,
  },
  { requiredKeys: ['kind', 'title', 'subtitle', 'unit', 'points', 'before', 'labels', 'marks', 'tone', 'alt'] },
);

/** Every pair of coordinates in the paths, and every rectangle's corners. */
function outside(source: string): string[] {
  const root = parseXml(source);
  const isInside = (x: number, y: number): boolean => x >= 0 && x <= 900 && y >= 0 && y <= 400;
  const paths = root
    .all('path')
    .flatMap(({ attributes }) =>
      Array.from(
        (attributes.d ?? '').matchAll(/[ML](-?[\d.e+-]+) (-?[\d.e+-]+)/g),
        ([, x, y]) => [Number(x), Number(y)] as const,
      ),
    );
  const corners = root
    .all('rect')
    .flatMap(({ attributes: { x, y, width, height } }) => [
      [Number(x), Number(y)] as const,
      [Number(x) + Number(width), Number(y) + Number(height)] as const,
    ]);
  const dots = root.all('circle').map(({ attributes: { cx, cy } }) => [Number(cx), Number(cy)] as const);
  return [...paths, ...corners, ...dots].filter(([x, y]) => !isInside(x, y)).map((pair) => pair.join(' '));
}

const words = (figure: SeriesFigure): string[] =>
  parseXml(seriesSvg(figure))
    .all('text')
    .map((text) => text.words());
const withBad = (figure: SeriesFigure, tone: SeriesFigure['tone']): SeriesFigure => ({ ...figure, tone });

describe('the SVG of a series figure', () => {
  test.each(Object.entries(seriesSamples))('%s: is well-formed and nothing leaves its box or the card', (_name, figure) => {
    const source = seriesSvg(figure);
    expect(overflowing(source)).toEqual([]);
    expect(outside(source)).toEqual([]);
  });

  test('whatever the words, times and numbers are', () => {
    fc.assert(
      fc.property(anySeries, (figure) => {
        const source = seriesSvg(figure);
        expect(source).not.toMatch(/NaN|Infinity|undefined/);
        expect(overflowing(source)).toEqual([]);
        expect(outside(source)).toEqual([]);
        expect(parseXml(source).names()).toEqual(expect.not.arrayContaining(['script', 'b', 'image', 'a']));
      }),
      { numRuns: 300 },
    );
  });

  test('the renderer takes it, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(anySeries, async (figure) => {
        const image = await renderAsync(seriesSvg(figure), {
          fitTo: { mode: 'width', value: 90 },
          font: { loadSystemFonts: false },
        });
        expect(image.width).toBe(90);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['rate', 'discards', 'crowded'] as const)('looks as agreed: %s', async (name) => {
    await expect(seriesSvg(seriesSamples[name])).toMatchFileSnapshot(`../golden/figures/series-${name}.svg`);
  });

  test('names both lines at their ends, with the last numbers', () => {
    expect(words(discards)).toEqual(expect.arrayContaining(['427', 'this period', '477', 'the period before']));
    expect(words(ten)).not.toContain('the period before');
  });

  test('says the highest where more is unwelcome and the lowest where it is welcome, of what is settled', () => {
    expect(words(discards)).toContain('5,816');
    expect(words(rate)).toContain('92.3 %');
    const falling = { ...discards, points: discards.points.map((point, index) => ({ ...point, value: 1_000 - index })) };
    expect(words(withBad(falling, 'good'))).toContain('979');
    expect(words(withBad(falling, 'bad'))).toContain('1,000');
  });

  test('says so where there is nothing, and marks no extreme where all is the same', () => {
    for (const figure of [noData, onlyBefore]) expect(words(figure)).toContain('No data in this period');
    expect(words(onlyBefore)).toContain('the period before');
    for (const figure of [zero, constant, ten]) expect(words(figure)).not.toContain('No data in this period');
    for (const figure of [zero, constant]) expect(seriesSvg(figure)).not.toContain('<circle');
  });

  test('a point without neighbours is a dot', () => {
    expect(parseXml(seriesSvg(one)).all('circle')).toHaveLength(2);
    // The lonely one and the highest.
    expect(parseXml(seriesSvg(discards)).all('circle')).toHaveLength(2);
  });

  test('provisional only where it is, in words and dashes', () => {
    expect(words(rate).filter((text) => text === 'provisional')).toHaveLength(1);
    const settled = seriesSvg({ ...ten, before: [] });
    expect(settled).not.toMatch(/provisional|stroke-dasharray/);
  });

  test('UTC is named once besides the subtitle', () => {
    for (const figure of [rate, discards, dense]) expect(words(figure).filter((text) => text === 'UTC')).toHaveLength(1);
  });

  test('marks that are close share a flag, and flags do not overlap', () => {
    expect(words(discards)).toEqual(expect.arrayContaining(['consent rule added', '3 changes', 'reverted by @maria']));
    for (const figure of [discards, crowded, hostile]) expect(overlaps(seriesSvg(figure))).toEqual([]);
    fc.assert(
      fc.property(anySeries, (figure) => {
        expect(overlaps(seriesSvg(figure))).toEqual([]);
      }),
    );
  });

  test('tone is colour', () => {
    expect(seriesSvg(withBad(ten, 'bad'))).toContain(palette.loss);
    for (const tone of ['good', 'neutral'] as const) expect(seriesSvg(withBad(ten, tone))).not.toContain(palette.loss);
  });

  test('ten thousand minutes are drawn from no more points than can be seen', () => {
    const points = Array.from({ length: 10_080 }, (_, index) => ({
      at: new Date(start + index * 60_000).toISOString(),
      value: (index * 7_919) % 1_000,
    }));
    expect(seriesSvg({ ...dense, points, before: [] }).length).toBeLessThan(120_000);
  });
});

function overlaps(source: string): string[] {
  const flags = parseXml(source)
    .all('rect')
    .filter(({ attributes }) => attributes.fill === palette.flag)
    .map(({ attributes: { x, y, width } }) => ({ left: Number(x), right: Number(x) + Number(width), row: Number(y) }));
  return flags.flatMap((flag, index) =>
    flags
      .slice(index + 1)
      .filter((other) => other.row === flag.row && other.left < flag.right && flag.left < other.right)
      .map((other) => `${flag.left} ${other.left} ${flag.row}`),
  );
}

describe('contrast', () => {
  test.each([
    [palette.ink, palette.flag],
    [palette.quiet, palette.stretch],
    [palette.lossInk, palette.stretch],
    [palette.arrived, palette.stretch],
  ])('text %s on %s', (ink, paper) => expect(contrast(ink, paper)).toBeGreaterThanOrEqual(4.5));

  test.each([
    [palette.flow, palette.stretch],
    [palette.loss, palette.stretch],
    [palette.rule, palette.stretch],
    [palette.quiet, palette.card],
  ])('shape %s on %s', (ink, paper) => expect(contrast(ink, paper)).toBeGreaterThanOrEqual(3));
});
