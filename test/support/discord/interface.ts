import type { Json } from './json.ts';
import type { PermissionName } from './permissions.ts';
import type {
  ChannelSeed,
  FakeChannel,
  FakeGuild,
  FakeMessage,
  FakeModal,
  Fault,
  GatewayEvent,
  GuildSeed,
  Hold,
  Interaction,
  Request,
  UserSeed,
} from './types.ts';

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
  /** Left for the day; 1000 by default. */
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
  /** The user's screen still shows a former version of the message: what was there can be used too. */
  stale?: boolean;
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
