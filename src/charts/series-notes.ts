import type { SeriesFigure } from '../core/messages/figure.ts';
import { palette } from './palette.ts';
import { written } from './series-ends.ts';
import type { SeriesLayout, Spot } from './series-layout.ts';
import type { SeriesColours } from './series-lines.ts';
import { type Markup, nothing, svg, textLine } from './svg.ts';
import { roomFor } from './text.ts';

const numberSize = 13;
const wordSize = 11.5;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What is written beside the line: the number at its worst point, and what is provisional. */
export function notes(layout: SeriesLayout, figure: SeriesFigure, colours: SeriesColours): Markup {
  const worst = worstSpot(layout, figure.tone);
  const label = worst && worst !== layout.now.findLast((spot) => spot !== null) ? worstLabel(worst, layout, figure) : undefined;
  const dot = worst
    ? svg`<circle cx="${worst.x}" cy="${worst.y}" r="4.5" fill="${colours.line}" stroke="${palette.card}" stroke-width="2"/>`
    : nothing;
  const number = label
    ? svg`${paper(label.box)}${textLine(label.text, { x: middleOf(label.box), y: label.box.bottom - 4, width: label.box.right - label.box.left - 6, size: numberSize, weight: 600, colour: colours.ink, anchor: 'middle' })}`
    : nothing;
  return svg`${provisional(layout, label?.box)}${dot}${number}`;
}

const middleOf = ({ left, right }: Box): number => (left + right) / 2;

const paper = ({ left, right, top, bottom }: Box): Markup =>
  svg`<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" rx="4" fill="${palette.card}" fill-opacity=".86"/>`;

/** The highest where more is unwelcome, the lowest where it is welcome. Numbers that may still change are not judged. */
function worstSpot({ now, settled }: SeriesLayout, tone: SeriesFigure['tone']): Spot | undefined {
  const spots = now.slice(0, settled).filter((spot) => spot !== null);
  const sign = tone === 'good' ? -1 : 1;
  const [first, ...others] = spots;
  if (!first || others.every(({ value }) => value === first.value)) return undefined;
  return others.reduce((worst, spot) => (sign * spot.value > sign * worst.value ? spot : worst), first);
}

function worstLabel(spot: Spot, { plot }: SeriesLayout, { tone, unit }: SeriesFigure): { text: string; box: Box } {
  const text = written(spot.value, unit);
  const half = roomFor(text, numberSize, 600) / 2 + 3;
  const x = Math.max(plot.left + half + 2, Math.min(spot.x, plot.right - half));
  const above = { left: x - half, right: x + half, top: spot.y - 25, bottom: spot.y - 8 };
  const below = { ...above, top: spot.y + 8, bottom: spot.y + 25 };
  const hasRoomAbove = above.top > plot.top - 6;
  const hasRoomBelow = below.bottom < plot.bottom - 2;
  const isAbove = tone === 'good' ? !hasRoomBelow : hasRoomAbove;
  return { text, box: isAbove ? above : below };
}

/** The word beside the dashed part of the line: above it, below it, or else where the plot is empty. */
function provisional({ now, before, plot, settled }: SeriesLayout, taken: Box | undefined): Markup {
  const first = now.slice(settled).find((spot) => spot !== null);
  const last = now.findLast((spot) => spot !== null);
  if (!first || !last) return nothing;
  const boxWidth = roomFor('provisional', wordSize, 500) + 6;
  const from = now[settled - 1]?.x ?? first.x;
  const x = Math.max(plot.left + boxWidth / 2, Math.min((from + last.x) / 2, plot.right - boxWidth / 2));
  const [left, right] = [x - boxWidth / 2, x + boxWidth / 2];
  // One point further on both sides, because the line between two points may cross the word, too.
  const reach = Math.max(8, (plot.right - plot.left) / Math.min(now.length, before.length));
  const near = (spots: (Spot | null)[]): number[] =>
    spots.flatMap((spot) => (spot && spot.x >= left - reach && spot.x <= right + reach ? [spot.y] : []));
  const own = [...near(now), first.y, last.y];
  const lines = [...own, ...near(before)];
  const boxes = [
    Math.min(...own) - 24,
    Math.max(...own) + 8,
    Math.min(...lines) - 24,
    Math.max(...lines) + 8,
    plot.bottom - 20,
    plot.top + 2,
  ]
    .map((top) => ({ left, right, top, bottom: top + 16 }))
    .filter((box) => box.top >= plot.top && box.bottom <= plot.bottom - 2 && !(taken && touches(box, taken)));
  const box = boxes.find(({ top, bottom }) => lines.every((y) => y < top - 2 || y > bottom + 2)) ?? boxes[0];
  if (!box) return nothing;
  const words = { x, y: box.bottom - 4.5, width: boxWidth - 6, size: wordSize, weight: 500, anchor: 'middle' } as const;
  return svg`${paper(box)}${textLine('provisional', { ...words, colour: palette.quiet })}`;
}

const touches = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

export function noData({ now, plot }: SeriesLayout): Markup {
  if (now.some((spot) => spot !== null)) return nothing;
  const text = 'No data in this period';
  const half = roomFor(text, 14, 500) / 2;
  const [x, y] = [(plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2];
  const words = { x, y: y + 5, width: 2 * half, size: 14, weight: 500, anchor: 'middle' } as const;
  return svg`${paper(boxAround(x, y, half + 10))}${textLine(text, { ...words, colour: palette.quiet })}`;
}

const boxAround = (x: number, y: number, half: number): Box => ({ left: x - half, right: x + half, top: y - 14, bottom: y + 14 });
