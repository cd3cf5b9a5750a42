import { palette } from './palette.ts';
import type { SeriesLayout, Stretch } from './series-layout.ts';
import { type Markup, nothing, svg, textLine } from './svg.ts';
import { clean, roomFor } from './text.ts';

/** A row above the plot, for flags or for the name of a stretch. */
export const lane = 22;
const size = 11.5;
const flagHeight = 18;
const padding = 7;
const widest = 190;
const widestBandLabel = 260;
const space = 6;
const rowsOfFlags = 2;
/** Lines closer than this are one to the eye. */
const nearest = 9;

/** One or several marks under one label. Row 0 is nearest to the plot. */
export interface Flag {
  xs: number[];
  label: string;
  left: number;
  width: number;
  row: number;
}

type Group = Pick<Flag, 'xs' | 'label'>;

/** Flags in up to two rows; marks whose flags would not fit beside each other share one: "3 changes". Marks come sorted. */
export function layOutFlags(marks: { x: number; label: string }[], right: number): Flag[] {
  let groups: Group[] = [];
  for (const { x, label } of marks) {
    const last = groups.at(-1);
    if (last && x - (last.xs.at(-1) ?? 0) < nearest) groups = [...groups.slice(0, -1), merged(last, { xs: [x], label })];
    else groups.push({ xs: [x], label: clean(label) });
  }
  let flags = placed(groups, right);
  while (!flags) {
    groups = withNearestMerged(groups);
    flags = placed(groups, right);
  }
  return flags;
}

function merged(one: Group, other: Group): Group {
  const xs = [...one.xs, ...other.xs];
  return { xs, label: `${xs.length} changes` };
}

function withNearestMerged(groups: Group[]): Group[] {
  const gaps = groups.slice(1).map((group, index) => (group.xs[0] ?? 0) - (groups[index]?.xs.at(-1) ?? 0));
  const at = gaps.indexOf(Math.min(...gaps));
  const [one, other] = [groups[at], groups[at + 1]];
  return one && other ? groups.toSpliced(at, 2, merged(one, other)) : groups;
}

/**
 * From right to left, because flags fly to the right: a flag that has to go higher then has its pole left of the lower ones.
 * Undefined when one finds no place.
 */
function placed(groups: Group[], right: number): Flag[] | undefined {
  const flags: Flag[] = [];
  for (const group of groups.toReversed()) {
    const flagWidth = Math.min(roomFor(group.label, size, 500) + 2 * padding, widest);
    const left = Math.min(group.xs[0] ?? 0, right - flagWidth);
    const rows = Array.from({ length: rowsOfFlags }, (_, row) => ({ ...group, left, width: flagWidth, row }));
    const flag = rows.find((flag) => flags.every((other) => isClear(flag, other)));
    if (!flag) return groups.length === 1 ? [{ ...group, left, width: flagWidth, row: 0 }] : undefined;
    flags.unshift(flag);
  }
  return flags;
}

function isClear(flag: Flag, other: Flag): boolean {
  if (flag.row === other.row)
    return flag.left + flag.width + space <= other.left || other.left + other.width + space <= flag.left;
  const [higher, lower] = flag.row > other.row ? [flag, other] : [other, flag];
  const pole = higher.xs[0] ?? 0;
  return pole <= lower.left - space || pole >= lower.left + lower.width + space;
}

/** The lines, and the flags on top; marks that share a flag are joined along the top of the plot. */
export function flagMarkup({ flags, plot, band }: SeriesLayout): { lines: Markup; labels: Markup } {
  const lowest = plot.top - 10 - (band ? lane : 0);
  const lines = flags.map((flag) => {
    const top = flag.label === '' ? plot.top : lowest - flag.row * lane - flagHeight;
    const first = flag.xs[0] ?? 0;
    const last = visiblyApart(flag.xs).at(-1) ?? first;
    const others = visiblyApart(flag.xs).map((x) => svg`M${x} ${plot.top - 4} V${plot.bottom}`);
    const rail = last > first ? svg`M${first} ${plot.top - 4} H${last}` : nothing;
    return svg`<path d="M${first} ${top} V${plot.bottom} ${others} ${rail}" fill="none" stroke="${palette.quiet}"/>`;
  });
  const labels = flags.map(({ label, left, width, row }) => {
    const top = lowest - row * lane - flagHeight;
    const words = { x: left + width / 2, y: top + 13, width: width - 2 * padding, size, weight: 500, anchor: 'middle' } as const;
    if (label === '') return nothing;
    return svg`<rect x="${left}" y="${top}" width="${width}" height="${flagHeight}" rx="2" fill="${palette.flag}" stroke="${palette.quiet}"/>
${textLine(label, { ...words, colour: palette.ink })}`;
  });
  return { lines: svg`${lines}`, labels: svg`${labels}` };
}

/** Thousands of marks are no more lines than there are pixels. */
const visiblyApart = (xs: number[]): number[] => Array.from(new Set(xs.slice(1).map((x) => Math.round(2 * x) / 2)));

export function bandShade({ plot, band }: SeriesLayout): Markup {
  if (!band) return nothing;
  const { left, width } = shown(band);
  return svg`<rect x="${left}" y="${plot.top}" width="${width}" height="${plot.bottom - plot.top}" fill="${palette.stretch}"/>
<rect x="${left}" y="${plot.top - 3}" width="${width}" height="3" fill="${palette.rule}"/>`;
}

/** However short, it is seen. */
const shown = ({ from, to }: Stretch): { left: number; width: number } => ({ left: from, width: Math.max(2, to - from) });

/** Over the stretch, and beside the poles of flags: as near to its middle as there is a place. */
export function bandLabel({ band, flags, plot }: SeriesLayout, right: number): Markup {
  if (!band || clean(band.label) === '') return nothing;
  const labelWidth = Math.min(roomFor(band.label, size, 500) + 8, widestBandLabel);
  const poles = flags.map(({ xs: [pole = 0] }) => pole);
  const middle = (band.from + band.to - labelWidth) / 2;
  const left = [middle, ...poles.flatMap((pole) => [pole + 2, pole - labelWidth - 2])]
    .map((left) => Math.max(plot.left, Math.min(left, right - labelWidth)))
    .filter((left) => left < band.to && left + labelWidth > band.from)
    .filter((left) => poles.every((pole) => pole < left - 1 || pole > left + labelWidth + 1))
    .reduce((best, left) => (Math.abs(left - middle) < Math.abs(best - middle) ? left : best), Number.NEGATIVE_INFINITY);
  return bandName(
    band.label,
    Number.isFinite(left) ? left : Math.max(plot.left, Math.min(middle, right - labelWidth)),
    labelWidth,
    plot.top,
  );
}

function bandName(label: string, left: number, width: number, top: number): Markup {
  const words = { x: left + width / 2, y: top - 10, width: width - 8, size, weight: 500, anchor: 'middle' } as const;
  return svg`<rect x="${left}" y="${top - 22}" width="${width}" height="17" fill="${palette.card}"/>${textLine(label, { ...words, colour: palette.quiet })}`;
}
