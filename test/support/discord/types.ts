import type { Json } from './json.ts';
import type { PermissionName } from './permissions.ts';

export interface UserSeed {
  id?: string;
  name: string;
  /** Shown instead of the name. */
  displayName?: string;
  bot?: boolean;
  locale?: string;
  /** Takes no direct messages: 50007. */
  closedToDms?: boolean;
}
export interface FakeUser extends Required<UserSeed> {}

export interface RoleSeed {
  id?: string;
  name: string;
  permissions?: readonly PermissionName[];
}
export interface FakeRole extends Required<RoleSeed> {
  managed: boolean;
}

export interface MemberSeed {
  /** Name or id of a user; made when there is none yet. */
  user: string;
  roles?: readonly string[];
  nick?: string;
}
export interface FakeMember {
  userId: string;
  roleIds: string[];
  nick: string | null;
}

export interface ChannelSeed {
  id?: string;
  name: string;
  kind?: 'text' | 'announcement' | 'voice';
  topic?: string;
  /** Hidden from everyone but its members, the bot included: 50001. */
  private?: boolean;
  /** Users who see a private channel; write `bot` for the bot itself. */
  members?: readonly string[];
  /** Permissions the bot lacks in it. */
  missing?: readonly PermissionName[];
}

export interface GuildSeed {
  id?: string;
  name: string;
  roles?: readonly RoleSeed[];
  members?: readonly MemberSeed[];
  channels?: readonly ChannelSeed[];
  /** Instead of the invite's: what the bot's own role and everyone grant. */
  botPermissions?: readonly PermissionName[];
  /** In bytes; 10 MiB by default. */
  attachmentLimit?: number;
  locale?: string;
}

export interface FakeGuild {
  id: string;
  name: string;
  ownerId: string;
  locale: string;
  attachmentLimit: number;
  roles: Map<string, FakeRole>;
  members: Map<string, FakeMember>;
  /** The bot is in it. */
  joined: boolean;
  unavailable: boolean;
}

