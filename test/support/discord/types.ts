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
  /** Real milliseconds. */
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
