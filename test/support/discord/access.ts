import { bitsOf, everyPermission, type PermissionName, permissionBits } from './permissions.ts';
import type { FakeChannel } from './types.ts';
import { findChannel, type World } from './world.ts';

/** Discord's own arithmetic: roles, then the channel's overwrites for everyone, for roles, for the member. */
export function permissionsIn(world: World, userId: string, channel: FakeChannel): bigint {
  if (channel.kind === 'dm') return channel.recipientId === userId || userId === world.botId ? everyPermission : 0n;
  const guild = world.guilds.get(channel.guildId ?? '');
  const member = guild?.members.get(userId);
  if (!guild || !member) return 0n;
  const roleIds = [guild.id, ...member.roleIds];
  let granted = roleIds.reduce((all, id) => all | bitsOf(guild.roles.get(id)?.permissions ?? []), 0n);
  if (guild.ownerId === userId || granted & permissionBits.ADMINISTRATOR) return everyPermission;
  const home = channel.parentId ? findChannel(world, channel.parentId) : channel;
  const forRoles = home.overwrites.filter((one) => one.type === 0 && one.id !== guild.id && roleIds.includes(one.id));
  for (const layer of [
    home.overwrites.filter((one) => one.id === guild.id),
    forRoles,
    home.overwrites.filter((one) => one.id === userId),
  ]) {
    granted &= ~layer.reduce((all, one) => all | one.deny, 0n);
    granted |= layer.reduce((all, one) => all | one.allow, 0n);
  }
  return granted & permissionBits.VIEW_CHANNEL ? granted : 0n;
}

export const may = (world: World, userId: string, channel: FakeChannel, name: PermissionName): boolean =>
  (permissionsIn(world, userId, channel) & permissionBits[name]) !== 0n;
