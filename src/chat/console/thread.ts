import type { ConsoleEntry } from '../../core/ports/chat.ts';
import { renderEntry } from './entry.ts';
import { type Html, html } from './html.ts';
import type { RenderContext } from './render.ts';

/** Of one thread, the newest are shown. */
export const REPLIES = 50;
/** So many stand open; more wait behind their number. */
const OPEN = 3;

/** What stands under an entry. The script puts further replies in, and counts them, in the same words. */
export function renderThread(to: number, replies: readonly ConsoleEntry[], figureOf: RenderContext['figure']): Html {
  const shown = replies.slice(-REPLIES);
  const more = replies.length > shown.length;
  const rev = `${shown.length}.${Math.max(...shown.map(({ id }) => id))}.${Math.max(...shown.map(revOf))}`;
  return html`<details class="thread" id="t${to}" data-id="${to}" data-rev="${rev}"${more && html` data-more="1"`}${shown.length <= OPEN && html` open`}>
<summary><span class="count">${count(shown.length, more)}</span> <span class="latest">${latest(shown.at(-1))}</span></summary>
<div class="replies">
${shown.map((reply) => renderEntry(reply, figureOf))}</div>
</details>
`;
}

const count = (shown: number, more: boolean): string =>
  `${more ? 'More than ' : ''}${shown} ${shown === 1 ? 'reply' : 'replies'}`;

const revOf = ({ editedAt }: ConsoleEntry): number => editedAt?.getTime() ?? 0;

function latest(reply: ConsoleEntry | undefined): string {
  if (!reply) return '';
  return reply.body.kind === 'said' ? reply.body.text : reply.body.message.title;
}
