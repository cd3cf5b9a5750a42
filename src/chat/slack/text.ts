import type { Span, Text } from '../../core/messages/message.ts';

/** Text of one object: `plain_text` is never parsed, `mrkdwn` is ours and escaped. */
export type TextObject =
  | { type: 'plain_text'; text: string; emoji: false }
  /** `verbatim`: nothing that only looks like a link, a name or a channel becomes one. */
  | { type: 'mrkdwn'; text: string; verbatim: true };

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const longestGrapheme = 64;

/**
 * At most `limit` UTF-16 units, with an ellipsis where something is missing: cut between what readers see as characters, and at
 * the end of a word where one is near.
 */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = segmenter.segment(text.slice(0, limit + longestGrapheme)).containing(limit - 1)?.index ?? 0;
  // Marks without end on one letter: better a part of it than nothing.
  const whole = end > 0 ? text.slice(0, end) : text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '');
  const lastBlank = whole.search(/\s\S*$/);
  return `${lastBlank > limit * 0.8 ? whole.slice(0, lastBlank) : whole}…`;
}

/** No half characters, no control characters, and none that turn the direction of what we wrote around them. */
export const clean = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/(?!\n)\p{Cc}/gu, ' ');

export const isBlank = (text: string): boolean => text.trim() === '';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** Only these three mean something wherever Slack parses; mentions and links need them. */
export const escaped = (text: string): string => text.replace(/[&<>]/g, (mark) => entities[mark] ?? mark);

/** What formats in mrkdwn cannot be escaped there: its look-alikes format nothing. */
const quiet: Record<string, string> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ', '>': '›' };
const marks = /`|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])|^>/gmu;

/** Text from anywhere as mrkdwn that shows just that text. */
export const mrkdwn = (text: string): string =>
  escaped(
    clean(text)
      .replace(marks, (mark) => quiet[mark] ?? mark)
      // :an_emoji:
      .replace(/:(?=[a-z+-][\w+'-]*:)/gi, '∶'),
  );

const inCode = (text: string): string => escaped(clean(text).replaceAll('`', 'ˋ').replaceAll('\n', ' '));

/** Undefined for everything but http and https. */
export function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const utc = (at: Date): string => `${date.format(at)}, ${at.toISOString().slice(11, 16)} UTC`;

/** Read in the reader's own zone; what stands after the bar is for clients that cannot. */
function time(iso: string, as: 'time' | 'datetime' | 'ago'): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return mrkdwn(iso);
  const shape = as === 'time' ? '{time}' : '{date_short_pretty} at {time}';
  return `<!date^${Math.floor(at.getTime() / 1000)}^${shape}|${utc(at)}>`;
}

const link = (label: string, url: string): string => {
  const address = webAddress(url);
  return address && !isBlank(label)
    ? `<${escaped(address).replaceAll('|', '%7C')}|${mrkdwn(label).replaceAll('\n', ' ')}>`
    : mrkdwn(label);
};

/** Marks hold only around words: blanks at the edges stand outside. */
const marked = (mark: string, text: string, inner: (text: string) => string): string => {
  const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  return words === '' ? text : `${before}${mark}${inner(words)}${mark}${after}`;
};

const wordsOf = (span: Exclude<Span, { time: string }>): string =>
  typeof span === 'string' ? span : 'strong' in span ? span.strong : 'code' in span ? span.code : span.link;

function spanOf(span: Span): string {
  if (typeof span === 'string') return mrkdwn(span);
  if ('strong' in span) return marked('*', span.strong, (words) => mrkdwn(words).replaceAll('\n', ' '));
  if ('code' in span) return marked('`', span.code, inCode);
  return 'link' in span ? link(span.link, span.url) : time(span.time, span.as);
}

/** As much of a span as fits; a link or a time is whole or missing. */
function fitSpan(span: Span, limit: number): string {
  const whole = spanOf(span);
  if (whole.length <= limit) return whole;
  if (typeof span === 'object' && ('time' in span || ('link' in span && webAddress(span.url)))) return '…';
  const words = clean(wordsOf(span));
  for (let length = limit; length > 1; length = Math.floor(length * 0.8)) {
    const shorter = cut(words, length);
    const shown = spanOf(
      typeof span === 'string' || 'link' in span ? shorter : 'strong' in span ? { strong: shorter } : { code: shorter },
    );
    if (shown.length <= limit) return shown;
  }
  return '…';
}

export function mrkdwnOf(text: Text, limit: number): string {
  let shown = '';
  for (const span of typeof text === 'string' ? [text] : text) {
    const piece = fitSpan(span, limit - 1 - shown.length);
    shown += piece;
    if (piece.endsWith('…') && piece !== spanOf(span)) break;
  }
  return shown;
}

/** Text without marks; times in UTC. */
export const plainOf = (text: Text): string =>
  clean(
    typeof text === 'string'
      ? text
      : text
          .map((span) => {
            if (typeof span !== 'object' || !('time' in span)) return wordsOf(span);
            const at = new Date(span.time);
            return Number.isNaN(at.getTime()) ? span.time : utc(at);
          })
          .join(''),
  );

export const plainText = (text: string, limit: number): TextObject => ({
  type: 'plain_text',
  text: cut(clean(text), limit),
  emoji: false,
});

export const markText = (text: string): TextObject => ({ type: 'mrkdwn', text, verbatim: true });

/** Undefined for text that shows nothing, which Slack refuses. */
export function textObject(text: Text, limit: number): TextObject | undefined {
  if (isBlank(plainOf(text))) return undefined;
  const isPlain = typeof text === 'string' || text.every((span) => typeof span === 'string');
  return isPlain ? plainText(plainOf(text), limit) : markText(mrkdwnOf(text, limit));
}