export interface Overwrite {
  id: string;
  type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

export interface FakeChannel {
  id: string;
  name: string;
  kind: 'text' | 'announcement' | 'voice' | 'thread' | 'dm';
  guildId?: string;
  /** Of a thread. */
  parentId?: string;
  ownerId?: string;
  archived: boolean;
  locked: boolean;
  autoArchiveMinutes: number;
  topic: string | null;
  /** Of a direct message: the user on the other side. */
  recipientId?: string;
  overwrites: Overwrite[];
  deleted: boolean;
  /** Every message ever, with the deleted and the ephemeral ones. */
  all: FakeMessage[];
  /** What stands there now for everyone, oldest first: no ephemeral and no deleted ones. */
  readonly messages: FakeMessage[];
  readonly ephemerals: FakeMessage[];
}

export interface FakeAttachment {
  id: string;
  filename: string;
  /** The alt text. */
  description?: string;
  contentType: string;
  bytes: Buffer;
}

/** What a message says; an edit keeps the former ones. */
export interface Content {
  content: string;
  embeds: Json[];
  /** As sent, with `attachment://` and without ids. */
  components: Json[];
  attachments: FakeAttachment[];
}

export interface FakeMessage extends Content {
  id: string;
  channelId: string;
  authorId: string;
  flags: number;
  /** The one user who sees it; absent for all. */
  only?: string;
  /** "… is thinking": a deferred reply not yet filled. */
  loading: boolean;
  createdAt: number;
  editedAt?: number;
  /** Its former contents, oldest first. */
  edits: (Content & { at: number })[];
  deleted: boolean;
  via: 'channel' | 'response' | 'follow-up' | 'user';
  /** The interaction it answers. */
  interactionId?: string;
  nonce?: string;
  /** The thread begun on it. */
  threadId?: string;
  /** The message it replies to. */
  replyTo?: string;
  /** Users, roles and `everyone` it pinged. */
  pings: string[];
}

export interface FakeModal {
  customId: string;
  title: string;
  components: Json[];
  /** The message of the component that opened it. */
  message?: FakeMessage;
  channelId: string;
}

export interface Choice {
  name: string;
  value: string | number;
}

/** Something a user did, and what the bot made of it. */
export interface Interaction {
  kind: 'interaction';
  id: string;
  token: string;
  type: 'ping' | 'command' | 'autocomplete' | 'component' | 'modal';
  at: number;
  userId: string;
  channelId: string;
  /** What was delivered. */
  payload: Json;
  acked: boolean;
  ackMs: number;
  /** 4 message · 5 deferred message · 6 deferred update · 7 update · 8 autocomplete · 9 modal */
  callbackType?: number;
  /** `data` of the callback. */
  data?: Json;
  /** Why it is not acked: `timeout`, `no_socket`, `connection_failed`, `http_<status>`, or the code of the refused callback, e.g. `50035`. */
  error?: string;
  /** What `@original` means: the response, or the message whose component was used. */
  original?: FakeMessage;
  /** The component's message. */
  source?: FakeMessage;
  followUps: FakeMessage[];
  /** Of an autocomplete. */
  choices: Choice[];
  /** The form it opened. */
  modal?: FakeModal;
  /** Of HTTP delivery: the answer's status. */
  status?: number;
  /**
   * Resolves with the message that answers it once that is written: a response that is no longer loading, an edit of the
   * component's message, or else the first follow-up. Fails after ten seconds.
   */
  answer(): Promise<FakeMessage>;
}

export interface Request {
  kind: 'request';
  at: number;
  method: string;
  /** Without `/api/v10`, with the query. */
  path: string;
  /** As in `POST /channels/:id/messages`. */
  route: string;
  /** `payload_json` of a multipart body. */
  body: Json;
  files: { key: string; name: string; bytes: Buffer }[];
  authorization: string;
  status: number;
  answer: unknown;
  /** What trouble was played on it. */
  trouble?: string;
}

export interface GatewayEvent {
  kind: 'gateway';
  at: number;
  direction: 'in' | 'out';
  op: number;
  t?: string;
  s?: number;
  d: unknown;
}

export interface Fault {
  status?: number;
  /** Of the JSON body; with status 400 when none is given. */
  code?: number;
  message?: string;
  /** In seconds; with status 429. */
  retryAfter?: number;
  /** With status 429. */
  global?: boolean;
  scope?: 'user' | 'global' | 'shared';
  /** Cuts the connection: before the request is worked on, or after it was, losing the answer. */
  drop?: 'before' | 'after';
  /** With `drop`: resets instead of closing. discord.js repeats a reset request by itself, a closed one it gives up. */
  reset?: boolean;
  /** Waits so many ms before working. */
  delay?: number;
  /** How often; once by default. */
  times?: number;
  when?: (request: Request) => boolean;
}

/** A door in front of a route: requests wait there until it is opened. */
export interface Hold {
  /** Resolves when a request has arrived. */
  arrived: Promise<void>;
  release(): void;
}

export interface Strictness {
  /** Every body with a message says whom it may mention: `allowed_mentions` without `parse` of anything. */
  allowedMentions: boolean;
  /** Of a Components V2 message: an uploaded file no component shows is refused. */
  referencedFiles: boolean;
}

export interface Limits {
  /** Real time, besides the clock's. */
  ackMs: number;
  tokenMs: number;
  nonceMs: number;
  /** Edits of a message older than an hour, per `oldEditMs` and channel. */
  oldEdits: number;
  oldEditMs: number;
  /** Requests per bucket: answered with X-RateLimit-* headers, and 429 beyond. Off when absent. */
  bucket?: { limit: number; perMs: number };
}

export interface FakeDiscordOptions {
  /** Milliseconds. Expiry, nonces and ages follow it. */
  now?: () => number;
  token?: string;
  application?: { id?: string; name?: string };
  /** One guild `Acme` with `#ops`, `ana` and `bo` when absent. */
  guilds?: readonly GuildSeed[];
  users?: readonly UserSeed[];
  /** Intents the application has. Others are recorded in `problems`, or refused with 4014. */
  intents?: { allowed?: number; refuse?: boolean };
  /** All on by default. */
  strict?: Partial<Strictness>;
  limits?: Partial<Limits>;
  heartbeatMs?: number;
  sessionStarts?: number;
  /** Where interactions go by HTTP instead of the gateway. Can be set later: `fake.interactionsUrl`. */
  interactionsUrl?: string;
}

/** As typed: texts, numbers and truths; users, channels and roles by name or id. */
export type OptionValue = string | number | boolean;
/** Of a form's field: one text, or the chosen labels. */
export type FieldValue = string | boolean | readonly string[];

export interface Doing {
  /** The interaction's token is dead before the bot can use it, as after a slow way to it. */
  late?: boolean;
}

/** What a user does. Each resolves once the bot has acknowledged or the time is up, and throws where Discord's own client would not let it go. */
export interface Person {
  id: string;
  name: string;
  /** `line` as typed: `/pipeline show`; options beside it, or behind it as `source:web`. */
  command(channel: string, line: string, options?: Record<string, OptionValue>, doing?: Doing): Promise<Interaction>;
  /** What the bot offers while the last of `options`, or `focused`, is typed. */
  autocomplete(channel: string, line: string, options: Record<string, OptionValue>, focused?: string): Promise<Interaction>;
  /** A button, found by its label or custom id. */
  press(message: FakeMessage, button: string, doing?: Doing): Promise<Interaction>;
  /** Options of a select, found by its custom id or placeholder; options by label or value, users and the like by name or id. */
  select(message: FakeMessage, select: string, options: string | readonly string[], doing?: Doing): Promise<Interaction>;
  /** Fills in by label or custom id and sends the form opened last. */
  submitModal(values?: Record<string, FieldValue>, doing?: Doing): Promise<Interaction>;
  closeModal(): void;
  /** The form opened last and not yet sent. */
  readonly modal: FakeModal | undefined;
  /** Writes a plain message. */
  say(channel: string, content: string): FakeMessage;
  /** The channel of direct messages with the bot. */
  dm(): FakeChannel;
}

export interface Forgery {
  badSignature?: boolean;
  unsigned?: boolean;
  /** Other bytes under the signature. */
  tamper?: (raw: string) => string;
  /** Seconds to shift the timestamp, before signing. */
  shift?: number;
}

export interface HttpAnswer {
  status: number;
  contentType: string;
  body: unknown;
}

export interface FakeDiscord {
  /** Ends with `/api`: `rest.api`; discord.js appends `/v10`. */
  apiUrl: string;
  url: string;
  token: string;
  /** Hex, of the Ed25519 key that signs HTTP deliveries. */
  publicKey: string;
  applicationId: string;
  botId: string;
  interactionsUrl: string | undefined;

