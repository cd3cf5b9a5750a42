import type { Json } from './json.ts';

export interface UserSeed {
  id: string;
  /** The handle; the id in lower case when absent. */
  name?: string;
  realName?: string;
  email?: string;
  tz?: string;
  /** Of another workspace, met in a shared channel. */
  teamId?: string;
  guest?: 'multi' | 'single';
  bot?: boolean;
  deleted?: boolean;
  admin?: boolean;
  owner?: boolean;
}
export type FakeUser = Required<Omit<UserSeed, 'guest' | 'email'>> & Pick<UserSeed, 'guest' | 'email'>;

export interface ChannelSeed {
  id: string;
  name?: string;
  private?: boolean;
  archived?: boolean;
  /** Users in it; write `bot` for the bot itself. */
  members?: readonly string[];
  /** Shared with another workspace. */
  shared?: boolean;
}

export interface Edit {
  at: number;
  text: string;
  blocks: Json[];
}

export interface FakeMessage {
  channel: string;
  ts: string;
  user: string;
  botId?: string;
  text: string;
  blocks: Json[];
  attachments: Json[];
  metadata?: Json;
  threadTs?: string;
  /** Also shown in the channel though it stands in a thread. */
  broadcast: boolean;
  /** The one user who sees it; absent for all. */
  only?: string;
  /** Its former contents, oldest first. */
  edits: Edit[];
  deleted: boolean;
  /** Ids of files shared in it. */
  files: string[];
  via: 'chat.postMessage' | 'chat.postEphemeral' | 'files' | 'response_url' | 'ack' | 'user';
  at: number;
}

export interface FakeChannel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  archived: boolean;
  shared: boolean;
  members: Set<string>;
  /** Every message ever, with the deleted and the ephemeral ones. */
  all: FakeMessage[];
  /** What stands there now for every member, oldest first: no ephemeral and no deleted ones. */
  readonly messages: FakeMessage[];
  readonly ephemerals: FakeMessage[];
}

export interface FakeFile {
  id: string;
  name: string;
  title: string;
  altText: string;
  user: string;
  length: number;
  bytes?: Buffer;
  completed: boolean;
  /** Slack has looked at it: its type is known and blocks may show it. */
  processed: boolean;
  polls: number;
  mimetype: string;
  channels: string[];
}

export interface FakeView {
  id: string;
  type: 'modal' | 'home';
  user: string;
  callbackId: string;
  externalId: string;
  privateMetadata: string;
  title?: Json;
  submit?: Json;
  close?: Json;
  blocks: Json[];
  hash: string;
  rootId: string;
  previousId?: string;
  clearOnClose: boolean;
  notifyOnClose: boolean;
  /** What the bot answered to the last submission, by block id. */
  errors: Record<string, string>;
  /** Its former contents. */
  edits: Json[][];
}

export interface Group {
  id: string;
  handle: string;
  name: string;
  users: string[];
  deleted?: boolean;
}

/** An option of a select, as Slack sends it back. */
export interface Choice extends Json {
  text: Json;
  value: string;
}

export interface Delivery {
  kind: 'delivery';
  at: number;
  type: 'slash_commands' | 'interactive' | 'events_api' | 'raw';
  via: 'http' | 'socket';
  body: Json;
  acked: boolean;
  ackMs: number;
  /** Parsed where it is JSON, else the text. */
  ackBody: unknown;
  /** Of the HTTP answer; 200 for an ack over the socket; 0 for none. */
  status: number;
  /**
   * Why it is not acked: `timeout`, `no_socket`, `socket_closed`, `connection_failed`, `http_<status>`, `no_url`; or
   * why Slack would not send it: `not_subscribed`, `not_in_channel`, `missing_scope`.
   */
  error?: string;
  headers: Record<string, string>;
  /** The body as sent over HTTP. */
  raw: string;
  triggerId?: string;
  responseUrl?: string;
  /** Of a block_suggestion: the options the bot offered, groups flattened. */
  options?: Choice[];
}

export interface Request {
  kind: 'request';
  at: number;
  /** A Web API method, or `response_url` or `upload`. */
  method: string;
  /** What is nested is decoded. */
  args: Json;
  token: string;
  status: number;
  answer: unknown;
  /** What trouble was played on it. */
  trouble?: string;
}

export interface Fault {
  /** An HTTP status instead of an answer. */
  status?: number;
  /** `{ok: false, error}` instead of an answer. */
  error?: string;
  /** In seconds; with status 429. */
  retryAfter?: number;
  /** Cuts the connection: before the request is worked on, or after it was, losing the answer. */
  drop?: 'before' | 'after';
  /** Waits so many ms before working. */
  delay?: number;
  /** Further fields of the answer, e.g. `needed`. */
  fields?: Json;
  /** How often; once by default. */
  times?: number;
  when?: (args: Json) => boolean;
}

/** A door in front of a method: requests wait there until it is opened. */
export interface Hold {
  /** Resolves when a request has arrived. */
  arrived: Promise<void>;
  release(): void;
}

export interface FakeSlackOptions {
  /**
   * Milliseconds. Expiry, rate limits and the timestamps of signatures follow it, so a receiver needs the same one; the 3 s of an
   * ack are real time.
   */
  now?: () => number;
  team?: { id?: string; domain?: string; name?: string; enterpriseId?: string };
  app?: { id?: string; botId?: string; botUserId?: string; botName?: string };
  users?: readonly UserSeed[];
  channels?: readonly ChannelSeed[];
  groups?: readonly Group[];
  botToken?: string;
  appToken?: string;
  /** What the bot token may do; by default everything this fake knows. */
  scopes?: readonly string[];
  signingSecret?: string;
  delivery?: 'http' | 'socket';
  /** Where deliveries go over HTTP. Can be set later: `fake.requestUrl`. */
  requestUrl?: string;
  /** Slash commands of the app; any when absent. */
  commands?: readonly string[];
  /** Events the app is subscribed to; all when absent. */
  events?: readonly string[];
  /** Block types this workspace does not have yet. */
  unknownBlocks?: readonly string[];
  /** Polls of files.info until a file's type is known. */
  filePolls?: number;
  ackWithinMs?: number;
  /** Rules beyond Slack's own; all on by default. */
  strict?: Partial<Strictness>;
  rates?: Partial<Rates>;
}

export interface Strictness {
  /** Blocks need a text beside them. */
  fallbackText: boolean;
  /** Links need `unfurl_links` and `unfurl_media` off. */
  unfurl: boolean;
  /** A thread is named by its parent, which exists. */
  threadParent: boolean;
}

export interface Rates {
  on: boolean;
  /** Posts to one channel at once before 1 per second holds. */
  burst: number;
  perMinute: Record<1 | 2 | 3 | 4, number>;
  /** chat.postMessage over all channels. */
  workspacePerMinute: number;
}
