import type { Span, Text } from '../../core/messages/message.ts';
import { clean, cut, isBlank, webAddress, wordsOf } from '../../core/messages/words.ts';

/** Of a text that is cut anyway, so much more than fits is looked at. */
const SLACK = 500;

/** For labels and alt texts, where nothing is markup: one line, `–` for nothing. */
export function label(text: string, limit: number): string {
  const line = clean(text.trimStart().slice(0, limit + SLACK))
    .replaceAll('\n', ' ')
    .trim();
  return isBlank(line) ? '–' : cut(line, limit);
}

/**
 * Text from anywhere as Markdown that shows just that text: no marks, no mentions, no emoji, no links. The one place where this is
 * done; `allowed_mentions` is the second lock on the same door.
 */
export const escaped = (text: string): string =>
  clean(text)
    .replace(/[\\*_~`|[\]<>@]/g, '\\$&')
    // Emoji and bare web addresses.
    .replace(/:(?=\/\/|[\w+~-]+:)/g, '\\:')
    // What means something at the start of a line only: headings, small print, lists.
    .replace(/^(\s*)(#{1,3}(?=\s)|-(?=#)|[-+](?=\s))/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s)/gm, '$1\\$2');

/** Between backticks nothing can be escaped: a look-alike stands for the mark that ends it. */
export const inCode = (text: string): string => clean(text).replaceAll('`', 'ˋ');

const timeStyles = { time: 't', datetime: 'f', ago: 'R' } as const;

/** Discord writes it in the reader's own zone and language. */
function time(iso: string, as: keyof typeof timeStyles): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? escaped(iso) : `<t:${Math.floor(at.getTime() / 1000)}:${timeStyles[as]}>`;
}

/** In angle brackets an address may hold anything but those, and a backslash, which would escape. */
function link(words: string, url: string): string {
  const address = webAddress(url)?.replaceAll('\\', '%5C');
  const shown = escaped(words).replaceAll('\n', ' ');
  return address && !isBlank(words) ? `[${shown}](<${address}>)` : shown;
}

/** Marks hold only around words: blanks at the edges stand outside. */
const marked = (mark: string, text: string, inner: (text: string) => string): string => {
  const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(clean(text)) ?? [];
  return isBlank(words) ? text : `${before}${mark}${inner(words)}${mark}${after}`;
};

function spanOf(span: Span): string {
  if (typeof span === 'string') return escaped(span);
  if ('strong' in span) return marked('**', span.strong, escaped);
  if ('code' in span) return marked('`', span.code, (words) => inCode(words).replaceAll('\n', ' '));
  return 'link' in span ? link(span.link, span.url) : time(span.time, span.as);
}

/** As much of a span as fits; a link or a time is whole or missing. */
function fitSpan(span: Span, limit: number): { shown: string; whole: boolean } {
  const isAtom = typeof span === 'object' && ('time' in span || ('link' in span && webAddress(span.url) !== undefined));
  const raw = typeof span === 'object' && 'time' in span ? '' : wordsOf(span);
  // What is far too long is not even looked at.
  if (raw.length <= limit + SLACK) {
    const shown = spanOf(span);
    if (shown.length <= limit) return { shown, whole: true };
  }
  const words = clean(raw.slice(0, limit + SLACK));
  for (let length = isAtom ? 0 : Math.min(limit, words.length); length > 1; ) {
    const shorter = raw.length > words.length ? cut(`${words}…`, length) : cut(words, length);
    const shown = spanOf(
      typeof span === 'string' || 'link' in span ? shorter : 'strong' in span ? { strong: shorter } : { code: shorter },
    );
    if (shown.length <= limit) return { shown, whole: false };
    length = Math.min(length - 1, Math.floor((length * limit) / shown.length));
  }
  return { shown: '…', whole: false };
}

/** Text as Markdown of at most `limit` units. */
export function markdown(text: Text, limit: number): string {
  let shown = '';
  for (const span of typeof text === 'string' ? [text] : text) {
    const piece = fitSpan(span, limit - 2 - shown.length);
    // Two marked words side by side would share their marks.
    const apart = /[*`]$/.test(shown) && /^[*`]/.test(piece.shown) ? '\u200B' : '';
    shown += apart + piece.shown;
    if (!piece.whole) break;
  }
  return shown;
}
