import type { SeriesFigure } from '../core/messages/figure.ts';
import { margin, width } from './layout.ts';
import { axisPercent, compact, niceTicks, type TimeTick, timeTicks } from './scale.ts';
import { type EndText, endTexts, endWidth } from './series-ends.ts';
import { type Flag, lane, layOutFlags } from './series-flags.ts';
import { measure } from './text.ts';

export const seriesHeight = 400;
export const axisSize = 12;
const plotBottom = 354;
const lanesTop = 84;
const fewestPixelsPerTimeTick = 58;
/** A dated tick of a long period also names the year. */
const fewestPixelsPerYearTick = 90;
/** A count beyond this is a mistake, and arithmetic with it soon is infinite: drawn as no data. */
const largestValue = 1e15;

/** In pixels: points nearer than this are no dashed line, and so much of one is one point then. */
const densestDashes = 1.5;
const averagedOver = 8;

export interface Spot {
  index: number;
  x: number;
  y: number;
  value: number;
}

export type Track = (Spot | null)[];

export interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Stretch {
  from: number;
  to: number;
  label: string;
}

export interface SeriesLayout {
  plot: Plot;
  values: { y: number; label: string }[];
  times: (TimeTick & { x: number })[];
  now: Track;
  before: Track;
  /** The first position that is provisional; the number of points when none is. */
  settled: number;
  ends: { now?: EndText; before?: EndText };
  flags: Flag[];
  /** Right above the plot. */
  band?: Stretch;
}

export function layOutSeries(figure: SeriesFigure): SeriesLayout {
  const now = figure.points.map(({ value }) => drawable(value));
  const before = figure.points.map((_, index) => drawable(figure.before[index] ?? null));
  const ticks = valueTicks([...now, ...before], figure.unit);
  const labels = ticks.map((tick) => tickLabel(tick, ticks, figure.unit));
  const left = margin + Math.ceil(Math.max(0, ...labels.map((label) => measure(label, axisSize, 400)))) + 10;
  const ends = {
    now: endTexts(now, figure.labels.now, figure.unit),
    before: endTexts(before, figure.labels.before, figure.unit),
  };
  const right = width - margin - endWidth([ends.now, ends.before]);
  const axis = timeAxis(figure.points, left, right);
  const flags = layOutFlags(inside(figure.marks, axis), width - margin);
  const band = stretchOf(figure.band, axis);
  const lanes = flags.reduce((most, { row }) => Math.max(most, row + 1), 0) + (band ? 1 : 0);
  const plot = { left, right, top: lanesTop + lanes * lane + 10, bottom: plotBottom };
  const yOf = heightIn(plot, ticks);
  const track = (values: (number | null)[]): Track =>
    values.map((value, index) => (value === null ? null : { index, x: axis.middle(index), y: yOf(value), value }));
  return {
    plot,
    values: ticks.map((tick, index) => ({ y: yOf(tick), label: labels[index] ?? '' })),
    times: axis.ticks,
    now: track(now),
    before: calmed(track(before), (right - left) / before.length),
    settled: axis.firstFrom(figure.provisionalFrom),
    ends,
    flags,
    ...(band ? { band } : {}),
  };
}

const drawable = (value: number | null): number | null => (value !== null && Math.abs(value) <= largestValue ? value : null);

function valueTicks(all: (number | null)[], unit: SeriesFigure['unit']): number[] {
  const known = all.filter((value) => value !== null);
  if (known.length === 0) return [];
  const low = known.reduce((least, value) => Math.min(least, value));
  const high = known.reduce((most, value) => Math.max(most, value));
  // A tenth of air on top, for the number at the highest point.
  if (unit === 'count') return niceTicks(Math.min(0, low), high > 0 ? 1.1 * high : 1, 1);
  const [from, to] = percentRange(low, high);
  // In whole percents where there is room for three of them: 2 or 5 %, but not 2.5 %.
  return niceTicks(from, to, 10 ** Math.floor(Math.log10((to - from) / 3)));
}

