import type { ConsoleEntry } from '../../core/ports/chat.ts';
import { type Html, html } from './html.ts';
import { type RenderContext, renderMessage } from './render.ts';
import { renderTime } from './spans.ts';

/**
 * One line or card of a channel. The script keeps the article and replaces what is in it: `data-id` orders,
 * `data-rev` tells an older state from a newer one.
 */
export function renderEntry(entry: ConsoleEntry, figureOf: RenderContext['figure']): Html {
  const id = `m${entry.id}`;
  const rev = entry.editedAt?.getTime() ?? 0;
  const initial = [...entry.author][0]?.toUpperCase() ?? '';
  const head = html`<header><span class="avatar" aria-hidden="true">${initial}</span><span class="author">${entry.author}</span> ${renderTime(entry.at, 'stamp')}${entry.editedAt && html` <span class="edited">edited</span>`}${entry.person !== null && html` <span class="private">Only you can see this</span>`}</header>`;
  if (entry.body.kind === 'said') {
    return html`<article class="said" id="${id}" data-id="${entry.id}" data-rev="${rev}" aria-labelledby="${id}-title">
${head}
<p class="line" id="${id}-title">${entry.body.text}</p>
</article>
`;
  }
  const actionsUrl = channelUrl(entry.channel);
  const origin = { mine: entry.person !== null, thread: entry.thread };
  // The picture says of which entry it is: any process can draw it then, also one that has not shown it.
  const figure: RenderContext['figure'] = (one) => {
    const place = figureOf(one);
    return place && { ...place, url: `${place.url}?of=${entry.id}` };
  };
  return html`<article class="answer" id="${id}" data-id="${entry.id}" data-rev="${rev}" aria-labelledby="${id}-title">
${head}
<div class="card">
${renderMessage(entry.body.message, { id, actionsUrl, origin, figure })}</div>
</article>
`;
}

export const channelUrl = (channel: string): string => `/c/${encodeURIComponent(channel)}`;
