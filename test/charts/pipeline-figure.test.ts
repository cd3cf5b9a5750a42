import { renderAsync } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { palette, tones } from '../../src/charts/palette.ts';
import { pipelineSvg } from '../../src/charts/pipeline-figure.ts';
import type { FigureStep, PipelineFigure } from '../../src/core/messages/figure.ts';
import { contrast } from './contrast.ts';
import { nasty } from './nasty.ts';
import { overflowing } from './overflow.ts';
import { healthy, incident, samples } from './samples.ts';
import { parseXml } from './xml.ts';

const figures = Object.entries(samples);

const part = fc.oneof(fc.double(), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e-9));
const tone = fc.constantFrom('good', 'bad', 'neutral');
const anyStep: fc.Arbitrary<FigureStep> = fc.record(
  {
    label: nasty,
    role: fc.constantFrom('first', 'discard', 'last'),
    level: part,
    lost: part,
    value: nasty,
    detail: nasty,
    change: nasty,
    changeTone: tone,
    reason: nasty,
    provisional: fc.boolean(),
  },
  { requiredKeys: ['label', 'role', 'level', 'lost', 'value', 'detail', 'change', 'changeTone', 'provisional'] },
);
const anyFigure: fc.Arbitrary<PipelineFigure> = fc.record(
  {
    kind: fc.constant('pipeline'),
    title: nasty,
    subtitle: nasty,
    badge: fc.record({ value: nasty, note: nasty, tone }),
    steps: fc.array(anyStep, { maxLength: 9 }),
    pending: nasty,
    note: nasty,
    alt: nasty,
  },
  { requiredKeys: ['kind', 'title', 'subtitle', 'badge', 'steps', 'alt'] },
);

describe('the SVG of a pipeline figure', () => {
  test.each(figures)('%s: is well-formed and no text leaves its box', (_name, figure) => {
    expect(overflowing(pipelineSvg(figure))).toEqual([]);
  });

  test('whatever the words and numbers are', () => {
    fc.assert(
      fc.property(anyFigure, (figure) => {
        const source = pipelineSvg(figure);
        expect(source).not.toMatch(/NaN|Infinity|undefined/);
        expect(overflowing(source)).toEqual([]);
        expect(parseXml(source).names()).toEqual(expect.not.arrayContaining(['script', 'b', 'image', 'a']));
      }),
      { numRuns: 200 },
    );
  });

  test('the renderer takes it, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(anyFigure, async (figure) => {
        // Small and without letters: this asks only whether the source can be read.
        const image = await renderAsync(pipelineSvg(figure), {
          fitTo: { mode: 'width', value: 90 },
          font: { loadSystemFonts: false },
        });
        expect(image.width).toBe(90);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['healthy', 'incident', 'total'] as const)('looks as agreed: %s', async (name) => {
    await expect(pipelineSvg(samples[name])).toMatchFileSnapshot(`../golden/figures/pipeline-${name}.svg`);
  });

  test('a loss is seen however small it is, and no arrow leads out where nothing is lost', () => {
    const tiny = withSteps(healthy, { lost: 1e-9 });
    const none = withSteps(healthy, { lost: 0 });
    const lossPaths = (figure: PipelineFigure): number => pipelineSvg(figure).split(palette.loss).length;
    expect(lossPaths(tiny)).toBeGreaterThan(lossPaths(none));
    expect(lossPaths(none)).toBe(lossPaths(withSteps(healthy, { lost: -1 })));
  });

  test('says what is pending and provisional, and only then', () => {
    expect(pipelineSvg(incident)).toContain('>12.4 K pending retry<');
    expect(pipelineSvg(incident).match(/>provisional</g)).toHaveLength(4);
    expect(pipelineSvg(healthy)).not.toMatch(/pending|provisional|stroke-dasharray/);
  });

  test('the three tones of the badge differ in shape as well as in colour', () => {
    const sign = (tone: 'good' | 'bad' | 'neutral'): string => {
      const source = pipelineSvg({ ...healthy, badge: { ...healthy.badge, tone } });
      return (/<g transform="translate[^>]*>(.*)<\/g>/.exec(source)?.[1] ?? '').replace(/#[0-9A-F]{6}/g, '');
    };
    expect(new Set([sign('good'), sign('bad'), sign('neutral')]).size).toBe(3);
  });
});

function withSteps(figure: PipelineFigure, more: Partial<FigureStep>): PipelineFigure {
  return { ...figure, steps: figure.steps.map((step) => ({ ...step, ...more })) };
}

describe('contrast', () => {
  test.each([
    ...[palette.card, palette.panel, palette.lossPanel].flatMap((paper) =>
      [palette.ink, palette.quiet, palette.lossInk, ...Object.values(tones).map(({ ink }) => ink)].map((ink) => [ink, paper]),
    ),
    ...Object.values(tones).map(({ ink, pale }) => [ink, pale]),
    [palette.card, tones.bad.edge],
  ])('text %s on %s', (ink = '', paper = '') => expect(contrast(ink, paper)).toBeGreaterThanOrEqual(4.5));

  test.each([
    ...[palette.flow, palette.arrived, palette.bandEdge, palette.rule, palette.loss, palette.lossEdge].map((ink) => [
      ink,
      palette.card,
    ]),
    ...Object.values(tones).map(({ edge, pale }) => [edge, pale]),
    [palette.flow, palette.band],
    [palette.loss, palette.lossPale],
  ])('shape %s on %s', (ink = '', paper = '') => expect(contrast(ink, paper)).toBeGreaterThanOrEqual(3));

  test('what ends here is darker than what goes on, for eyes and printers without colour', () => {
    expect(contrast(palette.loss, palette.flow)).toBeGreaterThan(1.4);
    expect(contrast(palette.arrived, palette.flow)).toBeGreaterThan(1.4);
  });
});
