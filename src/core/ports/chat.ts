import type { Action } from '../messages/action-id.ts';
import type { Capabilities, Pace } from '../messages/capabilities.ts';
import type { Form, FormOption } from '../messages/form.ts';
import type { Message } from '../messages/message.ts';
import type { Place } from '../messages/place.ts';
import type { Caller } from '../people/caller.ts';
import type { HttpRoute } from './http.ts';

/** A chat platform. Everything it is told comes through `post` and `edit`; everything people do goes to the listener. */
export interface ChatAdapter {
  platform: string;
  capabilities: Capabilities;
  pace: Pace;
  /** Mounted on the one server. */
  routes: HttpRoute[];
  /** All its connections hear everything, so that only one process may listen at a time. */
  oneListens?: boolean;
  /**
   * Resolves once people can reach it, and without a listener once it can send: then nobody is heard, from the call on. Rejects with what is
   * wrong: the process goes on without it and tries again. May be called again, with a listener or without.
   */
  start(listener?: ChatListener): Promise<void>;
  /** Resolves while it is connected; rejects with a sentence that says what is wrong. For `/readyz`. */
  check(): Promise<void>;
  /**
   * Returns the platform's id of the message. The same `key` twice gives one message where the platform can tell, see
   * `pace.oncePerKey`. A place with a person is private: nobody else ever sees the message. Never makes a public message
   * of a private one: rejects with SendError `ended` once the permission to answer has run out.
   * Rejects with a SendError wherever it knows what happened.
   */
  post(place: Place, message: Message, key: string): Promise<string>;
  /** Rejects like `post`. A private message is edited by the newest click's own permission, `place.reply`. */
  edit(place: Place, externalId: string, message: Message): Promise<void>;
  stop(): Promise<void>;
}

/**
 * What a press leads to, known from the action alone, since platforms want to be told at once: a form to open, an answer of its
 * own for the presser, or an edit of the card that was pressed.
 */
export type Foreseen = 'form' | 'reply' | 'update';

/** Rejections with a UserError are to be shown to the caller alone, word for word. */
export interface ChatListener {
  /** `text` is the whole line, e.g. "/pipeline web amplitude 24h". Resolves once the answer is owed; mistakes are answered too. */
  command(call: { caller: Caller; place: Place; text: string }): Promise<void>;
  /** `place` has the person for a card that only the presser sees, and none for a card that everyone sees. */
  foresee(action: Action, place: Place): Foreseen;
  /** A pressed button or a selected option that opens no form. */
  press(call: { caller: Caller; place: Place; action: Action }): Promise<void>;
  /** The form behind a button; quick, since platforms open one within 3 s or never. */
  form(call: { caller: Caller; place: Place; action: Action }): Promise<Form>;
  /** Resolves to mistakes by field name, or to undefined once the answer is owed. */
  submit(call: {
    caller: Caller;
    place: Place;
    action: Action;
    values: Record<string, string>;
  }): Promise<Record<string, string> | undefined>;
  /** What could stand in a `pick` field, for what was typed so far. */
  options(call: { caller: Caller; place: Place; action: Action; field: string; typed: string }): Promise<FormOption[]>;
  /** What could stand at the end of the line typed so far, best first. */
  complete(call: { caller: Caller; place: Place; text: string }): Promise<Suggestion[]>;
  /** What a person sees who opens our own page on the platform. */
  home(call: { caller: Caller; place: Place }): Promise<Message>;
  /** We were added to a channel, or to a team (then the place is where to greet it). Greeted once. */
  joined(place: Place): Promise<void>;
  /** A team lets us in: told at every start and when we are invited, also where we never were away. */
  returned(team: { platform: string; team: string }): Promise<void>;
  /** A channel, or without one the whole team, is closed to us; `why` is a sentence. */
  left(gone: { platform: string; team: string; channel?: string; why: string }): Promise<void>;
}

export interface Suggestion {
  /** The whole line once this is taken, with a trailing space where more can follow. */
  text: string;
  /** The word alone. */
  value: string;
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
    /** Id of the entry that this one stands under, or of one beside it. Of none in this channel: it stands by itself. */
    thread?: number;
  }): Promise<ConsoleEntry>;
  edit(id: number, body: ConsoleBody, at: Date): Promise<ConsoleEntry | undefined>;
  entry(id: number): Promise<ConsoleEntry | undefined>;
  /** From now on tells which entries other processes append or edit; `missed`, when some may not have been told. */
  elsewhere(changed: (id: number) => void, missed: () => void): void;
  /** The newest `limit` entries older than `before`, oldest first: those for all, and those for this account alone. No replies. */
  list(channel: string, account: string, limit: number, before?: number): Promise<ConsoleEntry[]>;
  /** The newest `limit` replies to each of these entries, oldest first, as far as this account may see them. */
  replies(channel: string, to: readonly number[], account: string, limit: number): Promise<ConsoleEntry[]>;
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
  /** The entry it stands under; null for one of its own. */
  thread: number | null;
}
