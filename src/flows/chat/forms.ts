import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Form, FormOption } from '../../core/messages/form.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import { callOf, card, ended, own, pressedCard } from './answer.ts';
import { oweCards } from './owe.ts';
import type { ChatPorts } from './ports.ts';

interface FormCall {
  caller: Caller;
  place: Place;
  action: Action;
}

async function pressedForm(ports: ChatPorts, call: FormCall) {
  const pressed = await pressedCard(ports, call);
  const form = own(pressed.verb.forms, pressed.actionName);
  if (!form) throw ended();
  return { pressed, form };
}

export async function openForm(ports: ChatPorts, call: FormCall): Promise<Form> {
  const { pressed, form } = await pressedForm(ports, call);
  return form.open(callOf(ports, pressed));
}

export async function formOptions(ports: ChatPorts, call: FormCall & { field: string; typed: string }): Promise<FormOption[]> {
  const { pressed, form } = await pressedForm(ports, call);
  return (await form.options?.(callOf(ports, pressed), call.field, call.typed)) ?? [];
}

/** The card runs with what was filled in. Mistakes go back to the form, by field; those of no field to the first one. */
export async function submitForm(
  ports: ChatPorts,
  call: FormCall & { values: Record<string, string> },
): Promise<Record<string, string> | undefined> {
  const { pressed, form } = await pressedForm(ports, call);
  try {
    await oweCards(ports, [await card(ports, { ...pressed, args: form.submit(pressed.args, call.values) })]);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'forbidden') throw error;
    const named = error.path?.slice(1) ?? '';
    const field = Object.hasOwn(call.values, named) ? named : (Object.keys(call.values)[0] ?? '');
    return { [field]: error.message };
  }
}
