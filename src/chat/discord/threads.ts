import { Routes } from 'discord.js';
import type { Message } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import { Recent } from '../../core/recent.ts';
import type { Api } from './api.ts';
import { CODE, codeOf } from './errors.ts';
import { LIMITS } from './limits.ts';
import { readMessageId } from './message-id.ts';
import { label } from './text.ts';

const ONE_DAY = 1_440;

/** Threads on our own messages, begun once: a thread's id is that of the message it hangs on. */
export class Threads {
  readonly #api: Api;
  readonly #begun = new Recent<string, true>(1_000);

  constructor(api: Api) {
    this.#api = api;
  }

  /** The channel to post into: the thread, or the place's own channel where there can be none. */
  async channelFor({ channel, thread }: Place, message: Message): Promise<string> {
    if (thread === undefined) return channel;
    const parent = readMessageId(thread);
    if (!parent) return thread;
    if (parent.channel === undefined) return channel;
    if (this.#begun.has(parent.id)) return parent.id;
    try {
      await this.#api.post(Routes.threads(parent.channel, parent.id), {
        body: { name: label(message.title, LIMITS.threadName), auto_archive_duration: ONE_DAY },
      });
    } catch (error) {
      const code = codeOf(error);
      // The message stands in a thread itself, or is gone.
      if (code === CODE.notInThisChannel) return parent.channel;
      if (code === CODE.unknownMessage) return channel;
      if (code !== CODE.threadExists) throw error;
    }
    this.#begun.set(parent.id, true);
    return parent.id;
  }

  /** Discord puts a silent thread to sleep; nothing in it can be edited then. */
  async wake(thread: string): Promise<void> {
    await this.#api.patch(Routes.channel(thread), { body: { archived: false } });
  }
}
