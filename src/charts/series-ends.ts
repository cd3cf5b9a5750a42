import { count, percent } from '../core/cards/format.ts';
import type { SeriesFigure } from '../core/messages/figure.ts';
import { margin, width } from './layout.ts';
import { palette } from './palette.ts';
import { compact } from './scale.ts';
import type { Plot, SeriesLayout, Spot, Track } from './series-layout.ts';
import type { SeriesColours } from './series-lines.ts';
import { type Markup, nothing, svg, textLine } from './svg.ts';
import { roomFor, wrap } from './text.ts';

/** What a line says at its end: its last number and its name. */
export interface EndText {
  value: string;
  name: string[];
}

const gap = 14;
const narrowest = 66;
const widestText = 124;
const valueSize = 14;
const nameSize = 12;
const nameLine = 15;
const between = 6;

export function endTexts(values: (number | null)[], name: string, unit: SeriesFigure['unit']): EndText | undefined {
  const last = values.findLast((value) => value !== null);
  if (last === undefined || last === null) return undefined;
  return { value: written(last, unit), name: wrap(name, { width: widestText, size: nameSize, weight: 500 }, 2) };
}

/** Exact, as on the card, as long as people would read it. */
export const written = (value: number, unit: SeriesFigure['unit']): string => {
  if (unit === 'percent') return percent(value);
  return Math.abs(value) < 1e10 ? count(value) : compact(value);
};

export function endWidth(ends: (EndText | undefined)[]): number {
  const widths = ends.flatMap((end) =>
    end ? [roomFor(end.value, valueSize, 600), ...end.name.map((line) => roomFor(line, nameSize, 500))] : [],
  );
  return Math.min(Math.max(narrowest, gap + Math.ceil(Math.max(0, ...widths))), gap + widestText);
}

interface Block extends EndText {
  spot: Spot;
  top: number;
  height: number;
  ink: string;
  line: string;
  valueInk: string;
}

/** Beside the ends of the lines, pushed apart where they would touch; a hook shows which belongs to which. */
export function endLabels({ ends, now, before, plot }: SeriesLayout, colours: SeriesColours): Markup {
  const blocks = [
    blockOf(ends.now, now, { ink: colours.ink, line: colours.line, valueInk: colours.ink }),
    blockOf(ends.before, before, { ink: palette.quiet, line: palette.rule, valueInk: palette.quiet }),
  ].filter((block) => block !== undefined);
  return svg`${pushApart(blocks, plot).map((block) => drawBlock(block, plot))}`;
}

function blockOf(text: EndText | undefined, track: Track, look: Pick<Block, 'ink' | 'line' | 'valueInk'>): Block | undefined {
  const spot = track.findLast((spot) => spot !== null);
  if (!text || !spot) return undefined;
  const height = 16 + nameLine * text.name.length;
  return { ...text, ...look, spot, height, top: spot.y - height / 2 };
}

function pushApart(blocks: Block[], { top, bottom }: Plot): Block[] {
  const [upper, lower] = blocks.sort((a, b) => a.spot.y - b.spot.y);
  if (!upper) return [];
  if (!lower) return [{ ...upper, top: clamp(upper.top, top, bottom - upper.height) }];
  const overlap = Math.max(0, upper.top + upper.height + between - lower.top);
  const upperTop = clamp(upper.top - overlap / 2, top, bottom - upper.height - between - lower.height);
  const lowerTop = clamp(lower.top + overlap / 2, upperTop + upper.height + between, bottom - lower.height);
  return [
    { ...upper, top: upperTop },
    { ...lower, top: lowerTop },
  ];
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(value, most));

function drawBlock({ value, name, spot, top, height, ink, line, valueInk }: Block, plot: Plot): Markup {
  const x = plot.right + gap;
  const box = { x, width: width - margin - x } as const;
  const isAtEnd = plot.right - spot.x < 40;
  const middle = top + height / 2;
  const hook = svg`<path d="M${spot.x + 3} ${spot.y} L${plot.right + 4} ${middle} H${x - 4}" fill="none" stroke="${line}" stroke-width="1"/>`;
  const names = name.map((words, index) =>
    textLine(words, { ...box, y: top + 28 + index * nameLine, size: nameSize, weight: 500, colour: ink }),
  );
  const number = textLine(value, { ...box, y: top + 13, size: valueSize, weight: 600, colour: valueInk });
  return svg`${isAtEnd ? hook : nothing}${number}${names}`;
}
