import type { Span, Text } from '../../core/messages/message.ts';
import { clean, cut, isBlank, plainOf, utc, webAddress, wordsOf } from '../../core/messages/words.ts';

/** Text of one object: `plain_text` is never parsed, `mrkdwn` is ours and escaped. */
export type TextObject =
  | { type: 'plain_text'; text: string; emoji: false }
  /** `verbatim`: nothing that only looks like a link, a name or a channel becomes one. */
  | { type: 'mrkdwn'; text: string; verbatim: true };

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

export const dateShape = (as: 'time' | 'datetime' | 'ago'): string =>
  as === 'time' ? '{time}' : '{date_short_pretty} at {time}';

/** Read in the reader's own zone; what stands after the bar is for clients that cannot. */
function time(iso: string, as: 'time' | 'datetime' | 'ago'): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return mrkdwn(iso);
  return `<!date^${Math.floor(at.getTime() / 1000)}^${dateShape(as)}|${utc(at)}>`;
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
