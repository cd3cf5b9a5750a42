import { createHash } from 'node:crypto';
import { type Answer, type Args, type Call, type Command, SHARE, type Verb } from '../../core/commands/command.ts';
import { parseLine } from '../../core/commands/line.ts';
import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import { type Message, sentence } from '../../core/messages/message.ts';
import { isAt, type Place, publicPlace } from '../../core/messages/place.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { View } from '../../core/ports/stores.ts';
import { recordRefusal } from '../audit/record.ts';
import type { Use } from '../index.ts';
import { oweWhenReady } from './long.ts';
import { type CardToShow, newViewId, oweMessage } from './owe.ts';
import type { ChatPorts } from './ports.ts';

/** Runs a typed command and owes its card to whoever asked, alone. A mistake is answered with a sentence. */
export async function answerCommand(ports: ChatPorts, call: { caller: Caller; place: Place; text: string }): Promise<void> {
  const place = { ...call.place, person: call.caller.account };
  try {
    const actor = await ports.identify(call.caller, place);
    const { command, verb, verbName, args } = parseLine(ports.commands, call.text);
    const parts = { actor, place, command, verb, verbName, args, id: newViewId() };
    const asked = { caller: call.caller, what: commandOf(call.text), place, id: parts.id, stands: false };
    await oweWhenReady(ports, asked, async (progress) => [await card(ports, { ...parts, progress })]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'forbidden') await recordRefusal(ports, call.caller, commandOf(call.text), error);
    await oweMessage(ports, place, sentence(error.message, 'warning'));
  }
}

/** Without what was asked of it. */
const commandOf = (text: string): string => text.trim().split(/\s+/, 2).join(' ').slice(0, 64);

/** A pressed button or chosen option: the presser's own card runs again with the new arguments; of a shared one they get a copy. */
export async function answerPress(ports: ChatPorts, call: { caller: Caller; place: Place; action: Action }): Promise<void> {
  const pressed = await pressedCard(ports, call);
  const { view, verb, actionName } = pressed;
  const asked = {
    caller: call.caller,
    what: call.action.verb,
    place: pressed.place,
    id: pressed.id,
    stands: pressed.id === view.id,
  };
  if (actionName === SHARE && !verb.personal)
    return oweWhenReady(ports, asked, (progress) => shared(ports, { ...pressed, progress }));
  const aside = own(verb.asides, actionName);
  if (aside) return oweMessage(ports, pressed.place, await aside(callOf(ports, pressed)));
  const change = own(verb.actions, actionName);
  if (!change) throw ended();
  const args = change(view.args, pressed.choice, view.choices);
  await oweWhenReady(ports, asked, async (progress) => [await card(ports, { ...pressed, args, progress })]);
}

export interface PressedCard extends CardParts {
  view: View;
  actionName: string;
  choice: string;
}

/** What a press means: the card, as the presser will see it from now on, and its command. Throws for cards that have ended. */
export async function pressedCard(
  ports: ChatPorts,
  call: { caller: Caller; place: Place; action: Action },
): Promise<PressedCard> {
  const actor = await ports.identify(call.caller, call.place);
  const view = await ports.database.read(({ chat }) => chat.view(call.action.id, ports.clock.now()));
  const [commandName = '', actionName = ''] = call.action.verb.split('.');
  const command = ports.commands.find((candidate) => candidate.name === commandName);
  const verb = view && view.command === commandName ? command?.verbs[view.verb] : undefined;
  if (!view || !command || !verb || !isAt(view.place, call.place)) throw ended();
  return {
    actor,
    view,
    command,
    verb,
    verbName: view.verb,
    args: view.args,
    actionName,
    choice: call.action.choice ?? '',
    place: { ...call.place, person: call.caller.account },
    id: view.place.person === undefined ? newViewId() : view.id,
  };
}

export const ended = (): UserError => new UserError('view_ended', 'This card has ended. Send the command again for a fresh one.');

/** A value by a name from outside, never something of the prototype. */
export const own = <T>(table: Record<string, T> | undefined, name: string): T | undefined =>
  table && Object.hasOwn(table, name) ? table[name] : undefined;

export interface CardParts {
  actor: Actor;
  place: Place;
  command: Command<Use>;
  verb: Verb<Use>;
  verbName: string;
  args: Args;
  /** Of the view. */
  id: string;
  progress?: Call<Use>['progress'];
}

export function callOf(ports: ChatPorts, { actor, place, command, args, id, progress }: CardParts): Call<Use> {
  const act = (action: string, choice?: string): Action => ({ verb: `${command.name}.${action}`, id, choice });
  return { actor, args, use: ports.use, capabilities: ports.capabilities, place, progress, act };
}

/** Runs the verb; what its card shows and keeps, with the button to share it where that makes sense. */
export async function card(ports: ChatPorts, parts: CardParts): Promise<CardToShow> {
  const { id, command, verb, verbName, args, place } = parts;
  const call = callOf(ports, parts);
  const answer = await verb.run(call);
  const shown = place.person !== undefined && place.channel !== '' && !verb.personal ? shareable(answer, call) : answer;
  return { id, command: command.name, verb: verbName, args, place, answer: shown };
}

/** The most buttons that every platform puts into one row. */
const ROW = 5;

/** The button stands with the card's other ones, where there is room. */
function shareable(answer: Answer, { act }: Call<Use>): Answer {
  const button = { label: 'Post to channel', action: act(SHARE) };
  const { blocks } = answer.message;
  const at = blocks.findLastIndex(
    (block) => block.kind === 'buttons' && block.buttons.length < ROW && block.buttons.every((b) => b.selected === undefined),
  );
  const row = blocks[at];
  if (row?.kind !== 'buttons') return withBlock(answer, { kind: 'buttons', label: 'Share', buttons: [button] });
  const buttons = { ...row, buttons: [...row.buttons, button] };
  return { ...answer, message: { ...answer.message, blocks: blocks.with(at, buttons) } };
}

const withBlock = (answer: Answer, block: Message['blocks'][number]): Answer => ({
  ...answer,
  message: { ...answer.message, blocks: [...answer.message.blocks, block] },
});

/**
 * The card once more, for everyone there; the presser's own says so. Its id follows from the card and what it shows: pressing
 * twice posts once.
 */
async function shared(ports: ChatPorts, pressed: PressedCard): Promise<CardToShow[]> {
  if (pressed.view.place.person === undefined) throw ended();
  const id = `vw_${createHash('sha256')
    .update(JSON.stringify([pressed.id, pressed.args]))
    .digest('base64url')
    .slice(0, 16)}`;
  // Side by side: work that is done once for all who ask meanwhile is done once.
  const [forAll, mine] = await Promise.all([
    card(ports, { ...pressed, id, place: publicPlace(pressed.place) }),
    card(ports, { ...pressed, verb: { ...pressed.verb, personal: true } }),
  ]);
  return [
    { ...forAll, answer: withBlock(forAll.answer, { kind: 'context', text: `Shared by ${pressed.actor.person}` }) },
    { ...mine, answer: withBlock(mine.answer, { kind: 'context', text: 'Posted to the channel' }) },
  ];
}