  /** Everything received and sent, in order. */
  log: (Request | Interaction | GatewayEvent)[];
  /** The requests to one route, e.g. `POST /channels/:id/messages`, or to all. */
  requests(route?: string): Request[];
  interactions(type?: Interaction['type']): Interaction[];
  /** Faults of the bot, a sentence each: refused requests, late acknowledgements, leftovers. */
  problems: string[];
  /** One entry per IDENTIFY. */
  identifies: { at: number; intents: number; token: string; accepted: boolean }[];
  resumes: { at: number; seq: number; accepted: boolean; replayed: number }[];
  heartbeats: number;

  /** By id, `#name` or name. Throws when there is none. */
  channel(idOrName: string): FakeChannel;
  /** What this user sees there now, oldest first, with what only they see. Empty where they may not look. */
  seenBy(user: string, channel: string): FakeMessage[];
  /** The newest message the user sees there. Throws when there is none. */
  lastSeenBy(user: string, channel: string): FakeMessage;
  message(id: string): FakeMessage | undefined;
  /** The thread begun on a message. Throws when there is none. */
  threadOf(message: FakeMessage): FakeChannel;
  guild(idOrName?: string): FakeGuild;
  /** Registered commands: those of a guild, or the global ones. */
  commands(guild?: string): Json[];

  /** By name or id. */
  user(nameOrId: string): Person;
  addUser(seed: UserSeed): Person;
  addGuild(seed: GuildSeed): FakeGuild;
  /** Tells the bot with CHANNEL_CREATE. */
  addChannel(seed: ChannelSeed, guild?: string): FakeChannel;
  /** Sets what the bot lacks in a channel and tells it with CHANNEL_UPDATE. */
  setMissing(channel: string, missing: readonly PermissionName[]): void;
  /** Gives a member exactly these roles. */
  setRoles(user: string, roles: readonly string[], guild?: string): void;

  /** The bot is put out: GUILD_DELETE, then 50001 everywhere in it. */
  guildDelete(guild?: string): void;
  /** The bot is invited (again): GUILD_CREATE. */
  guildCreate(guild?: string): void;
  /** An outage: GUILD_DELETE with `unavailable`, undone by guildCreate. */
  guildUnavailable(guild?: string): void;
  channelDelete(channel: string): void;
  /** Somebody deletes a message. */
  messageDelete(message: FakeMessage): void;
  /** As by hand, or by inactivity. */
  archiveThread(thread: string, options?: { locked?: boolean }): void;
  /** REST answers 401, sockets close with 4004. */
  revokeToken(): void;
  restoreToken(): void;
  /** All interaction tokens are 15 minutes old at once: 50027. */
  expireTokens(): void;

  /** Plays trouble on the next requests to a route, e.g. `POST /channels/:id/messages`; `*` is any. */
  fail(route: string, fault: Fault): void;
  hold(route: string): Hold;
  /** Takes all trouble back and lets everyone through. */
  heal(): void;
  limits: Limits;
  strict: Strictness;

  /** Resolves once so many sessions are ready. */
  connected(sessions?: number): Promise<void>;
  /** Sockets open now. */
  sockets(): number;
  /** Any event to every session. */
  dispatch(t: string, d: Json): void;
  /** Op 7. */
  reconnectSockets(): void;
  /** Op 9. */
  invalidateSessions(resumable: boolean): void;
  /** Ends all sockets without a word; with a close frame if `code` is given. */
  closeSockets(code?: number): void;
  /** Takes no new sockets. */
  refuseSockets(refuse?: boolean): void;
  /** Heartbeats stay without ACK: the client finds a zombie. */
  ignoreHeartbeats(ignore?: boolean): void;

  /** The PING that checks an interactions endpoint. */
  ping(forgery?: Forgery): Promise<HttpAnswer>;
  /** Posts an interaction's payload to the endpoint again, signed or forged. */
  post(payload: Json, forgery?: Forgery): Promise<HttpAnswer>;

  close(): Promise<void>;
}
