import type { SeriesFigure } from '../core/messages/figure.ts';
import { heading } from './header.ts';
import { margin, width } from './layout.ts';
import { palette } from './palette.ts';
import { endLabels } from './series-ends.ts';
import { bandLabel, bandShade, flagMarkup } from './series-flags.ts';
import { axisSize, layOutSeries, type Plot, type SeriesLayout, seriesHeight } from './series-layout.ts';
import { areas, coloursOf, lineBefore, lineNow, shading } from './series-lines.ts';
import { noData, notes } from './series-notes.ts';
import { type Markup, nothing, svg, textLine } from './svg.ts';

/** A line over time on the same card as the other figure: this period, the one before, and what happened meanwhile. */
export function seriesSvg(figure: SeriesFigure): string {
  const layout = layOutSeries(figure);
  const colours = coloursOf(figure.tone);
  const flags = flagMarkup(layout);
  return svg`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${seriesHeight}" viewBox="0 0 ${width} ${seriesHeight}" font-family="Inter" xml:space="preserve">
${shading(colours.line, layout.plot)}
<rect x=".5" y=".5" width="${width - 1}" height="${seriesHeight - 1}" rx="14" fill="${palette.card}" stroke="${palette.cardEdge}"/>
${heading(figure)}
${bandShade(layout)}
${valueAxis(layout)}
${areas(layout)}
${flags.lines}
${timeAxis(layout)}
${lineBefore(layout)}
${lineNow(layout, colours)}
${bandLabel(layout, width - margin)}
${flags.labels}
${endLabels(layout, colours)}
${notes(layout, figure, colours)}
${noData(layout)}
</svg>
`.source;
}

function valueAxis({ values, plot }: SeriesLayout): Markup {
  const grid = values.map(({ y }) => svg`M${plot.left} ${y} H${plot.right}`);
  const style = { x: plot.left - 10, width: plot.left - 10 - margin + 1, size: axisSize, weight: 400, anchor: 'end' } as const;
  const labels = values.map(({ y, label }) => textLine(label, { ...style, y: y + 4.3, colour: palette.quiet }));
  return svg`<path d="${grid}" fill="none" stroke="${palette.hairline}"/>${labels}`;
}

function timeAxis({ times, plot }: SeriesLayout): Markup {
  const ticks = times.map(({ x }) => svg`M${x} ${plot.bottom} v5`);
  const labels = times.map(({ x, label, isDay }) => {
    const look = isDay ? ({ weight: 600, colour: palette.ink } as const) : ({ weight: 400, colour: palette.quiet } as const);
    return textLine(label, { ...look, x, y: plot.bottom + 20, width: 74, size: axisSize, anchor: 'middle' });
  });
  return svg`<path d="M${plot.left} ${plot.bottom} H${plot.right} ${ticks}" fill="none" stroke="${palette.rule}" stroke-width="1.25"/>${labels}${times.length > 0 ? zone(plot) : nothing}`;
}

/** Right of where the last time can reach. */
const zone = ({ right, bottom }: Plot): Markup =>
  textLine('UTC', { x: right + 28, y: bottom + 20, width: 36, size: axisSize, weight: 400, colour: palette.quiet });
