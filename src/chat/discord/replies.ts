import { Routes } from 'discord.js';
import { type Message, sentence } from '../../core/messages/message.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { Recent } from '../../core/recent.ts';
import type { Api, SentMessage } from './api.ts';
import { type Body, wordsBody } from './body.ts';
import { CODE, codeOf } from './errors.ts';
import { FLAGS } from './limits.ts';
import type { Reply } from './reply.ts';

/** How long (ms) somebody looks at "is thinking …" before a sentence takes its place. */
const PATIENCE = 20_000;

export interface RepliesOptions {
  api: Api;
  clock: Clock;
  log: Log;
}

/** What is said by an interaction's own token. */
export class Replies {
  readonly #options: RepliesOptions;
  /** By token, the key of what stands in `@original`. */
  readonly #filled = new Recent<string, string>(2_000);
  /** Tokens whose answer this process has deferred. */
  readonly #deferred = new Recent<string, true>(2_000);
  readonly #waiting = new Set<() => void>();

  constructor(options: RepliesOptions) {
    this.#options = options;
  }

  /** "Is thinking …" stands there now. */
  deferred(reply: Reply): void {
    this.#deferred.set(reply.token, true);
  }

  /** The first message takes the place of "is thinking …", or of the card that was pressed; others follow. A repeat of a key changes nothing. */
  async post(reply: Reply, body: Body, key: string): Promise<SentMessage> {
    if (!(await this.#isFree(reply, key))) return this.followUp(reply, body);
    try {
      return await this.edit(reply, body, key);
    } catch (error) {
      // Its reader dismissed it.
      if (codeOf(error) !== CODE.unknownMessage) throw error;
      return this.followUp(reply, body);
    }
  }

  /** Rejects where it was dismissed. */
  async edit(reply: Reply, { body, files }: Body, key: string): Promise<SentMessage> {
    const before = this.#filled.get(reply.token);
    this.#filled.set(reply.token, key);
    try {
      return await this.#options.api.patch(original(reply), { body, files, byRoute: true });
    } catch (error) {
      if (before === undefined) this.#filled.delete(reply.token);
      throw error;
    }
  }

  async followUp({ application, token }: Reply, { body, files }: Body): Promise<SentMessage> {
    const ephemeral = { ...body, flags: body.flags | FLAGS.ephemeral };
    return this.#options.api.post(Routes.webhook(application, token), { body: ephemeral, files, byRoute: true });
  }

  async remove(reply: Reply): Promise<void> {
    await this.#options.api.delete(original(reply), { byRoute: true });
  }

  /** Says something to the one who pressed or typed, and to nobody else. */
  async tell(reply: Reply, message: Message, mark?: string): Promise<void> {
    const body = { body: wordsBody(message, { mark }), files: [] };
    if (reply.original === 'answer') await this.post(reply, body, 'told');
    else await this.followUp(reply, body);
  }

  /** The message whose button was pressed says this from now on. */
  async replace(reply: Reply, message: Message, mark?: string): Promise<void> {
    await this.edit(reply, { body: wordsBody(message, { mark }), files: [] }, 'told');
  }

  /**
   * Answers are owed, and sent by whoever drains the channel, perhaps another process: usually within a second. If nothing came
   * after a while, "is thinking …" gives way to a sentence; the answer still takes its place when it comes.
   */
  watch(reply: Reply): void {
    if (this.#filled.has(reply.token)) return;
    const cancel = this.#options.clock.after(PATIENCE, () => {
      this.#waiting.delete(cancel);
      this.#excuse(reply).catch((error: unknown) => {
        this.#options.log.warn({ error: String(error) }, 'a late answer could not be excused');
      });
    });
    this.#waiting.add(cancel);
  }

  stop(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  async #excuse(reply: Reply): Promise<void> {
    if (this.#filled.has(reply.token) || !(await this.#isThinking(reply))) return;
    const body = wordsBody(sentence('This takes longer than usual. The answer appears here when it is ready.'));
    await this.#options.api.patch(original(reply), { body, byRoute: true });
  }

  async #isFree(reply: Reply, key: string): Promise<boolean> {
    const filled = this.#filled.get(reply.token);
    if (filled !== undefined) return filled === key;
    if (reply.original === 'card' || this.#deferred.has(reply.token)) return true;
    // Deferred by another process, or by one before this: Discord knows whether something stands there.
    return this.#isThinking(reply);
  }

  async #isThinking(reply: Reply): Promise<boolean> {
    const { flags } = await this.#options.api.get<SentMessage>(original(reply), { byRoute: true });
    return (flags & FLAGS.loading) !== 0;
  }
}

const original = ({ application, token }: Reply) => Routes.webhookMessage(application, token, '@original');
