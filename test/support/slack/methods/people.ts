import { flag, type Json, text } from '../json.ts';
import { refuse } from '../refusal.ts';
import type { FakeUser, Group } from '../types.ts';
import type { World } from '../world.ts';
import { type Method, page, required } from './method.ts';

export function wireUser(world: World, user: FakeUser): Json {
  const foreign = user.teamId !== world.team.id;
  const email = user.email && world.scopes.has('users:read.email') ? { email: user.email } : {};
  const common = {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deleted,
    is_bot: user.bot,
    is_app_user: false,
    updated: 1_700_000_000,
    profile: { real_name: user.realName, display_name: user.name, team: user.teamId, ...email },
  };
  // Of a deleted user Slack tells little.
  if (user.deleted) return common;
  return {
    ...common,
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: 0,
    is_admin: user.admin || user.owner,
    is_owner: user.owner,
    is_primary_owner: false,
    is_restricted: user.guest !== undefined,
    is_ultra_restricted: user.guest === 'single',
    ...(foreign ? { is_stranger: true } : {}),
  };
}

function info(world: World, args: Json): Json {
  const user = world.users.get(text(args.user)) ?? refuse('user_not_found');
  return { ok: true, user: wireUser(world, user) };
}

function listAll(world: World, args: Json): Json {
  const own = [...world.users.values()].filter((user) => user.teamId === world.team.id);
  const { items, response_metadata } = page(own, args, 1000);
  return { ok: true, members: items.map((user) => wireUser(world, user)), response_metadata };
}

function wireGroup(world: World, group: Group, args: Json): Json {
  return {
    id: group.id,
    team_id: world.team.id,
    is_usergroup: true,
    handle: group.handle,
    name: group.name,
    description: '',
    date_delete: group.deleted ? 1_700_000_000 : 0,
    user_count: group.users.length,
    ...(flag(args.include_users) ? { users: group.users } : {}),
  };
}

function groups(world: World, args: Json): Json {
  const shown = [...world.groups.values()].filter((group) => flag(args.include_disabled) || !group.deleted);
  return { ok: true, usergroups: shown.map((group) => wireGroup(world, group, args)) };
}

function groupUsers(world: World, args: Json): Json {
  required(args, 'usergroup');
  const group = world.groups.get(text(args.usergroup));
  if (!group || (group.deleted && !flag(args.include_disabled))) return refuse('no_such_subteam');
  return { ok: true, users: group.users };
}

export const people: Record<string, Method> = {
  'users.info': { scope: 'users:read', tier: 4, run: info },
  'users.list': { scope: 'users:read', tier: 2, run: listAll },
  'usergroups.list': { scope: 'usergroups:read', tier: 2, run: groups },
  'usergroups.users.list': { scope: 'usergroups:read', tier: 2, run: groupUsers },
};
