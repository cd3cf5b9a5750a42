import type { StoredEvent } from '../audit/event.ts';
import type { Action } from '../messages/action-id.ts';
import { type Message, sentence } from '../messages/message.ts';
import { sentenceOf } from './audit-words.ts';

/** Before it is done, since it cannot be undone. */
export function eraseQuestion({
  event,
  reason,
  act,
}: {
  event: StoredEvent;
  reason: string;
  act(action: string): Action;
}): Message {
  if (event.erased) return sentence(`Change ${event.seq} has no details any more`, 'info');
  return sentence(`Erase the details of change ${event.seq} for good?`, 'warning', [
    { kind: 'text', text: sentenceOf(event) },
    {
      kind: 'text',
      text: 'What was before and after, and all else beside it, is removed and cannot be found again. Who, what and when stay, and the trail can still be verified.',
    },
    { kind: 'fields', fields: [{ label: 'Reason, kept in the trail', value: reason }] },
    { kind: 'buttons', label: 'Erase', buttons: [{ label: 'Erase for good', action: act('sure'), style: 'danger' }] },
  ]);
}

export const erasedMessage = (event: StoredEvent): Message =>
  sentence(`The details of change ${event.seq} are erased`, 'ok', [
    { kind: 'context', text: ['That, and why, stands in the trail: ', { code: '/audit action:audit.erased' }] },
  ]);
