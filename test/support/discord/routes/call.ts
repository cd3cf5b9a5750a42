import { may } from '../access.ts';
import type { Json } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { FakeChannel, FakeGuild, FakeMessage, Request } from '../types.ts';
import type { World } from '../world.ts';

export interface Call {
  world: World;
  request: Request;
  /** What stands for the pattern's names, in order. */
  params: string[];
  query: URLSearchParams;
}

export interface Answer {
  status: number;
  body?: unknown;
}

export interface Route {
  method: string;
  /** `/channels/:id/messages` */
  pattern: string;
  /** Goes without the bot's token: the interaction's own stands in the path. */
  open?: boolean;
  run(call: Call): Answer;
}

export const ok = (body: unknown, status = 200): Answer => ({ status, body });
export const nothing: Answer = { status: 204 };

/** A channel the bot may look into: 10003 where there is none, 50001 where it may not. */
export function visibleChannel(world: World, id: string | undefined): FakeChannel {
  const channel = world.channels.get(id ?? '');
  if (!channel || channel.deleted) return refuse(10003);
  if (channel.guildId && !world.guilds.get(channel.guildId)?.joined) refuse(50001);
  if (!may(world, world.botId, channel, 'VIEW_CHANNEL')) refuse(50001);
  return channel;
}

export function joinedGuild(world: World, id: string | undefined): FakeGuild {
  const guild = world.guilds.get(id ?? '');
  if (!guild) return refuse(10004);
  if (!guild.joined) refuse(50001);
  return guild;
}

/** Ephemeral messages exist only for whoever sees them: never here. */
export function messageIn(channel: FakeChannel, id: string | undefined): FakeMessage {
  return channel.messages.find((message) => message.id === id) ?? refuse(10008);
}

export const bodyOf = (call: Call): Json => call.request.body;
