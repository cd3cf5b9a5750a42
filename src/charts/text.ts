import { advancesOf, type Weight } from './fonts.ts';

/** Where a line of text has to fit. */
export interface TextBox {
  width: number;
  size: number;
  weight: Weight;
}

/** Stands for what the font cannot draw: people read it as "something left out here", which an empty box does not say. */
export const missingMark = '[…]';

/** No box of ours is nearly this wide, and text from outside may be. */
const longestText = 2_000;
/** More accents than this on one letter climb into the line above. */
const mostAccents = 2;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const split = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

/**
 * Text as the font can draw it, on one line: no control characters (U+0000 is not even allowed in XML), no invisible ones
 * (direction overrides would turn our own words round), and every run the font has no glyphs for as one mark.
 */
export function clean(text: string): string {
  const oneLine = text
    .slice(0, longestText)
    .replace(/[\p{Zl}\p{Zp}\s]/gu, (space) => (space === '\u00a0' || space === '\u202f' ? space : ' '))
    .replace(/[\p{Cc}\p{Cf}\p{Variation_Selector}]/gu, '');
  const drawn = isPlain(oneLine) ? oneLine : split(oneLine.normalize('NFC')).map(drawable).join('');
  // The font draws an x between digits as the wider ×; so we write one, and measure what is drawn.
  return drawn
    .replace(missingRun, missingMark)
    .replace(/ +/g, ' ')
    .replace(/(?<=\d)x(?=\d)/g, '×')
    .trim();
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** A private character, so that a name which really contains "[…]" keeps it. */
const missing = '\ue000';
const missingRun = /\ue000(?: *\ue000)*/g;

function drawable(grapheme: string): string {
  // Wide and styled letters (Ｄ, 𝐃) have no glyph, their plain form has.
  return withGlyphs(grapheme) ?? withGlyphs(grapheme.normalize('NFKC')) ?? missing;
}

/** The grapheme without accents the font lacks; nothing when its letter is lacking. */
function withGlyphs(grapheme: string): string | undefined {
  const has = advancesOf(400);
  const isDrawable = (character: string): boolean => has.has(character.codePointAt(0) ?? 0);
  const characters = Array.from(grapheme);
  const letters = characters.filter((character) => !/\p{M}/u.test(character));
  if (letters.length === 0 || !letters.every(isDrawable) || letters.includes(missing)) return undefined;
  let accents = 0;
  return characters
    .filter((character) => !/\p{M}/u.test(character) || (isDrawable(character) && ++accents <= mostAccents))
    .join('');
}

/** Width in pixels of cleaned text, without kerning. */
export function measure(text: string, size: number, weight: Weight): number {
  const advances = advancesOf(weight);
  let width = 0;
  for (const character of text) width += advances.get(character.codePointAt(0) ?? 0) ?? 1;
  return width * size;
}

/**
 * The width of a box that shall not cut this text, with the room that kerning may need: it makes most text narrower, but
 * some pairs ("tv") wider.
 */
export const roomFor = (text: string, size: number, weight: Weight): number => kerningRoom * measure(clean(text), size, weight);

const kerningRoom = 1.05;
/** "_j_j" takes the most; no pair without an underscore takes more than the twentieth above. */
const underscoreRoom = 1.13;

/** Whether cleaned text may be kerned: whatever that does, it stays in its box. */
export function hasKerningRoom(text: string, { width, size, weight }: TextBox): boolean {
  // A hair's tolerance, for boxes that were made with just this room.
  return measure(text, size, weight) * (text.includes('_') ? underscoreRoom : kerningRoom) <= width + 0.01;
}

/** The text, or as many whole graphemes as the box takes and an ellipsis. */
export function truncate(text: string, box: TextBox): string {
  const cleaned = clean(text);
  if (measure(cleaned, box.size, box.weight) <= box.width) return cleaned;
  const room = box.width - measure('…', box.size, box.weight);
  const head = headThatFits(cleaned, { ...box, width: room });
  return room < 0 ? '' : `${head.trimEnd()}…`;
}

/** At most `lines` lines; only the last one is ever cut. */
export function wrap(text: string, box: TextBox, lines: number): string[] {
  const wrapped: string[] = [];
  let rest = clean(text);
  while (rest !== '' && wrapped.length < lines - 1) {
    const [line, after] = firstLine(rest, box);
    wrapped.push(line);
    rest = after;
  }
  return rest === '' ? wrapped : [...wrapped, truncate(rest, box)];
}

/**
 * Like wrap, for "NAME 83 %": when the whole is too long the name is cut and its share stays, because the share is what
 * the reader came for.
 */
export function wrapKeepingShare(text: string, box: TextBox, lines: number): string[] {
  const wrapped = wrap(text, box, lines);
  const share = shareOf(clean(text));
  if (share === '' || wrapped.at(-1)?.endsWith(share.trim())) return wrapped;
  const name = clean(text).slice(0, -share.length);
  const before = wrapped.slice(0, -1);
  const rest = before.reduce((left, line) => left.slice(line.length).trimStart(), name);
  return [...before, truncate(rest, { ...box, width: box.width - measure(share, box.size, box.weight) }) + share];
}

/** The " 83 %" at the end of a reason, with the space before it; empty when there is none. */
export const shareOf = (text: string): string => /(?:^|\s)[<≈]?\s?[\d.,]{1,6}\s?%$/.exec(text)?.[0] ?? '';

/** The largest of the sizes (given in falling order) at which the text is not cut; the smallest when it always is. */
export function largestSize(text: string, sizes: readonly [number, ...number[]], width: number, weight: Weight): number {
  const cleaned = clean(text);
  return sizes.find((size) => measure(cleaned, size, weight) <= width) ?? Math.min(...sizes);
}

/** Breaks after a space or a joint of a code name ("NO_MATCHING_" | "MAPPING"), else wherever the line is full. */
function firstLine(text: string, box: TextBox): [line: string, rest: string] {
  if (measure(text, box.size, box.weight) <= box.width) return [text, ''];
  const full = headThatFits(text, box) || (split(text)[0] ?? '');
  const joints = Array.from(text.slice(0, full.length + 2).matchAll(joint), (match) => match.index + match[0].length);
  const isGood = (at: number): boolean => {
    const length = text.slice(0, at).trimEnd().length;
    // A joint far from the end would waste the line: better "NO_MATCHING" | "_MAPPING" than "NO_" | "MATCHI…".
    return length <= full.length && (text[at - 1] === ' ' || length >= full.length / 2);
  };
  const end = joints.findLast(isGood) ?? full.length;
  return [text.slice(0, end).trimEnd(), text.slice(end).trimStart()];
}

const joint = / |[_/:-](?![_/:-])|\.(?=\p{L})/gu;

function headThatFits(text: string, box: TextBox): string {
  let width = 0;
  let head = '';
  for (const { segment } of graphemes.segment(text)) {
    width += measure(segment, box.size, box.weight);
    if (width > box.width) break;
    head += segment;
  }
  return head;
}
