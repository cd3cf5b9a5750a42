import { UserError } from '../../core/errors.ts';
import type { Action } from '../../core/messages/action-id.ts';
import type { Place } from '../../core/messages/place.ts';
import { actionOf } from './controls.ts';
import { type EarParts, listenerOf } from './ears.ts';
import { openForm } from './hear-forms.ts';
import type { Press } from './payloads.ts';
import { accountOf, isDirect } from './places.ts';
import type { Reply } from './replies.ts';

const ENDED = 'This button is no longer valid. Send the command again for a fresh card.';

export async function onPress(parts: EarParts, press: Press): Promise<void> {
  const { replies, tell, people } = parts;
  const { place, reply } = whereOf(parts, press);
  const sealed: Place = reply ? { ...place, reply: replies.sealed(reply) } : place;
  const told: Place = { ...sealed, person: accountOf(press.user.id) };
  const action = pressedAction(press);
  if (!action) return tell.say(told, ENDED);
  const foreseen = parts.listener()?.foresee(action, sealed);
  if (foreseen === 'form') return openForm(parts, { press, place: sealed, action });
  await tell.carefully({ place: told, reply, changesCard: foreseen === 'update' }, async () => {
    const caller = await people.callerOf(press.user.id, press.team?.id ?? place.team);
    await listenerOf(parts).press({ caller, place: sealed, action });
  });
}

function pressedAction({ actions: [pressed] }: Press): Action | undefined {
  const action = pressed && actionOf(pressed.action_id);
  const chosen = pressed?.selected_option?.value;
  return action && chosen !== undefined ? { ...action, choice: chosen } : action;
}

/** Where the pressed card stands, and how its presser may be answered. */
function whereOf(parts: EarParts, press: Press): { place: Place; reply: Reply | undefined } {
  const { container, message, user } = press;
  const team = parts.me().team;
  const channel = press.channel?.id ?? container.channel_id ?? '';
  // Our own page there: everyone has theirs, and it is answered in direct messages.
  if (channel === '') return { place: { platform: 'slack', team, channel: '' }, reply: undefined };
  const alone = container.is_ephemeral === true;
  const thread = container.thread_ts ?? message?.thread_ts;
  const isReply = thread !== undefined && thread !== (message?.ts ?? container.message_ts);
  const person = alone || isDirect(channel) ? { person: accountOf(user.id) } : {};
  const place = { platform: 'slack', team, channel: isDirect(channel) ? '' : channel, ...person, ...(isReply ? { thread } : {}) };
  return { place, reply: parts.replies.of(press.response_url, alone ? 'own' : 'other') };
}

export const tooLate = (error: unknown): unknown => {
  const code = (error as { data?: { error?: string } }).data?.error;
  return code === 'expired_trigger_id' || code === 'exchanged_trigger_id' || code === 'trigger_expired'
    ? new UserError('timed_out', 'Slack did not open the form in time. Please press the button again.')
    : error;
};
