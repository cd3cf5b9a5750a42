import { type BaseInteraction, type Client, GuildMember } from 'discord.js';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import { CODE, codeOf } from './errors.ts';
import { FLAGS } from './limits.ts';

export const accountOf = ({ user }: BaseInteraction): string => `discord:${user.id}`;

/** Who did it. In a direct message Discord names no server: the first of ours that they are a member of stands for it. */
async function callerOf(interaction: BaseInteraction): Promise<Caller> {
  const { member, user, client } = interaction;
  const known =
    member instanceof GuildMember ? member : interaction.guildId === null ? await memberOf(client, user.id) : undefined;
  if (known) return memberCaller(known);
  const name = user.globalName ?? user.username;
  return { account: accountOf(interaction), name, team: interaction.guildId ?? '', standing: 'stranger', groups: [] };
}

function memberCaller(member: GuildMember): Caller {
  const { user, guild } = member;
  return {
    account: `discord:${user.id}`,
    name: member.displayName,
    team: guild.id,
    // Who has not passed the server's screening is not one of its people yet.
    standing: user.bot ? 'bot' : member.pending ? 'guest' : 'member',
    groups: [...member.roles.cache.keys()].filter((id) => id !== guild.id).map((id) => `discord-role:${id}`),
  };
}

/** Read anew each time: roles count as they are at the click. */
async function memberOf(client: Client, user: string): Promise<GuildMember | undefined> {
  for (const guild of client.guilds.cache.values()) {
    try {
      return await guild.members.fetch({ user, force: true });
    } catch (error) {
      if (codeOf(error) !== CODE.unknownMember) throw error;
    }
  }
  return undefined;
}

interface At {
  interaction: BaseInteraction;
  /** The card that was used, if there is one. */
  message?: { flags: { bitfield: number } } | null;
}

/** A card in a direct message is private, as an ephemeral one is. */
export const isMine = ({ interaction, message }: At): boolean =>
  interaction.guildId === null || ((message?.flags.bitfield ?? 0) & FLAGS.ephemeral) !== 0;

/** Who did it and where; with the person for what they alone see. */
export async function callOf(at: At): Promise<{ caller: Caller; place: Place }> {
  const { interaction } = at;
  const caller = await callerOf(interaction);
  const mine = isMine(at) ? { person: caller.account } : {};
  const inside = interaction.guildId === null ? { channel: '' } : await channelOf(interaction);
  return { caller, place: { platform: 'discord', team: caller.team, ...inside, ...mine } };
}

/** Of a thread, the channel that it belongs to. */
async function channelOf({ channelId, channel, client }: BaseInteraction): Promise<{ channel: string; thread?: string }> {
  const id = channelId ?? '';
  // A thread that slept for long is not known by heart.
  const known = channel ?? (await client.channels.fetch(id).catch(() => null));
  return known?.isThread() && known.parentId ? { channel: known.parentId, thread: known.id } : { channel: id };
}
