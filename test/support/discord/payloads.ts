import type { Json } from './json.ts';
import { isRecord } from './json.ts';
import { bitsOf } from './permissions.ts';
import type { FakeAttachment, FakeChannel, FakeGuild, FakeMember, FakeMessage, FakeRole, FakeUser } from './types.ts';
import { findUser, type World } from './world.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

export const kinds: Record<FakeChannel['kind'], number> = { text: 0, dm: 1, voice: 2, announcement: 5, thread: 11 };

export const userJson = (user: FakeUser): Json => ({
  id: user.id,
  username: user.name,
  discriminator: '0',
  global_name: user.displayName,
  avatar: null,
  bot: user.bot,
  system: false,
  public_flags: 0,
});

export const memberJson = (world: World, member: FakeMember): Json => ({
  user: userJson(findUser(world, member.userId)),
  nick: member.nick,
  avatar: null,
  roles: member.roleIds,
  joined_at: '2024-01-01T00:00:00.000Z',
  premium_since: null,
  communication_disabled_until: null,
  deaf: false,
  mute: false,
  pending: false,
  flags: 0,
});

export const roleJson = (role: FakeRole, position: number): Json => ({
  id: role.id,
  name: role.name,
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  icon: null,
  unicode_emoji: null,
  position,
  permissions: String(bitsOf(role.permissions)),
  managed: role.managed,
  mentionable: false,
  flags: 0,
});

export function channelJson(world: World, channel: FakeChannel): Json {
  const base = { id: channel.id, type: kinds[channel.kind], flags: 0, last_message_id: channel.messages.at(-1)?.id ?? null };
  if (channel.kind === 'dm') return { ...base, recipients: [userJson(findUser(world, channel.recipientId ?? ''))] };
  if (channel.kind === 'thread')
    return {
      ...base,
      guild_id: channel.guildId,
      name: channel.name,
      parent_id: channel.parentId,
      owner_id: channel.ownerId,
      rate_limit_per_user: 0,
      message_count: channel.messages.length,
      member_count: 1,
      total_message_sent: channel.messages.length,
      thread_metadata: {
        archived: channel.archived,
        locked: channel.locked,
        auto_archive_duration: channel.autoArchiveMinutes,
        archive_timestamp: iso(world.now()),
        create_timestamp: iso(world.now()),
      },
    };
  return {
    ...base,
    guild_id: channel.guildId,
    name: channel.name,
    topic: channel.topic,
    position: 0,
    nsfw: false,
    parent_id: null,
    rate_limit_per_user: 0,
    permission_overwrites: channel.overwrites.map((one) => ({ ...one, allow: String(one.allow), deny: String(one.deny) })),
  };
}

export function guildJson(world: World, guild: FakeGuild): Json {
  const own = [...world.channels.values()].filter((channel) => channel.guildId === guild.id && !channel.deleted);
  const bot = guild.members.get(world.botId);
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    owner_id: guild.ownerId,
    preferred_locale: guild.locale,
    features: [],
    unavailable: false,
    large: false,
    member_count: guild.members.size,
    joined_at: '2024-01-01T00:00:00.000Z',
    premium_tier: 0,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    system_channel_flags: 0,
    afk_timeout: 300,
    emojis: [],
    stickers: [],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
    roles: [...guild.roles.values()].map(roleJson),
    // Without the privileged intent a bot is told of no member but itself.
    members: bot ? [memberJson(world, bot)] : [],
    channels: own.filter((channel) => channel.kind !== 'thread').map((channel) => channelJson(world, channel)),
    threads: own
      .filter((channel) => channel.kind === 'thread' && !channel.archived)
      .map((channel) => channelJson(world, channel)),
  };
}

/** Signed and short-lived, like the real ones. */
const fileUrl = (world: World, message: FakeMessage, file: FakeAttachment): string => {
  const until = Math.floor(world.now() / 1000) + 86_400;
  return `${world.url}/attachments/${message.channelId}/${file.id}/${file.filename}?ex=${until.toString(16)}&is=0&hm=fake`;
};

const attachmentJson = (world: World, message: FakeMessage, file: FakeAttachment): Json => ({
  id: file.id,
  filename: file.filename,
  ...(file.description === undefined ? {} : { description: file.description }),
  content_type: file.contentType,
  size: file.bytes.length,
  url: fileUrl(world, message, file),
  proxy_url: fileUrl(world, message, file),
});

/** Components as Discord gives them back: numbered, `attachment://` replaced by real addresses. */
function resolved(world: World, message: FakeMessage, components: readonly Json[]): Json[] {
  let next = 0;
  const walk = (value: unknown, isComponent: boolean): unknown => {
    if (Array.isArray(value)) return value.map((entry) => walk(entry, isComponent));
    if (!isRecord(value)) return value;
    const out: Json = isComponent ? { id: value.id ?? ++next } : {};
    for (const [key, inner] of Object.entries(value))
      out[key] = walk(inner, key === 'components' || key === 'accessory' || key === 'component');
    if (typeof out.url === 'string' && out.url.startsWith('attachment://')) {
      const file = message.attachments.find((one) => `attachment://${one.filename}` === out.url);
      if (file) {
        const url = fileUrl(world, message, file);
        Object.assign(out, { url, proxy_url: url, content_type: file.contentType, attachment_id: file.id });
      }
    }
    return out;
  };
  return walk(components, true) as Json[];
}

export function messageJson(world: World, message: FakeMessage): Json {
  const interaction = [...world.live.values()].find((one) => one.id === message.interactionId);
  const thread = message.threadId ? world.channels.get(message.threadId) : undefined;
  const reply = message.replyTo ? world.messages.get(message.replyTo) : undefined;
  const pinged = message.pings.flatMap((id) => world.users.get(id) ?? []);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.via === 'response' ? 20 : message.replyTo ? 19 : 0,
    author: userJson(findUser(world, message.authorId)),
    content: message.content,
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : iso(message.editedAt),
    tts: false,
    pinned: false,
    mention_everyone: message.pings.includes('everyone'),
    mentions: pinged.map(userJson),
    mention_roles: message.pings.filter((id) => id !== 'everyone' && !world.users.has(id)),
    attachments: message.attachments.map((file) => attachmentJson(world, message, file)),
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: resolved(world, message, message.components),
    flags: message.flags | (message.loading ? 128 : 0),
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.authorId === world.botId ? { application_id: world.applicationId } : {}),
    ...(message.via === 'response' || message.via === 'follow-up' ? { webhook_id: world.applicationId } : {}),
    ...(thread ? { thread: channelJson(world, thread) } : {}),
    ...(message.replyTo ? { message_reference: { type: 0, message_id: message.replyTo, channel_id: message.channelId } } : {}),
    ...(reply ? { referenced_message: messageJson(world, reply) } : {}),
    ...(interaction
      ? {
          interaction_metadata: {
            id: interaction.id,
            type: interaction.payload.type,
            user: userJson(findUser(world, interaction.userId)),
            authorizing_integration_owners: interaction.payload.authorizing_integration_owners,
          },
        }
      : {}),
  };
}
