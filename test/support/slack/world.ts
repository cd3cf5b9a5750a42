import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';
import type {
  ChannelSeed,
  Delivery,
  FakeChannel,
  FakeFile,
  FakeMessage,
  FakeSlackOptions,
  FakeUser,
  FakeView,
  Group,
  Rates,
  Request,
  Strictness,
  UserSeed,
} from './types.ts';

export interface Trigger {
  id: string;
  user: string;
  at: number;
  used: boolean;
}

/** What a `response_url` stands for. */
export interface ResponseUrl {
  id: string;
  kind: 'commands' | 'actions';
  user: string;
  channel: string;
  at: number;
  posts: number;
  /** The message it belongs to; for a command's, the one it posted last. */
  message?: FakeMessage;
}

/** Everything the workspace knows. */
export interface World {
  now(): number;
  url: string;
  team: { id: string; domain: string; name: string; enterpriseId?: string };
  app: { id: string; botId: string; botUserId: string; botName: string };
  botToken: string;
  appToken: string;
  tokenState: 'active' | 'token_revoked' | 'account_inactive';
  scopes: Set<string>;
  users: Map<string, FakeUser>;
  channels: Map<string, FakeChannel>;
  groups: Map<string, Group>;
  files: Map<string, FakeFile>;
  views: Map<string, FakeView>;
  /** Open forms by user, the one on top last. */
  modals: Map<string, FakeView[]>;
  homes: Map<string, FakeView>;
  triggers: Map<string, Trigger>;
  responseUrls: Map<string, ResponseUrl>;
  log: (Request | Delivery)[];
  problems: string[];
  strict: Strictness;
  rates: Rates;
  unknownBlocks: Set<string>;
  filePolls: number;
  /** In microseconds. */
  lastTs: number;
  /** The address for one new socket; set by the socket side. */
  openSocket(): string;
}

const allScopes =
  'commands,chat:write,chat:write.public,files:write,files:read,channels:read,channels:join,groups:read,im:read,im:write,' +
  'users:read,users:read.email,usergroups:read,app_mentions:read,im:history';

export function createWorld(options: FakeSlackOptions): World {
  const world: World = {
    now: options.now ?? Date.now,
    url: '',
    team: { id: 'T0TEAM', domain: 'acme', name: 'Acme', ...options.team },
    app: { id: 'A0APP', botId: 'B0BOT', botUserId: 'U0BOT', botName: 'pipewarden', ...options.app },
    botToken: options.botToken ?? 'xoxb-1-fake',
    appToken: options.appToken ?? 'xapp-1-fake',
    tokenState: 'active',
    scopes: new Set(options.scopes ?? allScopes.split(',')),
    users: new Map(),
    channels: new Map(),
    groups: new Map((options.groups ?? []).map((group) => [group.id, { ...group, users: [...group.users] }])),
    files: new Map(),
    views: new Map(),
    modals: new Map(),
    homes: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    log: [],
    problems: [],
    strict: { fallbackText: true, unfurl: true, threadParent: true, ...options.strict },
    rates: { on: false, burst: 3, perMinute: { 1: 5, 2: 20, 3: 50, 4: 100 }, workspacePerMinute: 300, ...options.rates },
    unknownBlocks: new Set(options.unknownBlocks),
    filePolls: options.filePolls ?? 2,
    lastTs: 0,
    openSocket: () => '',
  };
  addUser(world, { id: world.app.botUserId, name: world.app.botName, bot: true });
  for (const seed of options.users ?? []) addUser(world, seed);
  for (const seed of options.channels ?? []) addChannel(world, seed);
  return world;
}

export function addUser(world: World, seed: UserSeed): FakeUser {
  const name = seed.name ?? seed.id.toLowerCase();
  const user: FakeUser = {
    name,
    realName: name,
    tz: 'Etc/UTC',
    teamId: world.team.id,
    bot: false,
    deleted: false,
    admin: false,
    owner: false,
    ...seed,
  };
  world.users.set(user.id, user);
  return user;
}

export function addChannel(world: World, seed: ChannelSeed, kind?: FakeChannel['kind']): FakeChannel {
  const channel: FakeChannel = {
    id: seed.id,
    name: seed.name ?? seed.id.toLowerCase(),
    kind: kind ?? (seed.private ? 'private' : 'public'),
    archived: seed.archived ?? false,
    shared: seed.shared ?? false,
    members: new Set((seed.members ?? []).map((id) => (id === 'bot' ? world.app.botUserId : id))),
    all: [],
    get messages() {
      return this.all.filter((message) => !message.only && !message.deleted);
    },
    get ephemerals() {
      return this.all.filter((message) => message.only && !message.deleted);
    },
  };
  world.channels.set(channel.id, channel);
  return channel;
}

/** The direct messages between the bot and a user. */
export function directChannel(world: World, user: string): FakeChannel {
  const id = `D${user.slice(1)}`;
  return world.channels.get(id) ?? addChannel(world, { id, name: 'directmessage', members: ['bot', user] }, 'im');
}

export const isMember = (world: World, channel: FakeChannel): boolean => channel.members.has(world.app.botUserId);

/** Whether a user may look into a channel: members, and full members of the workspace into public ones. */
export function maySee(world: World, userId: string, channel: FakeChannel): boolean {
  const user = world.users.get(userId);
  if (!user || user.deleted) return false;
  if (channel.members.has(userId)) return true;
  return channel.kind === 'public' && !user.guest && user.teamId === world.team.id;
}

let counter = 0;
/** Ids like Slack's: a letter and upper-case characters. */
export const newId = (prefix: string): string => {
  counter += 1;
  return `${prefix}${counter.toString(36).toUpperCase().padStart(4, '0')}${randomBytes(4).toString('hex').toUpperCase()}`;
};

/** Of the present second, and unique. */
export function newTs(world: World): string {
  const micros = Math.max(Math.floor(world.now()) * 1000, world.lastTs + 1);
  world.lastTs = micros;
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

export function findMessage(world: World, channel: string, ts: string): FakeMessage | undefined {
  return world.channels.get(channel)?.all.find((message) => message.ts === ts && !message.deleted);
}

export function addMessage(
  world: World,
  channel: FakeChannel,
  fields: Partial<FakeMessage> & Pick<FakeMessage, 'via'>,
): FakeMessage {
  const message: FakeMessage = {
    channel: channel.id,
    ts: newTs(world),
    user: world.app.botUserId,
    botId: world.app.botId,
    text: '',
    blocks: [],
    attachments: [],
    broadcast: false,
    edits: [],
    deleted: false,
    files: [],
    at: world.now(),
    ...fields,
  };
  channel.all.push(message);
  return message;
}

export function editMessage(world: World, message: FakeMessage, next: { text: string; blocks: Json[] }): void {
  message.edits.push({ at: world.now(), text: message.text, blocks: message.blocks });
  message.text = next.text;
  message.blocks = next.blocks;
}

export function newTrigger(world: World, user: string): string {
  const id = `${Date.now()}.${counter}.${randomBytes(16).toString('hex')}`;
  world.triggers.set(id, { id, user, at: world.now(), used: false });
  return id;
}

export function newResponseUrl(
  world: World,
  kind: 'commands' | 'actions',
  of: Pick<ResponseUrl, 'user' | 'channel' | 'message'>,
): string {
  const id = randomBytes(12).toString('hex');
  world.responseUrls.set(id, { id, kind, posts: 0, at: world.now(), ...of });
  return `${world.url}/${kind}/${world.team.id}/${id}`;
}
