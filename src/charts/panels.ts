import { type Column, fraction, type Layout, lineHeights, type Panels, panelPadding, reasonSize } from './layout.ts';
import { palette, tones } from './palette.ts';
import { type Markup, nothing, svg, textLine } from './svg.ts';
import { clean, largestSize, roomFor, shareOf } from './text.ts';

const changeSize = 12;
const chipHeight = 19;
/** The widest stem, for a step where everything ends. */
const widestArrow = 26;

/** Below the baseline: each step's numbers in one row, and for every discard the arrow that leads out of the flow. */
export function panels({ columns, baseline, panels }: Layout): Markup {
  return svg`${columns.map((column) => panel(column, baseline, panels))}`;
}

function panel(column: Column, baseline: number, place: Panels): Markup {
  const frame = column.step.role === 'discard' ? dropFrame(column, baseline, place) : nothing;
  return svg`${frame}${numbers(column, place)}${reason(column, place)}`;
}

function dropFrame(column: Column, baseline: number, { top, height }: Panels): Markup {
  const { x, panelWidth, bar, step } = column;
  const { fill, edge, edgeWidth } = frameStyle(column);
  const frame = svg`<rect x="${x - panelWidth / 2}" y="${top}" width="${panelWidth}" height="${height}" rx="9" fill="${fill}" stroke="${edge}" stroke-width="${edgeWidth}"/>`;
  return bar.lost > 0 ? svg`${frame}${arrow(x, baseline + 3, top - 2, fraction(step.lost))}` : frame;
}

/** Losses are part of every day; only one that got worse has a heavy frame. */
function frameStyle({ step, bar }: Column): { fill: string; edge: string; edgeWidth: number } {
  if (step.changeTone === 'bad') return { fill: palette.lossPanel, edge: palette.loss, edgeWidth: 2 };
  if (bar.lost > 0) return { fill: palette.lossPanel, edge: palette.lossEdge, edgeWidth: 1 };
  return { fill: palette.panel, edge: palette.cardEdge, edgeWidth: 1 };
}

function arrow(x: number, from: number, to: number, lost: number): Markup {
  const stem = (3 + (widestArrow - 3) * lost) / 2;
  const head = stem + 5.5;
  const neck = to - 12;
  return svg`<path d="M${x - stem} ${from} H${x + stem} V${neck} H${x + head} L${x} ${to} L${x - head} ${neck} H${x - stem} Z" fill="${palette.loss}"/>`;
}

function numbers({ step, x, panelWidth, bar }: Column, place: Panels): Markup {
  const line = { x, width: panelWidth - 2 * panelPadding, anchor: 'middle' } as const;
  const size = largestSize(step.value, [19, 17, 15], line.width, 600);
  const colour = step.role === 'discard' && bar.lost > 0 ? palette.lossInk : palette.ink;
  return svg`${textLine(step.value, { ...line, y: place.top + place.value, size, weight: 600, colour })}
${textLine(step.detail, { ...line, y: place.top + place.detail, size: 12, weight: 400, colour: palette.quiet })}
${clean(step.change) === '' ? nothing : change(step, x, line.width, place.top + place.change)}`;
}

/** An unwelcome change is white on a filled chip, so that it stands out in grey too; the others are plain words. */
function change(step: Column['step'], x: number, widest: number, y: number): Markup {
  const { ink, edge } = tones[step.changeTone];
  const isBad = step.changeTone === 'bad';
  const chipWidth = Math.min(widest, roomFor(step.change, changeSize, 600) + 14);
  const chip = svg`<rect x="${x - chipWidth / 2}" y="${y - chipHeight + 5.2}" width="${chipWidth}" height="${chipHeight}" rx="${chipHeight / 2}" fill="${edge}"/>`;
  const words = { x, y, width: isBad ? chipWidth - 14 : widest, size: changeSize, weight: 600, anchor: 'middle' } as const;
  return svg`${isBad ? chip : nothing}${textLine(step.change, { ...words, colour: isBad ? palette.card : ink })}`;
}

function reason({ reasonLines, x, panelWidth, step }: Column, place: Panels): Markup {
  if (reasonLines.length === 0) return nothing;
  const half = panelWidth / 2 - panelPadding;
  const rule = place.top + place.reason - 18;
  const colour = step.role === 'discard' ? palette.lossInk : palette.quiet;
  const lines = reasonLines.map((line, index) => {
    const y = place.top + place.reason + index * lineHeights.reason;
    return textLine(line, {
      x,
      y,
      width: 2 * half,
      size: reasonSize,
      weight: 400,
      colour,
      anchor: 'middle',
      strong: shareOf(line),
    });
  });
  return svg`<path d="M${x - half} ${rule} H${x + half}" stroke="${palette.hairline}"/>${lines}`;
}
