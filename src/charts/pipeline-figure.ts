import type { PipelineFigure } from '../core/messages/figure.ts';
import { bars, definitions } from './bars.ts';
import { header } from './header.ts';
import { type Layout, layOut, lineHeights, margin, noteBox, width } from './layout.ts';
import { palette } from './palette.ts';
import { panels } from './panels.ts';
import { type Markup, svg, textLine } from './svg.ts';

/**
 * The figure as SVG: title and badge, a bar per step joined by the flow, and below them each step's numbers.
 * It brings its own light card, transparent outside the rounded corners, so it reads the same on light and dark pages.
 */
export function pipelineSvg(figure: PipelineFigure): string {
  const layout = layOut(figure);
  const { height } = layout;
  return svg`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter" xml:space="preserve">
${definitions}
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="14" fill="${palette.card}" stroke="${palette.cardEdge}"/>
${header(figure)}
${bars(layout, figure.pending)}
${panels(layout)}
${note(layout)}
</svg>
`.source;
}

function note(layout: Layout): Markup {
  const lines = layout.noteLines.map((line, index) => {
    return textLine(line, { ...noteBox, x: margin, y: layout.note + index * lineHeights.note, colour: palette.quiet });
  });
  return svg`${lines}`;
}
