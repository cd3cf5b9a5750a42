import type { ConsoleEntry, ConsoleLog } from '../../core/ports/chat.ts';
import { channelUrl, renderEntry } from './entry.ts';
import { type Html, html, type Piece } from './html.ts';
import type { RenderContext } from './render.ts';
import { REPLIES, renderThread } from './thread.ts';

export interface Stretch {
  html: Html;
  /** Newest message of every channel that the reader may see: what unread marks are told from. */
  newest: Record<string, number>;
}

/** What the log holds for one account, as the inside of a page's message list. */
export class History {
  readonly #log: ConsoleLog;
  readonly #channels: readonly { name: string }[];
  readonly #figureOf: RenderContext['figure'];

  constructor(log: ConsoleLog, channels: readonly { name: string }[], figureOf: RenderContext['figure']) {
    this.#log = log;
    this.#channels = channels;
    this.#figureOf = figureOf;
  }

  async read(account: string, channel: string, count: number, before?: number): Promise<Stretch> {
    const [list, newest] = await Promise.all([
      this.#list(account, channel, count, before),
      this.#log.newest(
        this.#channels.map(({ name }) => name),
        account,
      ),
    ]);
    return { html: html`${list}`, newest };
  }

  /** One entry that this account may see. */
  async entry(account: string, id: number): Promise<Html | undefined> {
    const entry = Number.isSafeInteger(id) ? await this.#log.entry(id) : undefined;
    return entry && [null, account].includes(entry.person) ? renderEntry(entry, this.#figureOf) : undefined;
  }

  async #list(account: string, channel: string, count: number, before?: number): Promise<Piece> {
    // One more than is shown tells whether there are earlier ones; of replies too.
    const entries = await this.#log.list(channel, account, count + 1, before);
    const shown = entries.slice(-count);
    const [first] = shown;
    if (!first) return renderEmpty(channel);
    const ids = shown.map(({ id }) => id);
    const threads = byThread(await this.#log.replies(channel, ids, account, REPLIES + 1));
    const list = shown.map((entry) => {
      const replies = threads.get(entry.id);
      return [renderEntry(entry, this.#figureOf), replies && renderThread(entry.id, replies, this.#figureOf)];
    });
    return [entries.length > count && renderEarlier(channel, first.id), list];
  }
}

function byThread(replies: readonly ConsoleEntry[]): Map<number | null, ConsoleEntry[]> {
  const threads = new Map<number | null, ConsoleEntry[]>();
  for (const reply of replies) threads.set(reply.thread, [...(threads.get(reply.thread) ?? []), reply]);
  return threads;
}

/** Stands above every message (`data-id`), and is replaced when it leads elsewhere (`data-rev`). */
const renderEarlier = (channel: string, before: number): Html =>
  html`<form id="earlier" data-id="0" data-rev="${before}" method="get" action="${channelUrl(channel)}"><button class="outline" name="before" value="${before}" data-focus="earlier">Show earlier</button></form>
`;

const renderEmpty = (channel: string): Html =>
  html`<section id="empty" data-id="0" data-rev="0">
<h2>Nothing in #${channel} yet</h2>
<p>Ask how the pipelines are doing. Only you see the answer, until you post it to the channel.</p>
<form method="post" action="${channelUrl(channel)}"><button class="outline" name="text" value="/pipeline" data-fill="/pipeline ">/pipeline</button></form>
</section>
`;
