import { type BaseInteraction, type Client, GuildMember } from 'discord.js';
import type { Place } from '../../core/messages/place.ts';
import type { Caller } from '../../core/people/caller.ts';
import { CODE, codeOf } from './errors.ts';
import { FLAGS } from './limits.ts';

export const accountOf = ({ user }: BaseInteraction): string => `discord:${user.id}`;

/** Who did it. In a direct message Discord names no server: the first of ours that they are a member of stands for it. */
export async function callerOf(interaction: BaseInteraction): Promise<Caller> {
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

/** Where it was done; with the person for what they alone see. */
export async function placeOf(at: At): Promise<Place> {
  const { interaction } = at;
  const mine = isMine(at) ? { person: accountOf(interaction) } : {};
  if (interaction.guildId === null) return { platform: 'discord', team: '', channel: '', ...mine };
  const { channelId } = interaction;
  // A thread that slept for long is not known by heart.
  const channel =
    interaction.channel ?? (channelId ? await interaction.client.channels.fetch(channelId).catch(() => null) : null);
  const inside =
    channel?.isThread() && channel.parentId ? { channel: channel.parentId, thread: channel.id } : { channel: channelId ?? '' };
  return { platform: 'discord', team: interaction.guildId, ...inside, ...mine };
}
