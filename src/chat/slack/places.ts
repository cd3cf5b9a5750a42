import type { Place } from '../../core/messages/place.ts';

/** Where a message stands. Opaque outside: `C012:1712345678.000200`, with its parent behind if it is a reply. */
export interface Spot {
  channel: string;
  ts: string;
  parent?: string;
}

export const spotId = ({ channel, ts, parent }: Spot): string => `${channel}:${ts}${parent === undefined ? '' : `:${parent}`}`;

/** Undefined for what only one person saw: Slack keeps nothing there that could be changed by its id. */
export function spotOf(externalId: string): Spot | undefined {
  const [, channel, ts, parent] = /^([CGD][A-Z0-9]+):(\d+\.\d+)(?::(\d+\.\d+))?$/.exec(externalId) ?? [];
  return channel && ts ? { channel, ts, ...(parent ? { parent } : {}) } : undefined;
}

/** A thread hangs on its parent: named by our id of a message in it, or as Slack named it. */
export function threadTs({ thread }: Place): string | undefined {
  if (thread === undefined) return undefined;
  const spot = spotOf(thread);
  return spot ? (spot.parent ?? spot.ts) : thread;
}

export const accountOf = (user: string): string => `slack:${user}`;
export const userOf = (account: string): string => account.replace(/^slack:/, '');

export const isDirect = (channel: string): boolean => channel.startsWith('D');
