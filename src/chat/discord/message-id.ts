import type { SentMessage } from './api.ts';
import { FLAGS } from './limits.ts';

/** Our id of a message: `channel/message`, or `~/message` for one that only an interaction's token reaches. */
export const messageId = ({ id, channel_id, flags }: Pick<SentMessage, 'id' | 'channel_id' | 'flags'>): string =>
  flags & FLAGS.ephemeral ? `~/${id}` : `${channel_id}/${id}`;

/** Undefined for anything else, e.g. the bare id of a thread. `channel` is absent for a message of the second kind. */
export function readMessageId(text: string): { channel?: string; id: string } | undefined {
  const [, channel, id] = /^(~|\d+)\/(\d+)$/.exec(text) ?? [];
  if (channel === undefined || id === undefined) return undefined;
  return channel === '~' ? { id } : { channel, id };
}
