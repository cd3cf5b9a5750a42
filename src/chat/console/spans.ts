import type { Span, Text } from '../../core/messages/message.ts';
import { utc, webAddress } from '../../core/messages/words.ts';
import { type Html, html, type Piece } from './html.ts';

export const renderText = (text: Text): Piece => (typeof text === 'string' ? text : text.map(renderSpan));

function renderSpan(span: Span): Piece {
  if (typeof span === 'string') return span;
  if ('strong' in span) return html`<strong>${span.strong}</strong>`;
  if ('code' in span) return html`<code>${span.code}</code>`;
  if ('time' in span) return renderTime(span.time, span.as);
  const url = webAddress(span.url);
  return url ? html`<a href="${url}" rel="noopener noreferrer" target="_blank">${span.link}</a>` : span.link;
}

/** UTC for readers without scripts; the page's script turns it into the reader's own zone. `stamp` is the shortest that is clear. */
export function renderTime(time: string | Date, as: 'time' | 'datetime' | 'ago' | 'stamp'): Html | string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return String(time);
  return html`<time datetime="${at.toISOString()}" data-as="${as}">${utc(at)}</time>`;
}
