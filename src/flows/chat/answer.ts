import { randomBytes } from 'node:crypto';
import type { Answer, Args, Call, Command, Verb } from '../../core/commands/command.ts';
import { parseLine } from '../../core/commands/line.ts';
import { DAY, plus } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Capabilities } from '../../core/messages/capabilities.ts';
import { type Message, sentence } from '../../core/messages/message.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Jobs } from '../../core/ports/jobs.ts';
import type { Database, View } from '../../core/ports/stores.ts';
import type { Use } from '../index.ts';

export interface ChatPorts {
  database: Database;
  clock: Clock;
  jobs: Pick<Jobs, 'wake'>;
  commands: readonly Command<Use>[];
  use: Use;
}

/** How long a card's buttons work. */
const VIEW_KEPT = 14 * DAY;

/** Runs a typed command and owes its card to the place it came from. A mistake is answered with a sentence, in the same place. */
export async function answerCommand(
  ports: ChatPorts,
  capabilities: Capabilities,
  call: { actor: Actor; place: Place; text: string },
): Promise<void> {
  const view: Pick<View, 'id' | 'place'> = { id: `vw_${newId()}`, place: call.place };
  let command: string | undefined;
  try {
    const line = parseLine(ports.commands, call.text);
    command = line.command.name;
    const answer = await run(ports, capabilities, call.actor, line.command, line.verb, view.id, line.args);
    await owe(ports, { ...view, command, verb: line.verbName, args: line.args }, answer);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = sentence(error.message, 'warning');
    await owe(ports, { ...view, command: command ?? '', verb: '', args: {} }, { message });
  }
}

/** A pressed button or chosen option: the card runs again with the new arguments and is edited in place. */
export async function answerPress(
  ports: ChatPorts,
  capabilities: Capabilities,
  call: { actor: Actor; place: Place; action: Action },
): Promise<void> {
  const view = await ports.database.read(({ chat }) => chat.view(call.action.id, ports.clock.now()));
  const [commandName = '', actionName = ''] = call.action.verb.split('.');
  const command = ports.commands.find((candidate) => candidate.name === commandName);
  const verb = view && view.command === commandName ? command?.verbs[view.verb] : undefined;
  const change = verb && Object.hasOwn(verb.actions, actionName) ? verb.actions[actionName] : undefined;
  const aside = verb?.asides && Object.hasOwn(verb.asides, actionName) ? verb.asides[actionName] : undefined;
  if (!view || !command || !verb || !(change || aside) || addressOf(view.place) !== addressOf(call.place)) {
    throw new UserError('view_ended', 'This card has ended. Send the command again for a fresh one.');
  }
  if (aside) {
    const message = await aside({ ...callOf(ports, capabilities, call.actor, command, view.id), args: view.args });
    await owePrivately(ports, view, call.actor, message);
    return;
  }
  if (!change) return;
  const args = change(view.args, call.action.choice ?? '', view.choices);
  const answer = await run(ports, capabilities, call.actor, command, verb, view.id, args);
  await owe(ports, { ...view, args }, answer);
}

function run(
  ports: ChatPorts,
  capabilities: Capabilities,
  actor: Actor,
  command: Command<Use>,
  verb: Verb<Use>,
  viewId: string,
  args: Args,
): Promise<Answer> {
  return verb.run({ ...callOf(ports, capabilities, actor, command, viewId), args });
}

function callOf(
  ports: ChatPorts,
  capabilities: Capabilities,
  actor: Actor,
  command: Command<Use>,
  viewId: string,
): Omit<Call<Use>, 'args'> {
  const act = (action: string, choice?: string): Action => ({ verb: `${command.name}.${action}`, id: viewId, choice });
  return { actor, use: ports.use, capabilities, act };
}

/** A message beside a card that nobody but the presser sees. */
async function owePrivately(ports: ChatPorts, view: View, actor: Actor, message: Message): Promise<void> {
  const place = { ...view.place, person: actor.account };
  await ports.database.transaction(async ({ chat, owed }) => {
    await chat.putPost({ subject: `${view.id}.${newId()}`, place, message });
    await owed.owe([{ kind: 'post', key: addressOf(place), dueAt: ports.clock.now() }]);
  });
  ports.jobs.wake('post');
}

const newId = (): string => randomBytes(9).toString('base64url');

/** View, post and the owed send in one transaction; the channel's drain is woken after it. */
async function owe(ports: ChatPorts, view: Omit<View, 'choices' | 'expiresAt'>, answer: Answer): Promise<void> {
  const now = ports.clock.now();
  await ports.database.transaction(async ({ chat, owed }) => {
    await chat.saveView({ ...view, choices: answer.choices ?? [], expiresAt: plus(now, VIEW_KEPT) });
    await chat.putPost({ subject: view.id, place: view.place, message: answer.message });
    await owed.owe([{ kind: 'post', key: addressOf(view.place), dueAt: now }]);
  });
  ports.jobs.wake('post');
}
