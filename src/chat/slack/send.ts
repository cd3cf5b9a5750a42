import { randomUUID } from 'node:crypto';
import type { webApi } from '@slack/bolt';
import type { Message } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import { SendError } from '../../core/messages/send-error.ts';
import { sendError } from './errors.ts';
import type { Pace } from './pace.ts';
import { spotId, spotOf, threadTs, userOf } from './places.ts';
import type { Rendered } from './render.ts';
import type { Replies, Reply } from './replies.ts';
import { figuresOf, type Show } from './show.ts';

export interface SendParts {
  client: webApi.WebClient;
  replies: Replies;
  show: Show;
  pace: Pace;
  /** As people invite us. */
  botName(): string;
}

const quiet = { unfurl_links: false, unfurl_media: false } as const;

/** What only one person sees has no id at Slack. */
const privateId = (): string => `private:${randomUUID()}`;

export class Sender {
  readonly #parts: SendParts;

  constructor(parts: SendParts) {
    this.#parts = parts;
  }

  async post(place: Place, message: Message, key: string): Promise<string> {
    const { person, channel } = place;
    if (person === undefined) return this.#say(channel, place, message, key);
    const reply = this.#parts.replies.open(place.reply);
    if (reply) {
      try {
        return await this.#answer(reply, place, message);
      } catch (error) {
        if (!(error instanceof SendError) || error.kind !== 'ended') throw error;
      }
    }
    if (channel === '') return this.#say(userOf(person), place, message, key);
    return this.#whisper(channel, userOf(person), place, message);
  }

  async edit(place: Place, externalId: string, message: Message): Promise<void> {
    const { replies, show } = this.#parts;
    const spot = spotOf(externalId);
    if (spot) {
      const update = (charts: boolean) => this.#change(spot, message, charts);
      await show.revise(externalId, message, () => update(false), update);
      return;
    }
    const reply = replies.open(place.reply);
    if (reply?.of !== 'own') throw new SendError('ended', 'The permission to change this card has run out.');
    const replace = (charts: boolean) => show.send(message, (rendered) => replies.replace(reply, content(rendered)), { charts });
    await show.revise(externalId, message, () => replace(false), replace);
  }

  /** A message that Slack keeps: for everyone in the channel, or in somebody's direct messages. */
  async #say(channel: string, place: Place, message: Message, key: string): Promise<string> {
    const { show, pace } = this.#parts;
    const thread = threadTs(place);
    const metadata = { event_type: 'pipewarden_post', event_payload: { key } };
    const sent = await pace.send('post', channel, () =>
      show.send(message, (rendered) =>
        this.#call((client) =>
          client.chat.postMessage({
            channel,
            ...content(rendered),
            ...quiet,
            metadata,
            ...(thread ? { thread_ts: thread } : {}),
          }),
        ),
      ),
    );
    const spot = { channel: sent.channel ?? channel, ts: sent.ts ?? '' };
    const id = spotId({ ...spot, ...(thread ? { parent: thread } : {}) });
    show.follow(id, message, (charts) => this.#change(spot, message, charts));
    return id;
  }

  #change({ channel, ts }: { channel: string; ts: string }, message: Message, charts: boolean): Promise<unknown> {
    const { show, pace } = this.#parts;
    const update = (rendered: Rendered) => this.#call((client) => client.chat.update({ channel, ts, ...content(rendered) }));
    return pace.send('update', channel, () => show.send(message, update, { charts }));
  }

  /** Through the permission that a command or click gave. Slack lets nobody change such an answer: its pictures are waited for a little. */
  async #answer(reply: Reply, place: Place, message: Message): Promise<string> {
    const { replies, show } = this.#parts;
    const thread = threadTs(place);
    const body = (rendered: Rendered) => ({ ...content(rendered), ...(thread ? { thread_ts: thread } : {}) });
    const charts = (await show.gather(message)) === 'none';
    await show.send(message, (rendered) => replies.add(reply, body(rendered)), { charts });
    const id = privateId();
    if (charts) return id;
    show.follow(id, message, async (failed) => {
      if (failed || replies.usesLeft(reply) <= 0) return;
      await show.send(picturesAlone(message), (rendered) => replies.add(reply, body(rendered)));
    });
    return id;
  }

  /** Seen by one member of the channel until they reload. */
  async #whisper(channel: string, user: string, place: Place, message: Message): Promise<string> {
    const { show } = this.#parts;
    const thread = threadTs(place);
    const say = (what: Message) =>
      show.send(what, (rendered) =>
        this.#call((client) =>
          client.chat.postEphemeral({ channel, user, ...content(rendered), ...(thread ? { thread_ts: thread } : {}) }),
        ),
      );
    try {
      await say(message);
    } catch (error) {
      // Where we may not whisper, the person is told directly.
      if (error instanceof SendError && error.kind === 'place') throw new SendError('ended', error.message, { cause: error });
      throw error;
    }
    const id = privateId();
    show.follow(id, message, async (charts) => (charts ? undefined : say(picturesAlone(message))));
    return id;
  }

  async #call<T>(call: (client: webApi.WebClient) => Promise<T>): Promise<T> {
    try {
      return await call(this.#parts.client);
    } catch (error) {
      throw sendError(error, this.#parts.botName());
    }
  }
}

const content = ({ text, blocks }: Rendered) => ({ text, blocks });

const picturesAlone = (message: Message): Message => ({
  ...message,
  blocks: figuresOf(message).map((figure) => ({ kind: 'figure', figure })),
});
