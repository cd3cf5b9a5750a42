import type { Figure, PipelineFigure, SeriesFigure } from '../../core/messages/figure.ts';
import { clean, cut, isBlank } from '../../core/messages/words.ts';
import type { SlackBlock } from './blocks.ts';
import { CHART } from './limits.ts';

/** A figure as Slack's own chart, where its data fits one; Slack draws it itself, so that no picture is needed. */
export function chartOf(figure: Figure): SlackBlock | undefined {
  const drawn = figure.kind === 'pipeline' ? stepsChart(figure) : seriesChart(figure);
  const title = cut(clean(figure.title), CHART.title);
  return drawn && !isBlank(title) ? { type: 'data_visualization', title, chart: drawn } : undefined;
}

function stepsChart({ steps }: PipelineFigure): object | undefined {
  return chart('bar', distinct(steps.map(({ label }) => label)), '% of the first step', [
    ['Events', steps.map(({ level }) => Math.round(level * 1_000) / 10)],
  ]);
}

function seriesChart({ points, before, labels, unit }: SeriesFigure): object | undefined {
  const scale = (value: number): number => (unit === 'percent' ? Math.round(value * 1_000) / 10 : value);
  const values = points.flatMap(({ value }) => (value === null ? [] : [scale(value)]));
  const past = before.flatMap((value) => (value === null ? [] : [scale(value)]));
  // Slack's chart has no gaps: with one it would tell something else.
  if (values.length !== points.length) return undefined;
  const lines: [string, number[]][] = [[labels.now, values]];
  if (past.length === points.length) lines.push([labels.before, past]);
  const times = points.map(({ at }) => at.slice(5, 16).replace('T', ' '));
  return chart('line', times, unit === 'percent' ? '%, UTC' : 'Events, UTC', lines);
}

function chart(type: 'bar' | 'line', categories: string[], yLabel: string, lines: [string, number[]][]): object | undefined {
  const fits = categories.length > 0 && categories.length <= CHART.categories && new Set(categories).size === categories.length;
  const names = lines.map(([name]) => cut(clean(name), CHART.label));
  const drawable = lines.every(([, values]) => values.every(Number.isFinite)) && !names.some(isBlank);
  if (!fits || !drawable || new Set(names).size < names.length) return undefined;
  return {
    type,
    series: lines.map(([, values], line) => ({
      name: names[line],
      data: categories.map((label, at) => ({ label, value: values[at] })),
    })),
    axis_config: { categories, y_label: yLabel },
  };
}

/** Labels as long as Slack takes; numbered where that makes two the same. */
function distinct(labels: readonly string[]): string[] {
  const short = labels.map((label) => cut(isBlank(clean(label)) ? '–' : clean(label), CHART.label - 3));
  return short.map((label, at) => (short.indexOf(label) < at ? `${label} ${at + 1}` : label));
}
