import { flag, given, type Json, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { FakeChannel } from '../types.ts';
import { directChannel, isMember, type World } from '../world.ts';
import { knownChannel, type Method, needScope, page, required } from './method.ts';

const scopeOf: Record<FakeChannel['kind'], string> = { public: 'channels:read', private: 'groups:read', im: 'im:read' };
const kindOf: Record<string, FakeChannel['kind']> = { public_channel: 'public', private_channel: 'private', im: 'im' };

export function wireChannel(world: World, channel: FakeChannel): Json {
  const common = {
    id: channel.id,
    created: 1_700_000_000,
    is_archived: channel.archived,
    is_im: channel.kind === 'im',
    is_mpim: false,
    context_team_id: world.team.id,
  };
  if (channel.kind === 'im') return { ...common, user: [...channel.members].find((id) => id !== world.app.botUserId) };
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_private: channel.kind === 'private',
    is_general: false,
    is_shared: channel.shared,
    is_ext_shared: channel.shared,
    is_org_shared: false,
    is_member: isMember(world, channel),
    num_members: channel.members.size,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}

function listAll(world: World, args: Json): Json {
  const types = given(args.types)
    ? text(args.types)
        .split(',')
        .map((type) => type.trim())
    : ['public_channel'];
  const kinds = types.filter((type) => type !== 'mpim').map((type) => kindOf[type] ?? refuse('invalid_types'));
  for (const kind of kinds) needScope(world, scopeOf[kind]);
  const seen = [...world.channels.values()].filter(
    (channel) =>
      kinds.includes(channel.kind) &&
      (channel.kind === 'public' || isMember(world, channel)) &&
      !(flag(args.exclude_archived) && channel.archived),
  );
  const { items, response_metadata } = page(seen, args, 1000);
  return { ok: true, channels: items.map((channel) => wireChannel(world, channel)), response_metadata };
}

function info(world: World, args: Json): Json {
  const channel = knownChannel(world, args.channel);
  needScope(world, scopeOf[channel.kind]);
  return { ok: true, channel: wireChannel(world, channel) };
}

function open(world: World, args: Json): Json {
  if (given(args.channel)) return { ok: true, channel: wireChannel(world, knownChannel(world, args.channel)) };
  const users = text(args.users).split(',').filter(Boolean);
  if (users.length === 0) refuse('users_list_not_supplied');
  if (users.length > 1) refuse('not_enough_users', ['this fake knows no group messages']);
  const user = world.users.get(users[0] ?? '') ?? refuse('user_not_found');
  if (user.deleted) refuse('user_disabled');
  if (user.bot) refuse('cannot_dm_bot');
  const channel = directChannel(world, user.id);
  const detail = flag(args.return_im) ? wireChannel(world, channel) : { id: channel.id };
  return { ok: true, channel: detail };
}

function join(world: World, args: Json): Json {
  required(args, 'channel');
  const channel = knownChannel(world, args.channel);
  if (channel.kind !== 'public') refuse('method_not_supported_for_channel_type');
  if (channel.archived) refuse('is_archived');
  const warning = isMember(world, channel)
    ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
    : {};
  channel.members.add(world.app.botUserId);
  return { ok: true, channel: wireChannel(world, channel), ...warning };
}

function members(world: World, args: Json): Json {
  const channel = knownChannel(world, args.channel);
  needScope(world, scopeOf[channel.kind]);
  const { items, response_metadata } = page([...channel.members], args, 1000);
  return { ok: true, members: items, response_metadata };
}

export const conversations: Record<string, Method> = {
  'conversations.list': { tier: 2, run: listAll },
  'conversations.info': { tier: 3, run: info },
  'conversations.members': { tier: 4, run: members },
  'conversations.open': { scope: 'im:write', tier: 3, run: open },
  'conversations.join': { scope: 'channels:join', tier: 3, run: join },
};
