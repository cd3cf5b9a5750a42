import { hasKerningRoom, type TextBox, truncate } from './text.ts';

/** Finished SVG source. Only the `svg` tag makes it, so a plain string can never get in unescaped. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type Value = string | number | Markup | readonly Markup[];

/** SVG by hand: markup goes in as it is, numbers rounded, every other string escaped. */
export function svg(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(sourceOf)));
}

export const nothing = new Markup('');

function sourceOf(value: Value): string {
  if (typeof value === 'string') return escapeXml(value);
  // Two decimals are a fiftieth of a pixel at twice the size; -0 would print as "-0".
  if (typeof value === 'number') return String(Math.round(value * 100) / 100 || 0);
  if (value instanceof Markup) return value.source;
  return value.map((markup) => markup.source).join('');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for attribute values. Also drops what XML 1.0 forbids, however escaped, so that no caller can forget to. */
export function escapeXml(text: string): string {
  return text.replace(forbiddenInXml, '').replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const forbiddenInXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export interface TextStyle extends TextBox {
  x: number;
  /** Of the baseline. */
  y: number;
  colour: string;
  anchor?: 'start' | 'middle' | 'end';
  /** The end of the text that is set in semibold. */
  strong?: string;
}

/** One line of text, cut to its box. The box's width is kept in the source, for whoever checks it. */
export function textLine(text: string, style: TextStyle): Markup {
  const words = truncate(text, style);
  if (words === '') return nothing;
  const { x, y, size, weight, colour, anchor = 'start', width } = style;
  // As an attribute the renderer does not know it.
  const kerning = hasKerningRoom(words, style) ? nothing : svg` style="font-kerning:none"`;
  return svg`<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}" data-box="${width}"${kerning}>${withStrongEnd(words, style.strong)}</text>`;
}

/** On top of the space: "HTTP 429 64 %" are two numbers. */
const strongGap = 2;

function withStrongEnd(words: string, strong = ''): Markup {
  if (strong === '' || !words.endsWith(strong)) return svg`${words}`;
  const before = words.slice(0, -strong.length);
  return svg`${before}<tspan font-weight="600"${before === '' ? nothing : svg` dx="${strongGap}"`}>${strong}</tspan>`;
}