/** A high rate is looked at closely, or a dip of two points would not be seen; everything else starts at nothing. */
function percentRange(low: number, high: number): [low: number, high: number] {
  const most = high > 1 ? 1.1 * high : 1;
  if (low <= 0.5) return [Math.min(0, low), Math.min(Math.max(1.1 * high, 0.001), most)];
  const air = Math.max(0.15 * (high - low), 0.01);
  return [low - air, Math.min(high + air, most)];
}

function tickLabel(tick: number, [first = 0, second = 1]: number[], unit: SeriesFigure['unit']): string {
  return unit === 'count' ? compact(tick) : axisPercent(tick, second - first);
}

function heightIn({ top, bottom }: Plot, ticks: number[]): (value: number) => number {
  const low = ticks[0] ?? 0;
  const span = (ticks.at(-1) ?? 1) - low || 1;
  return (value) => bottom - ((value - low) / span) * (bottom - top);
}

/** A dash is longer than the teeth of a dense line and would make specks of it; the period before is shown by its averages. */
function calmed(track: Track, spacing: number): Track {
  if (spacing > densestDashes) return track;
  const size = Math.ceil(averagedOver / spacing);
  return Array.from({ length: Math.ceil(track.length / size) }, (_, index) => {
    const spots = track.slice(index * size, (index + 1) * size).filter((spot) => spot !== null);
    const [first] = spots;
    const mean = (of: (spot: Spot) => number): number => spots.reduce((sum, spot) => sum + of(spot), 0) / spots.length;
    return first ? { index, x: mean(({ x }) => x), y: mean(({ y }) => y), value: mean(({ value }) => value) } : null;
  });
}

interface TimeAxis {
  left: number;
  right: number;
  /** Of a bucket: its value stands for all of it, so it is drawn half-way. */
  middle(index: number): number;
  x(time: number): number;
  ticks: (TimeTick & { x: number })[];
  firstFrom(time: string | undefined): number;
}

/** Buckets are equal, so places are counted and only the ends are read as times; without times there are just no ticks. */
function timeAxis(points: SeriesFigure['points'], left: number, right: number): TimeAxis {
  const count = Math.max(points.length, 1);
  const first = Date.parse(points[0]?.at ?? '');
  const last = Date.parse(points.at(-1)?.at ?? '');
  const bucket = count > 1 ? (last - first) / (count - 1) : 3_600_000;
  // A single point has no known length: half an hour on both sides of it.
  const start = count > 1 ? first : first - bucket / 2;
  const isKnown = Number.isFinite(start) && bucket > 0;
  const x = (time: number): number => left + ((time - start) / (count * bucket)) * (right - left);
  const end = start + count * bucket;
  const pixels = end - start > 300 * 86_400_000 ? fewestPixelsPerYearTick : fewestPixelsPerTimeTick;
  return {
    left,
    right,
    middle: (index) => left + ((index + 0.5) / count) * (right - left),
    x: (time) => (isKnown ? x(time) : Number.NaN),
    ticks: isKnown ? timeTicks(start, end, (right - left) / pixels).map((tick) => ({ ...tick, x: x(tick.at) })) : [],
    firstFrom(time) {
      const index = Math.ceil((Date.parse(time ?? '') - start) / bucket - 1e-6);
      return isKnown && index < points.length ? Math.max(0, index) : points.length;
    },
  };
}

function inside(marks: SeriesFigure['marks'], axis: TimeAxis): { x: number; label: string }[] {
  return marks
    .map(({ at, label }) => ({ x: axis.x(Date.parse(at)), label }))
    .filter(({ x }) => x >= axis.left && x <= axis.right)
    .sort((a, b) => a.x - b.x);
}

function stretchOf(band: SeriesFigure['band'], { x, left, right }: TimeAxis): Stretch | undefined {
  if (!band) return undefined;
  const from = Math.max(left, x(Date.parse(band.from)));
  const to = Math.min(right, x(Date.parse(band.to)));
  return from <= to ? { from, to, label: band.label } : undefined;
}
