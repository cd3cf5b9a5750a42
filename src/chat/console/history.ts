import type { ConsoleLog } from '../../core/ports/chat.ts';
import { channelUrl, renderEntry } from './entry.ts';
import { type Html, html } from './html.ts';
import type { RenderContext } from './render.ts';

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
    const [entries, newest] = await Promise.all([
      // One more than is shown tells whether there are earlier ones.
      this.#log.list(channel, account, count + 1, before),
      this.#log.newest(
        this.#channels.map(({ name }) => name),
        account,
      ),
    ]);
    const shown = entries.slice(-count);
    const first = shown[0];
    const earlier = first && entries.length > count ? renderEarlier(channel, first.id) : '';
    const list = shown.map((entry) => renderEntry(entry, this.#figureOf));
    return { html: html`${earlier}${shown.length > 0 ? list : renderEmpty(channel)}`, newest };
  }
}

/** Stands above every message (`data-id`), and is replaced when it leads elsewhere (`data-rev`). */
const renderEarlier = (channel: string, before: number): Html =>
  html`<form id="earlier" data-id="0" data-rev="${before}" method="get" action="${channelUrl(channel)}"><button class="outline" name="before" value="${before}" data-focus="earlier">Show earlier</button></form>
`;

const renderEmpty = (channel: string): Html =>
  html`<section id="empty" data-id="0" data-rev="0">
<h2>Nothing in #${channel} yet</h2>
<p>Ask how a pipeline is doing, and the answer appears here.</p>
<p><button class="outline" type="button" data-fill="/pipeline ">/pipeline</button></p>
</section>
`;
