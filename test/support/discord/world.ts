import type { FakeDiscord, FakeDiscordOptions, Limits, Strictness } from './interface.ts';
import type { Json } from './json.ts';
import { bitsOf, botInvite, everyone, type PermissionName, permissionBits } from './permissions.ts';
import type {
  ChannelSeed,
  FakeChannel,
  FakeGuild,
  FakeMember,
  FakeMessage,
  FakeModal,
  FakeUser,
  GuildSeed,
  Interaction,
  UserSeed,
} from './types.ts';

/** An interaction with what only Discord knows of it. */
export interface Live extends Interaction {
  /** What the command or component asks for decides which callbacks it may have. */
  from?: 'command' | 'component';
  /** In real time, which a clock that stands still does not tell. */
  startedAt: number;
  /** The time for the first response is over. */
  dead: boolean;
  /** The token is over. */
  expired: boolean;
  /** Resolves the one who waits for the acknowledgement. */
  settle(): void;
  /** Something was written through it, or on its message. */
  changed(): void;
}

/** Everything Discord knows. */
export interface World {
  now(): number;
  newId(): string;
  /** Of this server, without a path. */
  url: string;
  token: string;
  tokenValid: boolean;
  applicationId: string;
  botId: string;
  publicKey: string;
  users: Map<string, FakeUser>;
  guilds: Map<string, FakeGuild>;
  channels: Map<string, FakeChannel>;
  messages: Map<string, FakeMessage>;
  /** By guild id, or `global`. */
  commands: Map<string, Json[]>;
  /** By token. */
  live: Map<string, Live>;
  /** Forms open now, by user. */
  modals: Map<string, FakeModal>;
  nonces: Map<string, { message: FakeMessage; at: number }>;
  /** Times of edits of old messages, by channel. */
  oldEdits: Map<string, number[]>;
  log: FakeDiscord['log'];
  problems: string[];
  strict: Strictness;
  limits: Limits;
  /** Sends an event to the bot; the gateway sets it. */
  emit(t: string, d: Json): void;
}

const epoch = 1_420_070_400_000;

export function createWorld(options: FakeDiscordOptions): World {
  const now = options.now ?? Date.now;
  let last = 0n;
  const newId = (): string => {
    const first = BigInt(Math.floor(now()) - epoch) << 22n;
    last = first > last ? first : last + 1n;
    return String(last);
  };
  const applicationId = options.application?.id ?? newId();
  const world: World = {
    now,
    newId,
    url: '',
    token: options.token ?? 'MTA.fake.token',
    tokenValid: true,
    applicationId,
    botId: applicationId,
    publicKey: '',
    users: new Map(),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    commands: new Map(),
    live: new Map(),
    modals: new Map(),
    nonces: new Map(),
    oldEdits: new Map(),
    log: [],
    problems: [],
    strict: { allowedMentions: true, referencedFiles: true, ...options.strict },
    limits: {
      ackMs: 3000,
      tokenMs: 15 * 60_000,
      nonceMs: 5 * 60_000,
      oldEdits: Number.POSITIVE_INFINITY,
      oldEditMs: 60_000,
      ...options.limits,
    },
    emit: () => {},
  };
  addUser(world, { id: world.botId, name: options.application?.name ?? 'pipewarden', bot: true });
  for (const seed of options.users ?? []) addUser(world, seed);
  const guilds = options.guilds ?? [{ name: 'Acme', channels: [{ name: 'ops' }], members: [{ user: 'ana' }, { user: 'bo' }] }];
  for (const seed of guilds) addGuild(world, seed);
  return world;
}

function checked(world: World, id: string | undefined): string {
  if (id !== undefined && !/^\d{17,19}$/.test(id)) throw new Error(`not an id Discord would give: ${id}`);
  return id ?? world.newId();
}

export function addUser(world: World, seed: UserSeed): FakeUser {
  const user: FakeUser = {
    displayName: seed.name,
    bot: false,
    locale: 'en-GB',
    closedToDms: false,
    ...seed,
    id: checked(world, seed.id),
  };
  world.users.set(user.id, user);
  return user;
}

export function findUser(world: World, nameOrId: string): FakeUser {
  const wanted = nameOrId.replace(/^@/, '');
  const user = world.users.get(wanted) ?? [...world.users.values()].find((one) => one.name === wanted);
  if (!user) throw new Error(`no user ${nameOrId}`);
  return user;
}

