import type { App, webApi } from '@slack/bolt';
import type { Action } from '../../core/messages/action-id.ts';
import type { FormOption } from '../../core/messages/form.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { type EarParts, listenerOf } from './ears.ts';
import { type Asked, askedOf, FORM, formView, mistakesIn, pickable, sayingView, type View, valuesOf } from './form-view.ts';
import { tooLate } from './hear-presses.ts';
import { type Press, Submission, Suggestion } from './payloads.ts';
import { accountOf } from './places.ts';

/** Slack opens a form within 3 s of the click, or never (ms). */
const OPEN_WITHIN = 1_500;
/** And waits 3 s for the answer to one, or to a search. */
const ANSWER_WITHIN = 2_000;

const LATE = Symbol('late');

/** What the work comes to, or LATE. */
async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  let cancel = () => {};
  const late = new Promise<typeof LATE>((resolve) => {
    cancel = clock.after(ms, () => resolve(LATE));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

const asView = (view: View): webApi.ViewsOpenArguments['view'] => view as unknown as webApi.ViewsOpenArguments['view'];

/** The form behind a button; where it takes time, a view that says so is opened first. */
export async function openForm(
  parts: EarParts,
  { press, place, action }: { press: Press; place: Place; action: Action },
): Promise<void> {
  const { client, people, tell, clock } = parts;
  const asked: Asked = { action, place, isOwn: place.person !== undefined };
  const open = async (view: View): Promise<string> => {
    try {
      const opened = await client.views.open({ trigger_id: press.trigger_id ?? '', view: asView(view) });
      return opened.view?.id ?? '';
    } catch (error) {
      throw tooLate(error);
    }
  };
  const form = async (): Promise<View> => {
    const caller = await people.callerOf(press.user.id, press.team?.id ?? place.team);
    return formView(await listenerOf(parts).form({ caller, place, action }), asked);
  };
  const told = { ...place, person: accountOf(press.user.id) };
  await tell.carefully({ place: told, reply: undefined }, async () => {
    const making = form();
    const soon = await within(clock, OPEN_WITHIN, making);
    if (soon !== LATE) {
      await open(soon);
      return;
    }
    // Both are awaited below; until then neither may go unheard.
    const made = making.catch((error: unknown) => sayingView('Not opened', tell.sentenceFor(error)));
    const id = await open(sayingView('One moment', 'Loading…'));
    await client.views.update({ view_id: id, view: asView(await made) });
  });
}

export function hearForms(app: App, parts: EarParts): void {
  app.view({ callback_id: FORM, type: 'view_submission' }, async ({ ack, body }) => {
    const outcome = await submit(parts, Submission.parse(body));
    await (ack as (answer?: object) => Promise<void>)(outcome);
  });
  // Slack waits for an answer to everything.
  app.view({ callback_id: 'note', type: 'view_submission' }, async ({ ack }) => ack());
  app.options(/.*/, async ({ ack, body }) => {
    const options = await suggest(parts, Suggestion.parse(body));
    await ack({ options: pickable(options) } as Parameters<typeof ack>[0]);
  });
}

interface FormCall {
  caller: Caller;
  place: Place;
  action: Action;
}

async function callOf(parts: EarParts, { action, place, isOwn }: Asked, of: Submission | Suggestion): Promise<FormCall> {
  const caller = await parts.people.callerOf(of.user.id, of.team?.id ?? place.team);
  return { caller, action, place: isOwn ? { ...place, person: caller.account } : place };
}

/** What Slack is to do with the form: close it where undefined. */
async function submit(parts: EarParts, body: Submission): Promise<object | undefined> {
  const { tell, clock, background } = parts;
  const asked = askedOf(body.view.private_metadata);
  if (!asked)
    return { response_action: 'update', view: sayingView('Not sent', 'This form is no longer valid. Please open it again.') };
  const values = valuesOf(body);
  const answer = async (): Promise<object | undefined> => {
    try {
      const mistakes = await listenerOf(parts).submit({ ...(await callOf(parts, asked, body)), values });
      return mistakes && { response_action: 'errors', errors: mistakesIn(mistakes, Object.keys(values)) };
    } catch (error) {
      return { response_action: 'update', view: sayingView('Not sent', tell.sentenceFor(error)) };
    }
  };
  const answering = answer();
  const outcome = await within(clock, ANSWER_WITHIN, answering);
  if (outcome !== LATE) return outcome;
  const told = { ...asked.place, person: accountOf(body.user.id) };
  background.run(async () => {
    const late = await answering;
    if (late) await tell.say(told, wordsOf(late));
  });
  return undefined;
}

/** The form is closed by now: what would have stood in it is told. */
function wordsOf(outcome: object): string {
  if ('errors' in outcome) return `Not sent: ${Object.values(outcome.errors as Record<string, string>).join(' ')}`;
  const { view } = outcome as { view: View };
  return String((view.blocks[0]?.text as { text?: string } | undefined)?.text ?? 'Not sent.');
}

async function suggest(parts: EarParts, body: Suggestion): Promise<FormOption[]> {
  const asked = body.view ? askedOf(body.view.private_metadata) : undefined;
  if (!asked) return [];
  const search = async (): Promise<FormOption[]> => {
    try {
      const call = await callOf(parts, asked, body);
      const field = body.block_id;
      const found = await listenerOf(parts).options({ ...call, field, typed: body.value });
      return found.length > 0 ? found : await listed(parts, call, field, body.value);
    } catch (error) {
      parts.log.warn({ error: String(error) }, 'nothing could be suggested in a form');
      return [];
    }
  };
  const found = await within(parts.clock, ANSWER_WITHIN, search());
  return found === LATE ? [] : found;
}

/** A list that is only too long for Slack is searched here. */
async function listed(parts: EarParts, call: FormCall, name: string, typed: string): Promise<FormOption[]> {
  const { fields } = await listenerOf(parts).form(call);
  const field = fields.find((one) => one.name === name);
  if (field?.kind !== 'pick' || field.more) return [];
  const start = typed.toLowerCase();
  return field.options.filter(({ label, value }) => `${label} ${value}`.toLowerCase().includes(start));
}
