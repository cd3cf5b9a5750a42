import type { Message } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import { card } from './answer.ts';
import { newViewId, saveView } from './owe.ts';
import type { ChatPorts } from './ports.ts';

/** The first command's card, without arguments: the state of all pipelines. Its buttons answer as those of any shared card do. */
export async function home(ports: ChatPorts, call: { caller: Caller; place: Place }): Promise<Message> {
  const actor = await ports.identify(call.caller, call.place);
  const [command] = ports.commands;
  const verb = command?.verbs[command.defaultVerb];
  if (!command || !verb) throw new Error('there is no command');
  const parts = { actor, place: call.place, command, verb, verbName: command.defaultVerb, args: {}, id: newViewId() };
  const { answer, ...view } = await card(ports, parts);
  await saveView(ports, view, answer);
  return answer.message;
}
