import type { Action } from '../messages/action-id.ts';
import type { Capabilities } from '../messages/capabilities.ts';
import type { Form, FormOption } from '../messages/form.ts';
import type { Message } from '../messages/message.ts';
import type { Place } from '../messages/place.ts';
import type { Actor } from '../people/actor.ts';

/**
 * What stands where a word is asked for: decides completion, and how a wrong one is answered. `text` is anything. `query`, the
 * last option of a verb, is the rest of the line as it is: quotes, colons and dashes are its own.
 */
export type OptionKind = 'source' | 'destination' | 'period' | 'metric' | 'workspace' | 'mapping' | 'audience' | 'text' | 'query';

export interface Option {
  kind: OptionKind;
  summary: string;
  required: boolean;
}

/** Arguments by option name, as typed; absent ones are missing. */
export type Args = Record<string, string>;

export interface Call<Use> {
  actor: Actor;
  args: Args;
  use: Use;
  capabilities: Capabilities;
  /** Where it was asked. */
  place: Place;
  /** Says how far long work is, as often as it likes: shown after a while, now and then, to whoever asked. */
  progress?: (message: Message) => void;
  /** The action id parts of a button on this card: the card's view row is saved with the answer. */
  act(action: string, choice?: string): Action;
}

export interface Answer {
  message: Message;
  /** Values that the short choices of a select stand for, by position; kept with the view. */
  choices?: string[];
}

/** A verb of a command: what is asked, and the card that answers. */
export interface Verb<Use> {
  summary: string;
  /** One line to try. */
  example: string;
  /** In the order in which they are typed. Any may also be given as name:value. */
  options: Record<string, Option>;
  run(call: Call<Use>): Promise<Answer>;
  /** What the card's buttons do: new arguments (and perhaps another verb) from the old ones and the choice. */
  actions: Record<string, (args: Args, choice: string, choices: string[]) => Args>;
  /** Buttons that answer the presser alone and leave the card as it is. */
  asides?: Record<string, (call: Call<Use>) => Promise<Message>>;
  /** Buttons that ask something first. */
  forms?: Record<string, FormVerb<Use>>;
  /** The answer is this person's own affair: there is no button to post it to the channel. */
  personal?: boolean;
}

export interface FormVerb<Use> {
  open(call: Call<Use>): Promise<Form>;
  /**
   * New arguments from what was filled in. A mistake, here or when the card runs with them, is a UserError whose `path` is the
   * field's, e.g. `/period`.
   */
  submit(args: Args, values: Record<string, string>): Args;
  /** For a `pick` field with more options than were listed. */
  options?(call: Call<Use>, field: string, typed: string): Promise<FormOption[]>;
}

/** The action that every card which may be shared has. */
export const SHARE = 'share';

/** One platform-neutral slash command as data; everything platform-shaped is made from it. */
export interface Command<Use> {
  name: string;
  summary: string;
  /** One of `verbs`: run when the first word is none of them. */
  defaultVerb: string;
  verbs: Record<string, Verb<Use>>;
}

/** What a platform is told of a command: everything platform-shaped is made from this. */
export interface CommandFacts {
  name: string;
  summary: string;
  defaultVerb: string;
  verbs: Record<string, VerbFacts>;
}

export type VerbFacts = Pick<Verb<unknown>, 'summary' | 'example' | 'options'>;
