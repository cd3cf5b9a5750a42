import type { Span, Text } from './message.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const longestGrapheme = 64;

/** What readers see as characters. */
export const graphemes = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

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

/** Nothing that a reader could see. */
export const isBlank = (text: string): boolean => /^[\s\u200B-\u200D\u2060\uFEFF]*$/.test(text);

/** Undefined for everything but http and https. */
export function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** "25 Nov 2026, 11:31 UTC": for readers whose zone nobody knows. */
export const utc = (at: Date): string => `${date.format(at)}, ${at.toISOString().slice(11, 16)} UTC`;

/** What a span says without its marks. */
export const wordsOf = (span: Exclude<Span, { time: string }>): string =>
  typeof span === 'string' ? span : 'strong' in span ? span.strong : 'code' in span ? span.code : span.link;

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
