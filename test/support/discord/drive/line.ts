import { permissionsIn } from '../access.ts';
import type { OptionValue } from '../interface.ts';
import { type Json, records, text } from '../json.ts';
import { channelJson, memberJson, roleJson, userJson } from '../payloads.ts';
import { bitsOf, permissionBits } from '../permissions.ts';
import type { FakeChannel } from '../types.ts';
import { findChannel, findRole, findUser, type World } from '../world.ts';

/** The commands a user is offered in a channel: the guild's before the global ones. */
function offered(world: World, userId: string, channel: FakeChannel): Json[] {
  const granted = permissionsIn(world, userId, channel);
  const all = [...(world.commands.get(channel.guildId ?? '') ?? []), ...(world.commands.get('global') ?? [])];
  return all.filter((one) => {
    const needed = typeof one.default_member_permissions === 'string' ? BigInt(one.default_member_permissions) : undefined;
    const contexts = Array.isArray(one.contexts) ? one.contexts : [0, 1];
    if (!contexts.includes(channel.guildId ? 0 : 1)) return false;
    // "0" is for administrators only.
    if (needed === 0n) return (granted & permissionBits.ADMINISTRATOR) !== 0n;
    return needed === undefined || (granted & needed) === needed;
  });
}

/** What was meant by `/pipeline show source:web`, as the client sends it. Throws where the client would refuse. */
export function commandData(
  world: World,
  userId: string,
  channel: FakeChannel,
  line: string,
  beside: Record<string, OptionValue>,
  focused?: string,
): Json {
  if ((permissionsIn(world, userId, channel) & bitsOf(['USE_APPLICATION_COMMANDS'])) === 0n)
    throw new Error(`${findUser(world, userId).name} may not use commands in ${channel.name}`);
  if (channel.archived) throw new Error(`${channel.name} is archived: no commands there`);
  const behind = Object.fromEntries(
    [...line.matchAll(/\s([-_\p{L}\p{N}]+):(.*?)(?=\s[-_\p{L}\p{N}]+:|$)/gu)].map((found) => [found[1], found[2]]),
  );
  const words = line
    .replace(/\s[-_\p{L}\p{N}]+:.*$/u, '')
    .trim()
    .replace(/^\//, '')
    .split(/\s+/);
  const found = offered(world, userId, channel).find((one) => one.name === words[0] && (one.type ?? 1) === 1);
  if (!found)
    throw new Error(
      `nobody offers /${words[0]} here; there is ${
        offered(world, userId, channel)
          .map((one) => `/${one.name}`)
          .join(', ') || 'nothing'
      }`,
    );
  const path: Json[] = [];
  let level = found;
  for (const word of words.slice(1)) {
    const next = records(level.options).find((one) => one.name === word && (one.type === 1 || one.type === 2));
    if (!next) throw new Error(`/${found.name} has no sub-command ${word}`);
    path.push(next);
    level = next;
  }
  if (records(level.options).some((one) => one.type === 1 || one.type === 2))
    throw new Error(`/${words.join(' ')} needs a sub-command`);
  const resolved: Record<string, Json> = {};
  const values: Record<string, OptionValue> = { ...(behind as Record<string, string>), ...beside };
  let options = filled(world, channel, records(level.options), values, resolved, focused);
  for (const step of path.reverse()) options = [{ type: step.type, name: step.name, options }];
  return {
    id: found.id,
    name: found.name,
    type: 1,
    ...(found.guild_id ? { guild_id: found.guild_id } : {}),
    ...(options.length > 0 ? { options } : {}),
    ...(Object.keys(resolved).length > 0 ? { resolved } : {}),
  };
}

function filled(
  world: World,
  channel: FakeChannel,
  defined: readonly Json[],
  values: Record<string, OptionValue>,
  resolved: Record<string, Json>,
  focused?: string,
): Json[] {
  for (const name of Object.keys(values))
    if (!defined.some((one) => one.name === name))
      throw new Error(`there is no option ${name}; only ${defined.map((one) => one.name).join(', ') || 'none'}`);
  if (focused !== undefined && defined.find((one) => one.name === focused)?.autocomplete !== true)
    throw new Error(`option ${focused} completes nothing`);
  return defined.flatMap((one) => {
    const name = text(one.name);
    const given = values[name];
    if (given === undefined) {
      if (one.required === true && focused === undefined) throw new Error(`option ${name} is required`);
      return [];
    }
    // What is still being typed goes as it is.
    if (focused === name) return [{ type: one.type, name, value: String(given), focused: true }];
    return [{ type: one.type, name, value: read(world, channel, one, given, resolved) }];
  });
}

function read(world: World, channel: FakeChannel, of: Json, given: OptionValue, resolved: Record<string, Json>): OptionValue {
  const name = text(of.name);
  const choices = records(of.choices);
  if (choices.length > 0) {
    const chosen = choices.find((choice) => choice.name === given || choice.value === given);
    if (!chosen) throw new Error(`option ${name} offers ${choices.map((choice) => choice.name).join(', ')}, not ${given}`);
    return chosen.value as OptionValue;
  }
  const put = (kind: string, id: string, value: Json) => {
    resolved[kind] = { ...resolved[kind], [id]: value };
    return id;
  };
  const wanted = String(given);
  switch (of.type) {
    case 3:
      if (wanted.length < Number(of.min_length ?? 0) || wanted.length > Number(of.max_length ?? 6000))
        throw new Error(`option ${name} is too short or too long`);
      return wanted;
    case 4:
    case 10: {
      const value = Number(given);
      if (Number.isNaN(value) || (of.type === 4 && !Number.isInteger(value))) throw new Error(`option ${name} is a number`);
      if (value < Number(of.min_value ?? -(2 ** 53)) || value > Number(of.max_value ?? 2 ** 53))
        throw new Error(`option ${name} is out of range`);
      return value;
    }
    case 5:
      if (!['true', 'false'].includes(wanted.toLowerCase())) throw new Error(`option ${name} is true or false`);
      return wanted.toLowerCase() === 'true';
    case 6: {
      const user = findUser(world, wanted);
      const member = world.guilds.get(channel.guildId ?? '')?.members.get(user.id);
      const { user: _, ...partial } = member ? memberJson(world, member) : { user: undefined };
      if (member) put('members', user.id, { ...partial, permissions: String(permissionsIn(world, user.id, channel)) });
      return put('users', user.id, userJson(user));
    }
    case 7: {
      const target = findChannel(world, wanted);
      return put('channels', target.id, { ...channelJson(world, target), permissions: '0' });
    }
    case 8: {
      const guild = world.guilds.get(channel.guildId ?? '');
      if (!guild) throw new Error(`option ${name}: no roles here`);
      const id = findRole(guild, wanted);
      const role = guild.roles.get(id);
      return put('roles', id, role ? roleJson(role, 0) : {});
    }
    default:
      throw new Error(`the fake's client cannot fill an option of type ${of.type}`);
  }
}
