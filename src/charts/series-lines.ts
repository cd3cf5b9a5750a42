import { palette, type Tone } from './palette.ts';
import type { Plot, SeriesLayout, Spot, Track } from './series-layout.ts';
import { type Markup, nothing, svg } from './svg.ts';

export interface SeriesColours {
  line: string;
  ink: string;
}

/** Welcome is blue like what goes on, unwelcome vermilion like what ends: the colours of the other figure. */
export const coloursOf = (tone: Tone): SeriesColours =>
  tone === 'bad' ? { line: palette.loss, ink: palette.lossInk } : { line: palette.flow, ink: palette.arrived };

/** So many points make a broad line a blot. */
const manyPoints = 400;
/** Points per logical pixel (so half as many per real one) that cannot be told apart any more. */
const densest = 4;

export const shading = (line: string, { top, bottom }: Plot): Markup =>
  svg`<defs><linearGradient id="area" gradientUnits="userSpaceOnUse" x1="0" y1="${top}" x2="0" y2="${bottom}"><stop offset="0" stop-color="${line}" stop-opacity=".2"/><stop offset="1" stop-color="${line}" stop-opacity=".04"/></linearGradient></defs>`;

export function areas({ now, plot }: SeriesLayout): Markup {
  const pieces = runsOf(now)
    .filter((run) => run.length > 1)
    .map((run) => svg`${pathOf(run, plot)} V${plot.bottom} H${run[0]?.x ?? 0} Z`);
  return pieces.length > 0 ? svg`<path d="${pieces}" fill="url(#area)"/>` : nothing;
}

/** Thin, grey and dashed. */
export function lineBefore({ before, plot }: SeriesLayout): Markup {
  const runs = runsOf(before);
  const dots = lonely(runs).map(({ x, y }) => svg`<circle cx="${x}" cy="${y}" r="2" fill="${palette.rule}"/>`);
  return svg`${strokes(runs, plot, svg`stroke="${palette.rule}" stroke-width="1.5" stroke-dasharray="3 4"`)}${dots}`;
}

/** Solid as far as it is settled, then in long dashes. */
export function lineNow({ now, plot, settled }: SeriesLayout, { line }: SeriesColours): Markup {
  const isDense = now.length > manyPoints;
  const pen = svg`stroke="${line}" stroke-width="${isDense ? 1.25 : 2.5}" stroke-linejoin="round"`;
  const radius = isDense ? 1.5 : 3.5;
  const runs = runsOf(now);
  const dots = lonely(runs).map(({ x, y, index }) => {
    const isSettled = index < settled;
    return svg`<circle cx="${x}" cy="${y}" r="${radius}" fill="${isSettled ? line : palette.card}" stroke="${line}" stroke-width="${isDense ? 0 : 1.5}"/>`;
  });
  const firm = runs.map((run) => run.filter(({ index }) => index < settled));
  // The way to the first provisional point is provisional too.
  const loose = runs
    .map((run) => run.filter(({ index }) => index >= settled - 1))
    .filter((run) => (run.at(-1)?.index ?? 0) >= settled);
  return svg`${strokes(firm, plot, svg`${pen} stroke-linecap="round"`)}${strokes(loose, plot, svg`${pen} stroke-dasharray="7 5"`)}${dots}`;
}

function strokes(runs: Spot[][], plot: Plot, pen: Markup): Markup {
  const pieces = runs.filter((run) => run.length > 1).map((run) => pathOf(run, plot));
  return pieces.length > 0 ? svg`<path d="${pieces}" fill="none" ${pen}/>` : nothing;
}

/** Neighbours without a gap. */
export function runsOf(track: Track): Spot[][] {
  const runs: Spot[][] = [];
  track.forEach((spot, index) => {
    if (!spot) return;
    if (index > 0 && track[index - 1]) runs.at(-1)?.push(spot);
    else runs.push([spot]);
  });
  return runs;
}

const lonely = (runs: Spot[][]): Spot[] => runs.flatMap((run) => (run.length === 1 ? run : []));

function pathOf(run: Spot[], plot: Plot): Markup {
  const isCrowded = run.length > densest * (plot.right - plot.left);
  return svg`${(isCrowded ? outline(run) : run).map(({ x, y }, index) => (index === 0 ? svg`M${x} ${y}` : svg`L${x} ${y}`))}`;
}

/** The same picture from fewer points: of each pixel the first, the lowest, the highest and the last. */
function outline(run: Spot[]): Spot[] {
  const columns = new Map<number, Spot[]>();
  for (const spot of run) {
    const column = columns.get(Math.floor(spot.x));
    if (column) column.push(spot);
    else columns.set(Math.floor(spot.x), [spot]);
  }
  return Array.from(columns.values()).flatMap((spots) => {
    const lowest = spots.reduce((best, spot) => (spot.y > best.y ? spot : best));
    const highest = spots.reduce((best, spot) => (spot.y < best.y ? spot : best));
    const kept = new Set([spots[0], lowest, highest, spots.at(-1)]);
    return spots.filter((spot) => kept.has(spot));
  });
}
