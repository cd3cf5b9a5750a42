import type { Action } from '../messages/action-id.ts';
import type { Capabilities } from '../messages/capabilities.ts';
import type { Message } from '../messages/message.ts';
import type { Actor } from '../people/actor.ts';

/** What stands where a word is asked for: decides completion, and how a wrong one is answered. */
export type OptionKind = 'source' | 'destination' | 'period' | 'metric' | 'workspace' | 'mapping' | 'audience';

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
}

/** One platform-neutral slash command as data; everything platform-shaped is made from it. */
export interface Command<Use> {
  name: string;
  summary: string;
  /** One of `verbs`: run when the first word is none of them. */
  defaultVerb: string;
  verbs: Record<string, Verb<Use>>;
}
