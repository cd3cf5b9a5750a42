import type { ConsoleLog } from '../../core/ports/chat.ts';
import { channelUrl, renderEntry } from './entry.ts';
import type { Figures } from './figures.ts';
import { type Html, html } from './html.ts';

export interface Stretch {
  html: Html;
  /** Newest message of every channel: what unread marks are told from. */
  newest: Record<string, number>;
}

/** What the log holds, as the inside of a page's message list. */
export class History {
  readonly #log: ConsoleLog;
  readonly #channels: readonly { name: string }[];
  readonly #figures: Figures;

  constructor(log: ConsoleLog, channels: readonly { name: string }[], figures: Figures) {
    this.#log = log;
    this.#channels = channels;
    this.#figures = figures;
  }

  async read(channel: string, count: number, before?: number): Promise<Stretch> {
    // One more than is shown tells whether there are earlier ones.
    const entries = await this.#log.list(channel, count + 1, before);
    const shown = entries.slice(-count);
    const first = shown[0];
    const earlier = first && entries.length > count ? renderEarlier(channel, first.id) : '';
    const list = shown.map((entry) => renderEntry(entry, this.#figures.placeOf));
    return { html: html`${earlier}${shown.length > 0 ? list : renderEmpty(channel)}`, newest: await this.#newest() };
  }

  async #newest(): Promise<Record<string, number>> {
    const newest = await Promise.all(
      this.#channels.map(async ({ name }): Promise<[string, number]> => [name, (await this.#log.list(name, 1)).at(-1)?.id ?? 0]),
    );
    return Object.fromEntries(newest);
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
