import type { PipelineFigure } from '../core/messages/figure.ts';
import { margin, width } from './layout.ts';
import { palette, type Tone, tones } from './palette.ts';
import { type Markup, svg, textLine } from './svg.ts';
import { largestSize, roomFor } from './text.ts';

const badgeTop = 24;
const badgeHeight = 52;
const widestBadge = 330;
const valueSize = 20;
const noteSize = 12;
/** From the badge's left edge to its words: the sign and the room around it. */
const signRoom = 50;
const badgePadding = 14;

export function header(figure: PipelineFigure): Markup {
  const badgeWidth = badgeWidthOf(figure.badge);
  return svg`${heading(figure, width - 2 * margin - badgeWidth - 24)}${badge(figure.badge, badgeWidth)}`;
}

/** Title and subtitle, the same on every figure. */
export function heading({ title, subtitle }: { title: string; subtitle: string }, room = width - 2 * margin): Markup {
  const size = largestSize(title, [22, 20, 18], room, 600);
  const line = { x: margin, width: room };
  return svg`${textLine(title, { ...line, y: 46, size, weight: 600, colour: palette.ink })}${textLine(subtitle, {
    ...line,
    y: 69,
    size: 13,
    weight: 400,
    colour: palette.quiet,
  })}`;
}

function badgeWidthOf({ value, note }: PipelineFigure['badge']): number {
  const words = Math.max(roomFor(value, valueSize, 600), roomFor(note, noteSize, 500));
  return words === 0 ? 0 : Math.min(widestBadge, Math.ceil(signRoom + words + badgePadding));
}

function badge({ value, note, tone }: PipelineFigure['badge'], badgeWidth: number): Markup {
  if (badgeWidth === 0) return svg``;
  const left = width - margin - badgeWidth;
  const { pale, edge, ink } = tones[tone];
  const line = { x: left + signRoom, width: badgeWidth - signRoom - badgePadding, colour: ink };
  return svg`<rect x="${left}" y="${badgeTop}" width="${badgeWidth}" height="${badgeHeight}" rx="12" fill="${pale}" stroke="${edge}" stroke-width="1.5"/>
<g transform="translate(${left + 28} ${badgeTop + badgeHeight / 2})">${signs[tone]}</g>
${textLine(value, { ...line, y: badgeTop + 24, size: valueSize, weight: 600 })}
${textLine(note, { ...line, y: badgeTop + 42, size: noteSize, weight: 500 })}`;
}

/** One outline per tone (disc, triangle, square), so that the tone can be told without colour. Drawn around 0, 0. */
const signs: Record<Tone, Markup> = {
  good: svg`<circle r="12" fill="${tones.good.edge}"/><path d="M-5.5 .5 L-1.5 4.5 L5.5 -4" fill="none" stroke="#FFFFFF" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`,
  bad: svg`<path d="M0 -10.5 L11.5 9.5 H-11.5 Z" fill="${tones.bad.edge}" stroke="${tones.bad.edge}" stroke-width="3" stroke-linejoin="round"/><path d="M0 -4 V2.5" stroke="#FFFFFF" stroke-width="2.4" stroke-linecap="round"/><circle cy="6.6" r="1.5" fill="#FFFFFF"/>`,
  neutral: svg`<rect x="-11" y="-11" width="22" height="22" rx="6" fill="${tones.neutral.edge}"/><path d="M-5 0 H5" stroke="#FFFFFF" stroke-width="2.4" stroke-linecap="round"/>`,
};
