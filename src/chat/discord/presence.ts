import { type Client, Events, type Guild, type GuildBasedChannel, PermissionFlagsBits, type PermissionsString } from 'discord.js';
import type { Place } from '../../core/messages/place.ts';
import type { ChatListener } from '../../core/ports/chat.ts';
import type { Log } from '../../core/ports/log.ts';

/** What we need in a channel, as Discord's settings call it. */
const needed: Partial<Record<PermissionsString, string>> = {
  ViewChannel: 'View Channel',
  SendMessages: 'Send Messages',
  EmbedLinks: 'Embed Links',
  AttachFiles: 'Attach Files',
  ReadMessageHistory: 'Read Message History',
  CreatePublicThreads: 'Create Public Threads',
  SendMessagesInThreads: 'Send Messages in Threads',
};

/** Without these nothing can be posted at all. */
const TO_POST = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages;

type Writable = Exclude<GuildBasedChannel, { isThread(): true }>;

const isWritable = (channel: GuildBasedChannel): boolean =>
  channel.isTextBased() && !channel.isThread() && !channel.isVoiceBased();

const mayPost = (channel: GuildBasedChannel): boolean => {
  const { me } = channel.guild.members;
  return me !== null && isWritable(channel) && (channel as Writable).permissionsFor(me)?.has(TO_POST) === true;
};

/** Names of the permissions we lack there; of a channel we know nothing of, all that we need. */
export function missingIn(client: Client | undefined, id: string): string {
  const channel = client?.channels.cache.get(id);
  const me = channel && 'guild' in channel ? channel.guild.members.me : null;
  const known = channel && 'guild' in channel && me ? (channel as Writable).permissionsFor(me) : null;
  const names = Object.keys(needed) as PermissionsString[];
  const missing = known ? names.filter((name) => !known.has(name)) : names;
  const where = channel && 'name' in channel ? ` of #${channel.name}` : ' of the channel';
  const list = (missing.length > 0 ? missing : names).map((name) => needed[name]).join(', ');
  return `I may not post there. Give me ${list} in the settings${where}.`;
}

/** Tells where we are let in and shut out. */
export class Presence {
  readonly #client: Client;
  readonly #listener: ChatListener;
  readonly #log: Log;
  /** Channels where we may post. */
  readonly #open = new Set<string>();
  /** Those where we once could. */
  readonly #lost = new Set<string>();

  constructor(client: Client, listener: ChatListener, log: Log) {
    this.#client = client;
    this.#listener = listener;
    this.#log = log;
    client.on(Events.GuildCreate, (guild) => this.#entered(guild));
    client.on(Events.GuildDelete, (guild) => this.#putOut(guild));
    client.on(Events.ChannelCreate, (channel) => {
      if (mayPost(channel)) this.#open.add(channel.id);
    });
    client.on(Events.ChannelDelete, (channel) => {
      if ('guild' in channel) this.#shut(channel, `#${channel.name} was deleted.`);
    });
    client.on(Events.ChannelUpdate, (_, channel) => {
      if ('guild' in channel) this.#look(channel, true);
    });
    client.on(Events.GuildRoleUpdate, ({ guild }) => this.#lookAround(guild));
    client.on(Events.GuildRoleDelete, ({ guild }) => this.#lookAround(guild));
    client.on(Events.GuildMemberUpdate, (_, member) => {
      if (member.id === client.user?.id) this.#lookAround(member.guild);
    });
  }

  /** Servers that we were let into while nobody listened are greeted now; those that know us are not greeted again. */
  begin(): void {
    for (const guild of this.#client.guilds.cache.values()) this.#entered(guild);
  }

  #entered(guild: Guild): void {
    const channels = [...guild.channels.cache.values()].filter(mayPost);
    for (const { id } of channels) this.#open.add(id);
    const first = channels.sort((a, b) => positionOf(a) - positionOf(b))[0];
    const greeted = guild.systemChannel && mayPost(guild.systemChannel) ? guild.systemChannel : first;
    const told = async () => {
      await this.#listener.returned({ platform: 'discord', team: guild.id });
      if (greeted) await this.#listener.joined(placeIn(greeted));
    };
    this.#tell(told());
  }

  #putOut({ id, name, channels }: Guild): void {
    for (const channel of channels.cache.keys()) this.#open.delete(channel);
    this.#tell(this.#listener.left({ platform: 'discord', team: id, why: `I was removed from ${name}. Invite me again.` }));
  }

  #lookAround(guild: Guild): void {
    for (const channel of guild.channels.cache.values()) this.#look(channel, false);
  }

  /** A channel that is opened to us by name is one we were invited to; a role that opens many is not. */
  #look(channel: GuildBasedChannel, isInvitation: boolean): void {
    const may = mayPost(channel);
    if (may === this.#open.has(channel.id)) return;
    if (!may) this.#shut(channel, missingIn(this.#client, channel.id));
    else {
      this.#open.add(channel.id);
      if (isInvitation || this.#lost.has(channel.id)) this.#tell(this.#listener.joined(placeIn(channel)));
    }
  }

  #shut({ id, guild }: GuildBasedChannel, why: string): void {
    if (!this.#open.delete(id)) return;
    this.#lost.add(id);
    this.#tell(this.#listener.left({ platform: 'discord', team: guild.id, channel: id, why }));
  }

  #tell(told: Promise<void>): void {
    told.catch((error: unknown) => this.#log.error({ error: String(error) }, 'where we are could not be recorded'));
  }
}

const placeIn = ({ id, guild }: GuildBasedChannel): Place => ({ platform: 'discord', team: guild.id, channel: id });

const positionOf = (channel: GuildBasedChannel): number => ('rawPosition' in channel ? channel.rawPosition : 0);
