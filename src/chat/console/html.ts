/** Markup that is safe to send. Only `html` makes it, so text cannot be taken for it. */
class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}
export type Html = Markup;

export type Piece = Html | string | number | false | null | undefined | readonly Piece[];

/** Whatever is put in is escaped, for element content and for quoted attributes alike; Html goes in as it is. */
export const html = (parts: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Markup(parts.map((part, index) => part + put(pieces[index])).join(''));

function put(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'string' || typeof piece === 'number') return escapeText(String(piece));
  if (!piece) return '';
  return piece.map(put).join('');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

const markup = /[&<>"'`]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for; tab and line feed are text
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]|\p{Cs}/gu;
// Marks that reorder the text after them: shown, because a name that reads backwards is a way to deceive.
const reordering = /[\u202a-\u202e\u2066-\u2069]/g;
// Marks that move no other text are common in Arabic and Hebrew; leaving them out is enough.
const directionMarks = /[\u061c\u200e\u200f]/g;

const codePoint = (char: string): string => `[U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`;

/** The one escaping function. */
export const escapeText = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(directionMarks, '')
    .replace(reordering, codePoint)
    .replace(controls, '\ufffd')
    .replace(markup, (char) => entities[char] ?? '');
