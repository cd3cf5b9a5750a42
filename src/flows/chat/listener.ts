import { type Command, SHARE } from '../../core/commands/command.ts';
import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { ChatListener, Foreseen } from '../../core/ports/chat.ts';
import { recordRefusal } from '../audit/record.ts';
import type { Use } from '../index.ts';
import { answerCommand, answerPress, own } from './answer.ts';
import { complete } from './complete.ts';
import { fewAtOnce } from './few.ts';
import { formOptions, openForm, submitForm } from './forms.ts';
import { home } from './home.ts';
import type { ChatPorts } from './ports.ts';
import { greet, leaveKnown, welcomeBack } from './presence.ts';
import type { TellPorts } from './tell-owners.ts';

/** Commands and presses of one platform that are worked on at the same time. What has to be answered at once is not among them. */
const AT_ONCE = 6;

/** What one platform tells, answered. */
export function listenerFor(ports: ChatPorts & TellPorts): ChatListener {
  const inTurn = fewAtOnce(AT_ONCE);
  return {
    command: (call) => inTurn(() => answerCommand(ports, call)),
    foresee: (action, place) => foresee(ports.commands, action, place),
    press: (call) => inTurn(() => noting(ports, call, () => answerPress(ports, call))),
    form: (call) => noting(ports, call, () => openForm(ports, call)),
    submit: (call) => noting(ports, call, () => submitForm(ports, call)),
    options: (call) => formOptions(ports, call),
    complete: async ({ caller, place, text }) => complete(ports, { actor: await ports.identify(caller, place), text }),
    home: (call) => home(ports, call),
    joined: (place) => greet(ports, place),
    returned: (team) => welcomeBack(ports, team),
    left: (gone) => leaveKnown(ports, gone),
  };
}

/** Who was not allowed to is in the trail too. */
async function noting<T>(ports: ChatPorts, call: { caller: Caller; action: Action }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError && error.code === 'forbidden') {
      await recordRefusal(ports, call.caller, call.action.verb, error);
    }
    throw error;
  }
}

function foresee(commands: readonly Command<Use>[], { verb: name }: Action, place: Place): Foreseen {
  const [commandName, actionName = ''] = name.split('.');
  const verbs = Object.values(commands.find((command) => command.name === commandName)?.verbs ?? {});
  if (verbs.some(({ forms }) => own(forms, actionName))) return 'form';
  // Of a card that everyone sees, the presser gets their own.
  if (place.person === undefined || verbs.some(({ asides }) => own(asides, actionName))) return 'reply';
  return actionName === SHARE || verbs.some(({ actions }) => own(actions, actionName)) ? 'update' : 'reply';
}
