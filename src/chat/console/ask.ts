import { randomUUID } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import { encodeAction } from '../../core/messages/action-id.ts';
import type { Caller } from '../../core/people/caller.ts';
import { channelUrl } from './entry.ts';
import type { AskedForm } from './form.ts';
import type { Ask } from './forms.ts';
import { placeIn } from './origin.ts';
import type { ConsoleParts } from './routes.ts';

const STARTING = 'Pipewarden is still starting. Please try again in a moment.';

/** What comes of it: nothing to say, a note to the person alone, or a form to fill in. */
export type Outcome = { note?: string; ask?: AskedForm };

/** Carries out what a person typed, pressed or filled in. */
export async function carryOut(parts: ConsoleParts, caller: Caller, channel: string, ask: Ask): Promise<Outcome> {
  if (ask.kind === 'note') return { note: ask.note };
  const listener = parts.listener();
  if (!listener) return { note: STARTING };
  const { account, name: author } = caller;
  const here = { team: parts.team, channel };
  try {
    if (ask.kind === 'say') {
      const body = { kind: 'said', text: ask.text } as const;
      // As private as its answer.
      await parts.append({ channel, author, body, key: `said:${randomUUID()}`, at: parts.clock.now(), person: account });
      const place = placeIn(here, account, { mine: false, thread: null });
      await listener.command({ caller, place, text: ask.text });
      return {};
    }
    const { action, origin } = ask;
    const pressed = { caller, action, place: placeIn(here, account, origin) };
    const asked = { url: channelUrl(channel), action: encodeAction(action), origin };
    if (ask.kind === 'submit') {
      const mistakes = await listener.submit({ ...pressed, values: ask.values });
      return mistakes ? { ask: { ...asked, form: await listener.form(pressed), values: ask.values, mistakes } } : {};
    }
    if (listener.foresee(action, pressed.place) === 'form') return { ask: { ...asked, form: await listener.form(pressed) } };
    await listener.press(pressed);
    return {};
  } catch (error) {
    if (error instanceof UserError) return { note: error.message };
    throw error;
  }
}
