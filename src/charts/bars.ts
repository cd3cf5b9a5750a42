import { type Column, exactHeight, type Layout, labelSize, lineHeights, margin, width } from './layout.ts';
import { palette } from './palette.ts';
import { type Markup, nothing, svg, textLine } from './svg.ts';
import { roomFor } from './text.ts';

/** Below this height stripes cannot be seen as stripes, and the plain colour is clearer. */
const lowestHatching = 7;
const corner = 5;
const pendingSize = 11.5;

export const definitions: Markup = svg`<defs><pattern id="loss" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="${palette.lossPale}"/><rect width="3.2" height="7" fill="${palette.loss}"/></pattern></defs>`;

export function bars(layout: Layout, pending: string | undefined): Markup {
  const { columns, baseline } = layout;
  return svg`${columns.slice(1).map((column, index) => band(columns[index] ?? column, column, baseline))}
${columns.map((column) => bar(column, baseline))}
<path d="M${margin} ${baseline} H${width - margin}" stroke="${palette.rule}" stroke-width="1.5"/>
${columns.map((column) => labels(column, layout.labels))}
${columns.map((column) => (column.step.provisional ? provisional(column, baseline) : nothing))}
${pending ? pendingPill(pending, layout) : nothing}${columns.every(isEmpty) ? emptyNotice(baseline) : nothing}`;
}

const isEmpty = ({ bar }: Column): boolean => bar.total === 0;

/** What went on from one column, on its way to the whole of the next (there it splits). */
function band(from: Column, to: Column, baseline: number): Markup {
  if (from.bar.level === 0 && isEmpty(to)) return nothing;
  // Half the line's width lower, so that its upper side is level with the tops of the bars.
  const start = baseline - Math.max(goesOn(from) - 0.75, 0);
  const end = baseline - Math.max(to.bar.total - 0.75, 0);
  const left = from.x + from.barWidth / 2;
  const right = to.x - to.barWidth / 2;
  const middle = (left + right) / 2;
  const edge = svg`M${left} ${start} C${middle} ${start} ${middle} ${end} ${right} ${end}`;
  return svg`<path d="${edge} V${baseline} H${left} Z" fill="${palette.band}"/><path d="${edge}" fill="none" stroke="${palette.bandEdge}" stroke-width="1.5"/>`;
}

/** The exact level where a thin loss is drawn thicker than it is: the flow must not dip and rise again. */
const goesOn = ({ bar, step }: Column): number => Math.max(bar.level, exactHeight(step.level));

function bar(column: Column, baseline: number): Markup {
  if (isEmpty(column)) return emptySlot(column, baseline);
  const { level, lost, total } = column.bar;
  const going = level > 0 ? block(column, baseline - level, level, lost === 0) : nothing;
  const colour = column.step.role === 'last' ? palette.arrived : palette.flow;
  return svg`<g fill="${colour}">${going}</g>${lost > 0 ? lostBlock(column, baseline - total, lost) : nothing}`;
}

function lostBlock(column: Column, top: number, height: number): Markup {
  if (height < lowestHatching) return svg`<g fill="${palette.loss}">${block(column, top, height, true)}</g>`;
  // The outline lies inside the block, so that the block is exactly as tall as its number.
  const half = 0.75;
  const inside = block({ ...column, barWidth: column.barWidth - 2 * half }, top + half, height - 2 * half, true);
  return svg`<g fill="url(#loss)" stroke="${palette.loss}" stroke-width="${2 * half}">${inside}</g>`;
}

function block({ x, barWidth }: Column, top: number, height: number, isRounded: boolean): Markup {
  const radius = isRounded ? Math.min(corner, height) : 0;
  const left = x - barWidth / 2;
  const right = x + barWidth / 2;
  return svg`<path d="M${left} ${top + height} V${top + radius} Q${left} ${top} ${left + radius} ${top} H${right - radius} Q${right} ${top} ${right} ${top + radius} V${top + height} Z"/>`;
}

/** Nothing reached this step: its place is kept, so that it does not look forgotten. */
function emptySlot({ x, barWidth }: Column, baseline: number): Markup {
  return svg`<path d="M${x - barWidth / 2} ${baseline - 1.5} H${x + barWidth / 2}" stroke="${palette.rule}" stroke-width="3"/>`;
}

function emptyNotice(baseline: number): Markup {
  const box = { width: width - 2 * margin, size: 14, weight: 500 } as const;
  return textLine('No events in this period', {
    ...box,
    x: width / 2,
    y: baseline - 52,
    colour: palette.quiet,
    anchor: 'middle',
  });
}

function labels({ labelLines, x, width: columnWidth }: Column, lastBaseline: number): Markup {
  const box = { width: columnWidth - 14, size: labelSize, weight: 600 } as const;
  const lines = labelLines.map((line, index) => {
    const y = lastBaseline - (labelLines.length - 1 - index) * lineHeights.label;
    return textLine(line, { ...box, x, y, colour: palette.ink, anchor: 'middle' });
  });
  return svg`${lines}`;
}

/** The top of the bar may still move: a dashed cap around it, and the word. */
function provisional(column: Column, baseline: number): Markup {
  const half = column.barWidth / 2 + 4;
  const top = baseline - column.bar.total - 4;
  const foot = Math.min(top + 18, baseline);
  const cap = svg`<path d="M${column.x - half} ${foot} V${top + 6} Q${column.x - half} ${top} ${column.x - half + 6} ${top} H${column.x + half - 6} Q${column.x + half} ${top} ${column.x + half} ${top + 6} V${foot}" fill="none" stroke="${palette.quiet}" stroke-width="1.5" stroke-dasharray="4 3"/>`;
  const word = { width: column.width - 6, size: 11, weight: 500, x: column.x, y: top - 5, anchor: 'middle' } as const;
  return svg`${cap}${textLine('provisional', { ...word, colour: palette.quiet })}`;
}

/** Events on hold before the last but one step: a pill above the flow, tied to it by a dashed line. */
function pendingPill(pending: string, { columns, pendingLane, baseline }: Layout): Markup {
  const after = columns[Math.max(1, columns.length - 2)] ?? columns[0];
  if (!after) return nothing;
  const x = columns.length > 1 ? after.x - after.width / 2 : after.x;
  // Half-way between two bars the flow is half-way between their heights.
  const flow = (goesOn(columns[columns.indexOf(after) - 1] ?? after) + after.bar.total) / 2;
  const room = 2 * Math.min(after.width, x - margin);
  const pillWidth = Math.min(roomFor(pending, pendingSize, 500) + 20, room);
  const line = svg`stroke="${palette.quiet}" stroke-width="1.5" stroke-dasharray="4 3"`;
  const words = { x, y: pendingLane + 15.2, width: pillWidth - 20, size: pendingSize, weight: 500, anchor: 'middle' } as const;
  return svg`<path d="M${x} ${pendingLane + 22} V${baseline - flow}" ${line}/>
<rect x="${x - pillWidth / 2}" y="${pendingLane}" width="${pillWidth}" height="22" rx="11" fill="${palette.card}" ${line}/>
${textLine(pending, { ...words, colour: palette.ink })}`;
}
