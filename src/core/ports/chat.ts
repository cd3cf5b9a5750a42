import type { Action } from '../messages/action-id.ts';
import type { Capabilities } from '../messages/capabilities.ts';
import type { Message } from '../messages/message.ts';
import type { Place } from '../messages/place.ts';
import type { Actor } from '../people/actor.ts';
import type { HttpRoute } from './http.ts';

/** A chat platform. Everything it is told comes through `post` and `edit`; everything people do goes to the listener. */
export interface ChatAdapter {
  platform: string;
  capabilities: Capabilities;
  /** Mounted on the one server. */
  routes: HttpRoute[];
  start(listener: ChatListener): Promise<void>;
  /**
   * Returns the platform's id of the message. The same `key` twice gives one message where the platform can tell. A place with
   * a person is private: nobody else ever sees the message.
   */
  post(place: Place, message: Message, key: string): Promise<string>;
  edit(place: Place, externalId: string, message: Message): Promise<void>;
  stop(): Promise<void>;
}

export interface ChatListener {
  /** `text` is the whole line, e.g. "/pipeline web amplitude 24h". Resolves once the answer is owed; errors are answered too. */
  command(call: { actor: Actor; place: Place; text: string }): Promise<void>;
  /** A pressed button or a selected option. Rejects with a UserError that is to be shown to the presser alone. */
  press(call: { actor: Actor; place: Place; action: Action }): Promise<void>;
  /** What could stand at the end of the line typed so far, best first. */
  complete(call: { actor: Actor; text: string }): Promise<Suggestion[]>;
}

export interface Suggestion {
  /** The whole line once this is taken, with a trailing space where more can follow. */
  text: string;
  label: string;
  hint: string;
}

/** What the console keeps in place of a platform's server: the messages of its channels. */
export interface ConsoleLog {
  /** Appends once per key; the same key again returns the first id. With a person, only that account ever sees it. */
  append(entry: {
    channel: string;
    author: string;
    body: ConsoleBody;
    key: string;
    at: Date;
    person?: string;
  }): Promise<ConsoleEntry>;
  edit(id: number, body: ConsoleBody, at: Date): Promise<ConsoleEntry | undefined>;
  /** The newest `limit` entries older than `before`, oldest first: those for all, and those for this account alone. */
  list(channel: string, account: string, limit: number, before?: number): Promise<ConsoleEntry[]>;
  /** Id of the newest entry of each of these channels that this account may see; 0 for an empty one. */
  newest(channels: readonly string[], account: string): Promise<Record<string, number>>;
}

/** What a person typed, or a message of ours. */
export type ConsoleBody = { kind: 'said'; text: string } | { kind: 'message'; message: Message };

export interface ConsoleEntry {
  id: number;
  channel: string;
  author: string;
  body: ConsoleBody;
  at: Date;
  /** Grows with every edit. */
  editedAt: Date | null;
  /** The account that alone may see it; null for all. */
  person: string | null;
}