export function addGuild(world: World, seed: GuildSeed): FakeGuild {
  const granted = seed.botPermissions ?? everyone;
  const guild: FakeGuild = {
    id: checked(world, seed.id),
    name: seed.name,
    ownerId: '',
    locale: seed.locale ?? 'en-US',
    attachmentLimit: seed.attachmentLimit ?? 10 * 1024 * 1024,
    roles: new Map(),
    members: new Map(),
    joined: true,
    unavailable: false,
  };
  world.guilds.set(guild.id, guild);
  const addRole = (id: string, name: string, permissions: readonly PermissionName[], managed = false) =>
    guild.roles.set(id, { id, name, permissions, managed });
  addRole(guild.id, '@everyone', [...new Set<PermissionName>([...granted, 'USE_APPLICATION_COMMANDS'])]);
  const own = world.newId();
  addRole(own, findUser(world, world.botId).name, seed.botPermissions ?? botInvite, true);
  for (const role of seed.roles ?? []) addRole(checked(world, role.id), role.name, role.permissions ?? []);
  addMember(world, guild, { user: world.botId, roles: [own] });
  // Somebody owns the guild who never acts in a test: an owner may do everything.
  guild.ownerId = addUser(world, { name: `owner of ${seed.name}` }).id;
  addMember(world, guild, { user: guild.ownerId });
  for (const member of seed.members ?? []) addMember(world, guild, member);
  for (const channel of seed.channels ?? [{ name: 'ops' }]) addChannel(world, guild, channel);
  return guild;
}

export function addMember(
  world: World,
  guild: FakeGuild,
  seed: { user: string; roles?: readonly string[]; nick?: string },
): FakeMember {
  const known = world.users.has(seed.user) || [...world.users.values()].some((user) => user.name === seed.user);
  const user = known ? findUser(world, seed.user) : addUser(world, { name: seed.user });
  const member = { userId: user.id, roleIds: (seed.roles ?? []).map((role) => findRole(guild, role)), nick: seed.nick ?? null };
  guild.members.set(user.id, member);
  return member;
}

export function findRole(guild: FakeGuild, nameOrId: string): string {
  const role = guild.roles.get(nameOrId) ?? [...guild.roles.values()].find((one) => one.name === nameOrId);
  if (!role) throw new Error(`no role ${nameOrId} in ${guild.name}`);
  return role.id;
}

export function newChannel(world: World, fields: Pick<FakeChannel, 'name' | 'kind'> & Partial<FakeChannel>): FakeChannel {
  const channel: FakeChannel = {
    archived: false,
    locked: false,
    autoArchiveMinutes: 1440,
    topic: null,
    overwrites: [],
    deleted: false,
    all: [],
    get messages() {
      return this.all.filter((message) => !message.only && !message.deleted);
    },
    get ephemerals() {
      return this.all.filter((message) => message.only && !message.deleted);
    },
    ...fields,
    id: checked(world, fields.id),
  };
  world.channels.set(channel.id, channel);
  return channel;
}

export function addChannel(world: World, guild: FakeGuild, seed: ChannelSeed): FakeChannel {
  const channel = newChannel(world, {
    ...(seed.id ? { id: seed.id } : {}),
    name: seed.name.replace(/^#/, ''),
    kind: seed.kind ?? 'text',
    guildId: guild.id,
    topic: seed.topic ?? null,
  });
  if (seed.private) {
    channel.overwrites.push({ id: guild.id, type: 0, allow: 0n, deny: permissionBits.VIEW_CHANNEL });
    for (const name of seed.members ?? []) {
      const id = name === 'bot' ? world.botId : findUser(world, name).id;
      channel.overwrites.push({ id, type: 1, allow: permissionBits.VIEW_CHANNEL, deny: 0n });
    }
  }
  if (seed.missing) denyBot(world, channel, seed.missing);
  return channel;
}

/** What the bot lacks in a channel, from now on. */
export function denyBot(world: World, channel: FakeChannel, missing: readonly PermissionName[]): void {
  const own = channel.overwrites.find((one) => one.id === world.botId);
  if (own) own.deny = bitsOf(missing);
  else channel.overwrites.push({ id: world.botId, type: 1, allow: 0n, deny: bitsOf(missing) });
}

export function findChannel(world: World, idOrName: string): FakeChannel {
  const wanted = idOrName.replace(/^#/, '');
  const channel = world.channels.get(wanted) ?? [...world.channels.values()].find((one) => one.name === wanted && !one.deleted);
  if (!channel) throw new Error(`no channel ${idOrName}`);
  return channel;
}

export function findGuild(world: World, idOrName?: string): FakeGuild {
  const guilds = [...world.guilds.values()];
  const guild = idOrName === undefined ? guilds[0] : guilds.find((one) => one.id === idOrName || one.name === idOrName);
  if (!guild) throw new Error(`no guild ${idOrName ?? ''}`);
  return guild;
}

/** The direct messages between the bot and a user. */
export function directChannel(world: World, userId: string): FakeChannel {
  const known = [...world.channels.values()].find((one) => one.kind === 'dm' && one.recipientId === userId);
  return known ?? newChannel(world, { name: findUser(world, userId).name, kind: 'dm', recipientId: userId });
}
