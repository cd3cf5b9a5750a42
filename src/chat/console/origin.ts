import { z } from 'zod';
import type { Place } from '../../core/messages/place.ts';
import { html, type Piece } from './html.ts';

/** Where a card stands within its channel, as the forms of the card tell it. What they claim is checked against the card. */
export interface Origin {
  /** The reader alone sees it. */
  mine: boolean;
  /** The entry that it stands under: answers go there too. */
  thread: number | null;
}

const Fields = z.object({
  mine: z.string().optional(),
  thread: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null),
});

export function originOf(fields: Record<string, string>): Origin {
  const { mine, thread } = Fields.parse(fields);
  return { mine: mine !== undefined, thread };
}

export const originInputs = ({ mine, thread }: Origin): Piece => [
  mine && html`<input type="hidden" name="mine" value="1">`,
  thread !== null && html`<input type="hidden" name="thread" value="${thread}">`,
];

export const placeIn = (channel: Pick<Place, 'team' | 'channel'>, account: string, { mine, thread }: Origin): Place => ({
  platform: 'console',
  ...channel,
  ...(thread !== null && { thread: String(thread) }),
  ...(mine && { person: account }),
});
