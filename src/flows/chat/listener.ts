import { type Command, SHARE } from '../../core/commands/command.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Place } from '../../core/messages/place.ts';
import type { ChatListener, Foreseen } from '../../core/ports/chat.ts';
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
    press: (call) => inTurn(() => answerPress(ports, call)),
    form: (call) => openForm(ports, call),
    submit: (call) => submitForm(ports, call),
    options: (call) => formOptions(ports, call),
    complete: async ({ caller, place, text }) => complete(ports, { actor: await ports.identify(caller, place), text }),
    home: (call) => home(ports, call),
    joined: (place) => greet(ports, place),
    returned: (team) => welcomeBack(ports, team),
    left: (gone) => leaveKnown(ports, gone),
  };
}

function foresee(commands: readonly Command<Use>[], { verb: name }: Action, place: Place): Foreseen {
  const [commandName, actionName = ''] = name.split('.');
  const verbs = Object.values(commands.find((command) => command.name === commandName)?.verbs ?? {});
  if (verbs.some(({ forms }) => own(forms, actionName))) return 'form';
  // Of a card that everyone sees, the presser gets their own.
  if (place.person === undefined || verbs.some(({ asides }) => own(asides, actionName))) return 'reply';
  return actionName === SHARE || verbs.some(({ actions }) => own(actions, actionName)) ? 'update' : 'reply';
}
