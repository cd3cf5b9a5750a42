import type { Json } from '../json.ts';
import { records } from '../json.ts';
import { Form, refuse } from '../refusal.ts';
import { checkCommands } from '../rules/commands.ts';
import type { World } from '../world.ts';
import { type Answer, type Call, joinedGuild, ok, type Route } from './call.ts';

/** `global`, or the guild's id. */
function scopeOf({ world, params }: Call): string {
  if (params[0] !== world.applicationId) refuse(20012);
  return params[1] === undefined ? 'global' : joinedGuild(world, params[1]).id;
}

const stored = (world: World, scope: string, one: Json, before: readonly Json[]): Json => {
  const type = one.type ?? 1;
  const old = before.find((known) => known.name === one.name && known.type === type);
  return {
    description: '',
    default_member_permissions: null,
    nsfw: false,
    ...(scope === 'global' ? { contexts: null, integration_types: [0] } : { guild_id: scope }),
    ...one,
    type,
    id: old?.id ?? world.newId(),
    application_id: world.applicationId,
    version: world.newId(),
  };
};

/** Replaces the whole list: what is not in it is gone. */
function overwrite(call: Call): Answer {
  const { world, request } = call;
  const scope = scopeOf(call);
  const form = new Form();
  if (!Array.isArray(request.body)) form.add([], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  form.throwIfBad();
  const all = records(request.body);
  checkCommands(all);
  const before = world.commands.get(scope) ?? [];
  const next = all.map((one) => stored(world, scope, one, before));
  world.commands.set(scope, next);
  return ok(next);
}

const read = (call: Call): Answer => ok(call.world.commands.get(scopeOf(call)) ?? []);

export const commandRoutes: Route[] = [
  { method: 'GET', pattern: '/applications/:id/commands', run: read },
  { method: 'PUT', pattern: '/applications/:id/commands', run: overwrite },
  { method: 'GET', pattern: '/applications/:id/guilds/:id/commands', run: read },
  { method: 'PUT', pattern: '/applications/:id/guilds/:id/commands', run: overwrite },
];
