import type { Json } from '../json.ts';
import { given, text } from '../json.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { FakeChannel } from '../types.ts';
import { directChannel, isMember, type World } from '../world.ts';

export interface Method {
  scope?: string;
  tier: 1 | 2 | 3 | 4 | 'post';
  /** Called with the app's own token. */
  appToken?: boolean;
  run(world: World, args: Json): Json;
}

export function needScope(world: World, needed: string): void {
  if (!world.scopes.has(needed)) throw new Refusal('missing_scope', { needed, provided: [...world.scopes].join(',') });
}

export function required(args: Json, ...names: string[]): void {
  const missing = names.filter((name) => !given(args[name]));
  if (missing.length > 0)
    refuse(
      'invalid_arguments',
      missing.map((name) => `missing required field: ${name}`),
    );
}

/** A channel the bot may know of; a private one only from inside. */
export function knownChannel(world: World, id: unknown): FakeChannel {
  const channel = world.channels.get(text(id));
  if (!channel || (channel.kind !== 'public' && !isMember(world, channel))) return refuse('channel_not_found');
  return channel;
}

/** Where a message goes: a channel, or a user's direct messages. */
export function target(world: World, id: unknown): FakeChannel {
  const user = world.users.get(text(id));
  if (user) {
    if (user.deleted || user.bot) return refuse('channel_not_found');
    return directChannel(world, user.id);
  }
  return knownChannel(world, id);
}

const encode = (offset: number) => Buffer.from(`next:${offset}`).toString('base64');

/** One page of a list, and the cursor of the next. */
export function page<T>(all: readonly T[], args: Json, most: number): { items: T[]; response_metadata: { next_cursor: string } } {
  const limit = Number(args.limit ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) return refuse('invalid_limit');
  let offset = 0;
  if (given(args.cursor)) {
    offset = Number(/^next:(\d+)$/.exec(Buffer.from(text(args.cursor), 'base64').toString())?.[1] ?? Number.NaN);
    if (Number.isNaN(offset)) return refuse('invalid_cursor');
  }
  const next = offset + limit < all.length ? encode(offset + limit) : '';
  return { items: all.slice(offset, offset + limit), response_metadata: { next_cursor: next } };
}
