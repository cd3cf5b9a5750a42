import { createHash } from 'node:crypto';
import { Routes } from 'discord.js';
import type { Message } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import { SendError } from '../../core/messages/send-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Seal } from '../../core/ports/seal.ts';
import { Recent } from '../../core/recent.ts';
import type { Api, SentMessage } from './api.ts';
import { type Body, type BodyOptions, messageBody } from './body.ts';
import { CODE, codeOf, hasEnded, sendError } from './errors.ts';
import { messageId, readMessageId } from './message-id.ts';
import type { Replies } from './replies.ts';
import { openReply, type Reply } from './reply.ts';
import { Threads } from './threads.ts';

export interface SenderOptions {
  api: Api;
  replies: Replies;
  draw: Draw;
  clock: Clock;
  log: Log;
  seal: Seal;
  link: string | undefined;
  /** A sentence that names what we may not do in a channel. */
  missingIn(channel: string): string;
}

/** Discord takes 25 characters; the same ones within some minutes give one message. */
const nonceOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 25);

/** Posts and edits, each in the one way that Discord has for its place. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #threads: Threads;
  /** Attachments of our messages, by file name: an edit keeps those that it still shows. */
  readonly #attached = new Recent<string, ReadonlyMap<string, string>>(500);
  /** Messages that were deleted by somebody and posted anew: the new one, by our id of the old. */
  readonly #anew = new Recent<string, string>(500);

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#threads = new Threads(options.api);
  }

  async post(place: Place, message: Message, key: string): Promise<string> {
    return this.#mapped(place, async () => {
      if (place.person === undefined) return this.#postPublic(place, message, key);
      return place.channel === '' ? this.#postDirect(place, message, key) : this.#postPrivate(place, message, key);
    });
  }

  async edit(place: Place, externalId: string, message: Message): Promise<void> {
    await this.#mapped(place, async () => {
      const shownAs = this.#anew.get(externalId) ?? externalId;
      const shown = readMessageId(shownAs);
      if (!shown) throw new SendError('message', `There is no message ${externalId} to edit.`);
      if (shown.channel === undefined) return this.#editPrivate(place, shownAs, message);
      try {
        return await this.#editAt({ channel: shown.channel, id: shown.id }, shownAs, message);
      } catch (error) {
        if (codeOf(error) !== CODE.unknownMessage) throw error;
        const key = `again ${shownAs}`;
        const anew = place.person === undefined ? this.#postPublic(place, message, key) : this.#postDirect(place, message, key);
        this.#anew.set(externalId, await anew);
        return shownAs;
      }
    });
  }

  async #postPublic(place: Place, message: Message, key: string): Promise<string> {
    const channel = await this.#threads.channelFor(place, message);
    try {
      return await this.#create(channel, message, key);
    } catch (error) {
      if (channel === place.channel) throw error;
      const code = codeOf(error);
      // A thread that is gone or locked: what it would have said is said beside it.
      if (code === CODE.unknownChannel || code === CODE.threadLocked) return this.#create(place.channel, message, key);
      if (code !== CODE.archived) throw error;
      await this.#threads.wake(channel);
      return this.#create(channel, message, key);
    }
  }

  async #postDirect(place: Place, message: Message, key: string): Promise<string> {
    const reply = this.#replyOf(place);
    if (reply) {
      try {
        return await this.#answer(reply, message, key);
      } catch (error) {
        if (!hasEnded(error)) throw error;
      }
    }
    const recipient = place.person?.split(':')[1] ?? '';
    const { id } = await this.#options.api.post<{ id: string }>(Routes.userChannels(), { body: { recipient_id: recipient } });
    return this.#create(id, message, key);
  }

  async #postPrivate(place: Place, message: Message, key: string): Promise<string> {
    const reply = this.#replyOf(place);
    if (!reply) throw new SendError('ended', 'Discord lets me answer for 15 minutes only.');
    return this.#answer(reply, message, key);
  }

  async #editPrivate(place: Place, shownAs: string, message: Message): Promise<string> {
    const reply = this.#replyOf(place);
    if (!reply) throw new SendError('ended', 'Discord lets me answer for 15 minutes only.');
    const { replies } = this.#options;
    const kept = reply.card === undefined ? undefined : this.#attached.get(`~/${reply.card}`);
    try {
      return await this.#withPictures({ kept }, message, (body) => replies.edit(reply, body, shownAs));
    } catch (error) {
      // Its reader dismissed it.
      if (codeOf(error) !== CODE.unknownMessage) throw error;
      return this.#withPictures({}, message, (body) => replies.followUp(reply, body));
    }
  }

  #answer(reply: Reply, message: Message, key: string): Promise<string> {
    return this.#withPictures({}, message, (body) => this.#options.replies.post(reply, body, key));
  }

  #create(channel: string, message: Message, key: string): Promise<string> {
    return this.#withPictures({}, message, ({ body, files }) => {
      const once = { nonce: nonceOf(key), enforce_nonce: true };
      return this.#options.api.post<SentMessage>(Routes.channelMessages(channel), { body: { ...body, ...once }, files });
    });
  }

  async #editAt({ channel, id }: { channel: string; id: string }, shownAs: string, message: Message): Promise<string> {
    const patch = () =>
      this.#withPictures({ kept: this.#attached.get(shownAs) }, message, ({ body, files }) =>
        this.#options.api.patch<SentMessage>(Routes.channelMessage(channel, id), { body, files }),
      );
    try {
      return await patch();
    } catch (error) {
      if (codeOf(error) !== CODE.archived) throw error;
      await this.#threads.wake(channel);
      return patch();
    }
  }

  /** Where pictures may not be sent, their words are: better than a closed channel. */
  async #withPictures(options: BodyOptions, message: Message, send: (body: Body) => Promise<SentMessage>): Promise<string> {
    const body = (more: BodyOptions) => messageBody(message, this.#options, { link: this.#options.link, ...options, ...more });
    const first = await body({});
    const sent = await send(first).catch(async (error: unknown) => {
      if (codeOf(error) !== CODE.noPermission || first.files.length === 0) throw error;
      return send(await body({ withoutPictures: true }));
    });
    const id = messageId(sent);
    this.#attached.set(id, new Map(sent.attachments.map((file) => [file.filename, file.id])));
    return id;
  }

  #replyOf({ reply }: Place): Reply | undefined {
    return openReply(this.#options.seal, reply, this.#options.clock.now());
  }

  async #mapped(place: Place, send: () => Promise<string>): Promise<string> {
    try {
      return await send();
    } catch (error) {
      throw sendError(error, () => this.#options.missingIn(place.channel));
    }
  }
}
