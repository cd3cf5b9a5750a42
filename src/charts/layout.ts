import type { FigureStep, PipelineFigure } from '../core/messages/figure.ts';
import { type TextBox, wrap, wrapKeepingShare } from './text.ts';

/** All lengths are logical pixels; the image has twice as many. */
export const width = 900;
export const margin = 28;
const inner = width - 2 * margin;

const tallestBar = 118;
const labelLine = 16;
const reasonLine = 14;
const noteLine = 15;

export interface Column {
  step: FigureStep;
  /** Middle of the column. */
  x: number;
  width: number;
  barWidth: number;
  panelWidth: number;
  labelLines: string[];
  reasonLines: string[];
  bar: BarHeights;
}

/** In pixels from the baseline up: what goes on, a slit, what ends here. Together they are as tall as what came in. */
export interface BarHeights {
  level: number;
  lost: number;
  total: number;
}

/** Where the rows of the figure are, from the top. Rows nobody needs take no room. */
export interface Layout {
  columns: Column[];
  /** Baseline of the last label line; labels of one line stand beside the second line of longer ones. */
  labels: number;
  /** Top of the lane of the pending pill. */
  pendingLane: number;
  baseline: number;
  panels: Panels;
  noteLines: string[];
  /** Baseline of the first line of small print. */
  note: number;
  height: number;
}

/** The row of numbers below the baseline. Offsets are from `top`, the same for all columns so that they can be compared. */
export interface Panels {
  top: number;
  height: number;
  value: number;
  detail: number;
  change: number;
  reason: number;
}

export const labelSize = 13.5;
export const reasonSize = 11.5;
export const panelPadding = 8;
export const noteBox: TextBox = { width: inner, size: 11.5, weight: 400 };

export function layOut(figure: PipelineFigure): Layout {
  const columns = figure.steps.map((step, index) => columnOf(step, index, figure.steps.length));
  const labelRows = Math.max(1, ...columns.map((column) => column.labelLines.length));
  const labels = 112 + (labelRows - 1) * labelLine;
  const pendingLane = labels + 14;
  const barsTop = pendingLane + (figure.pending ? 30 : 0) + (figure.steps.some((step) => step.provisional) ? 20 : 2);
  const baseline = barsTop + tallestBar;
  const panels = panelsOf(columns, baseline + 34);
  const noteLines = wrap(figure.note ?? '', noteBox, 2);
  const bottom = panels.top + panels.height;
  const note = bottom + 26;
  const height = noteLines.length > 0 ? note + (noteLines.length - 1) * noteLine + 20 : bottom + 28;
  return { columns, labels, pendingLane, baseline, panels, noteLines, note, height };
}

function columnOf(step: FigureStep, index: number, count: number): Column {
  const columnWidth = inner / count;
  const panelWidth = Math.min(columnWidth - 10, 190);
  return {
    step,
    x: margin + columnWidth * (index + 0.5),
    width: columnWidth,
    barWidth: Math.min(columnWidth * 0.58, 104),
    panelWidth,
    labelLines: wrap(step.label, { width: columnWidth - 14, size: labelSize, weight: 600 }, 2),
    reasonLines: reasonLinesOf(step, panelWidth),
    bar: barHeights(step),
  };
}

function reasonLinesOf(step: FigureStep, panelWidth: number): string[] {
  // Less than there is: the share is set in semibold, which is wider, and a little apart.
  const box: TextBox = { width: panelWidth - 2 * panelPadding - 6, size: reasonSize, weight: 400 };
  return wrapKeepingShare(step.reason ?? '', box, 2);
}

/** Something is never drawn as nothing: two pixels at least. */
const leastHeight = 2;
/** White between what goes on and what ends here: the two stay apart in grey too, however thin. */
const slit = 1.5;

function barHeights(step: FigureStep): BarHeights {
  const level = exactHeight(step.level);
  // Numbers from two moments may add up to a little more than the tallest bar.
  const lost = Math.min(exactHeight(step.lost), tallestBar - level);
  const least = (step.level > 0 ? leastHeight : 0) + (step.lost > 0 ? leastHeight : 0);
  const between = step.level > 0 && step.lost > 0 ? slit : 0;
  const total = Math.max(level + lost, least + between);
  if (!(step.lost > 0)) return { level: total, lost: 0, total };
  // A thin loss takes its two pixels from the bar below it, so that the next step does not seem to get more than came in.
  const lostShown = Math.min(Math.max(lost - between, leastHeight), total - between - (step.level > 0 ? leastHeight : 0));
  return { level: total - lostShown - between, lost: lostShown, total };
}

/** How tall a part of the tallest bar is, before thin parts are thickened. */
export const exactHeight = (part: number): number => fraction(part) * tallestBar;

export const fraction = (value: number): number => (Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0);

function panelsOf(columns: Column[], top: number): Panels {
  const detail = columns.some(({ step }) => step.detail !== '') ? 17 : 0;
  const change = columns.some(({ step }) => step.change !== '') ? 25 : 0;
  const reasonRows = Math.max(0, ...columns.map((column) => column.reasonLines.length));
  const value = 27;
  const reason = value + detail + change + 31;
  const height = reasonRows > 0 ? reason + (reasonRows - 1) * reasonLine + 11 : value + detail + change + 14;
  return { top, height, value, detail: value + detail, change: value + detail + change, reason };
}

export const lineHeights = { label: labelLine, reason: reasonLine, note: noteLine };
