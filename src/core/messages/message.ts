import type { Action } from './action-id.ts';
import type { Figure } from './figure.ts';

/**
 * One neutral message: plain data that every adapter renders in its own way. Strings are text from anywhere and inert
 * everywhere; markup exists only as the spans below.
 */
export interface Message {
  /** The first line is the whole story: all that a phone or a screen reader's list shows. */
  title: string;
  tone: Tone;
  blocks: Block[];
}

/** Severity is word and shape first; adapters may add colour. What is neither good nor bad (`info`) bears no mark. */
export type Tone = 'critical' | 'warning' | 'ok' | 'info';
export const toneMark: Record<Exclude<Tone, 'info'>, { shape: string; word: string }> = {
  critical: { shape: '■', word: 'critical' },
  warning: { shape: '▲', word: 'warning' },
  ok: { shape: '✓', word: 'ok' },
};

/** Before a title: "■ critical: ", "▲ warning: ", "✓ "; nothing where there is nothing to say. */
export function tonePrefix(tone: Tone): string {
  if (tone === 'info') return '';
  const { shape, word } = toneMark[tone];
  return tone === 'ok' ? `${shape} ` : `${shape} ${word}: `;
}

export type Span =
  | string
  | { strong: string }
  | { code: string }
  | { link: string; url: string }
  /** Shown in the reader's time zone where the platform can. ISO 8601, UTC. */
  | { time: string; as: 'time' | 'datetime' | 'ago' };
export type Text = string | Span[];

export type Block =
  | { kind: 'text'; text: Text }
  /** Small print. */
  | { kind: 'context'; text: Text }
  /** In a fixed-width font, line by line as it is: for what is told by its place. */
  | { kind: 'code'; text: string }
  | { kind: 'fields'; fields: { label: string; value: Text }[] }
  | { kind: 'table'; caption: string; columns: { label: string; align: 'left' | 'right' }[]; rows: Text[][]; left?: number }
  | { kind: 'figure'; figure: Figure }
  | { kind: 'buttons'; label: string; buttons: Button[] }
  | {
      kind: 'select';
      label: string;
      action: Action;
      options: { label: string; value: string; hint?: string }[];
      selected?: string;
    };

export interface Button {
  label: string;
  action: Action;
  /** The one in force, for toggles: shown as pressed. */
  selected?: boolean;
  /** At most one of a card is the main thing to do; what cannot be taken back is `danger`. */
  style?: 'primary' | 'danger';
}

/** Text without its marks: for notifications, alt text and tests. */
export const plain = (text: Text): string =>
  typeof text === 'string'
    ? text
    : text
        .map((span) => {
          if (typeof span === 'string') return span;
          if ('strong' in span) return span.strong;
          if ('code' in span) return span.code;
          return 'link' in span ? span.link : span.time;
        })
        .join('');

/** A message of one sentence, e.g. an error. */
export const sentence = (title: string, tone: Tone = 'info', blocks: Block[] = []): Message => ({ title, tone, blocks });

/** Its words alone, for a platform that refused the rest. */
export const plainForm = ({ title, tone, blocks }: Message): Message => ({
  title,
  tone,
  blocks: blocks.filter(({ kind }) => kind === 'text' || kind === 'context' || kind === 'code'),
});
