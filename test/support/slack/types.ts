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
  /** Why it is not acked: `timeout`, `no_socket`, `socket_closed`, `connection_failed`, `http_<status>`, `not_subscribed`, `no_url`. */
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
  /** Milliseconds. Expiry and rate limits follow it; the 3 s of an ack are real time. */
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

/** `file_input` takes file ids. */
export type Value = string | string[] | Choice | Choice[] | null;

/** What a user does. Each resolves once the bot has answered or the time is up. */
export interface Person {
  id: string;
  /** `line` as typed, e.g. `/pipeline web`. */
  command(channel: string, line: string): Promise<Delivery>;
  /** A button, found by its label, action id or value. Throws when there is none: nobody can press it. */
  press(on: FakeMessage | FakeView, button: string): Promise<Delivery>;
  /** An option of a select, overflow, radio group or checkboxes. What an external select offers is asked for first. */
  select(on: FakeMessage | FakeView, element: string, option: string): Promise<Delivery>;
  /** What an external select offers for what was typed. */
  options(on: FakeMessage | FakeView, element: string, typed: string): Promise<Delivery>;
  /** Fills in by label, block id or action id and sends. Throws where Slack's own client would not let it go. */
  submit(view: FakeView, values?: Record<string, Value>): Promise<Delivery>;
  /** Closes a form; tells the bot if the view asks for it. */
  close(view: FakeView): Promise<Delivery | undefined>;
  openHome(tab?: 'home' | 'messages'): Promise<Delivery>;
  /** Writes; the bot hears of mentions and of direct messages. */
  say(channel: string, line: string, threadTs?: string): Promise<{ message: FakeMessage; delivery?: Delivery }>;
  /** Adds someone, `bot` by default, to a channel. */
  invite(who: string | undefined, channel: string): Promise<Delivery>;
  /** The channel of direct messages with the bot. */
  dm(): string;
  /** The forms open now, the one on top last. */
  readonly modals: FakeView[];
  /** The form on top. Throws when there is none. */
  readonly modal: FakeView;
  readonly home: FakeView | undefined;
}

export interface Forgery {
  /** Signs with another secret. */
  secret?: string;
  /** Seconds to shift the timestamp, before signing: negative is old. */
  shift?: number;
  /** Leaves the signature's headers out. */
  unsigned?: boolean;
  /** As the nth redelivery. */
  retry?: { num: number; reason?: string };
  /** Another body under the old signature. */
  tamper?: (raw: string) => string;
  /** Signs anew at the present time; without any other field a replay repeats the very same bytes and headers. */
  fresh?: boolean;
}

export interface FakeSlack {
  /** Ends with `/api/`: `clientOptions.slackApiUrl`. */
  apiUrl: string;
  url: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  team: { id: string; domain: string; name: string; enterpriseId?: string };
  app: { id: string; botId: string; botUserId: string; botName: string };
  requestUrl: string | undefined;
  delivery: 'http' | 'socket';

  /** Everything received and sent, in order. */
  log: (Request | Delivery)[];
  /** The requests to one method, or to all. */
  requests(method?: string): Request[];
  deliveries(type?: Delivery['type']): Delivery[];
  /** Faults of the bot, a sentence each: refused requests, and answers that Slack would drop in silence. */
  problems: string[];

  /** By id or `#name`. Throws when there is none. */
  channel(id: string): FakeChannel;
  /** What stands in a thread, its parent first. */
  thread(channel: string, ts: string): FakeMessage[];
  /** What this user sees there now, with what only they see. Empty where they may not look. */
  seenBy(user: string, channel: string): FakeMessage[];
  /** The newest message the user sees there. Throws when there is none. */
  lastSeenBy(user: string, channel: string): FakeMessage;
  message(channel: string, ts: string): FakeMessage | undefined;
  file(id: string): FakeFile | undefined;
  files: ReadonlyMap<string, FakeFile>;

  user(id: string): Person;
  addUser(seed: UserSeed): Person;
  addChannel(seed: ChannelSeed): FakeChannel;
  /** Changes what is known of a user, e.g. `{deleted: true}`. */
  changeUser(id: string, change: Partial<Omit<UserSeed, 'id'>>): void;
  group(id: string): Group;

  /** Any event, wrapped as Slack wraps it. `fields` go beside `event`. */
  event(event: Json & { type: string }, fields?: Json): Promise<Delivery>;
  /** Any interaction, e.g. a shortcut. */
  interaction(payload: Json): Promise<Delivery>;
  /** Sends a delivery again: the same bytes, or with something wrong about them. HTTP and socket; forgeries over HTTP only. */
  replay(delivery: Delivery, forgery?: Forgery): Promise<Delivery>;
  /** The challenge that checks a request URL. */
  verifyUrl(): Promise<Delivery>;
  archive(channel: string): Promise<Delivery>;
  unarchive(channel: string): void;
  rename(channel: string, name: string): Promise<Delivery>;
  /** The bot is put out of a channel. */
  kick(channel: string): Promise<Delivery>;
  /** The app is removed: the token dies, then the bot is told. */
  uninstall(): Promise<Delivery>;
  /** The token dies; nobody is told. */
  revokeToken(): void;
  restoreToken(): void;
  setScopes(scopes: readonly string[]): void;

  /** Plays trouble on the next requests to a method; `*` is any. */
  fail(method: string, fault: Fault): void;
  hold(method: string): Hold;
  /** Takes all trouble back and lets everyone through. */
  heal(): void;
  rates: Rates;
  /** Bundled files are looked at now, without polling. */
  processFiles(): void;

  /** Resolves once so many sockets have said hello. */
  connected(sockets?: number): Promise<void>;
  sockets(): number;
  /** Tells the sockets to reconnect, as Slack does every few hours; it waits for them to go. */
  recycleSockets(reason?: 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'): Promise<void>;
  /** Ends all sockets without a word; with a close frame if `code` is given. */
  closeSockets(code?: number): void;
  pingSockets(): void;
  /** Takes no new sockets: apps.connections.open goes on, the upgrade is refused. */
  refuseSockets(refuse?: boolean): void;

  close(): Promise<void>;
}
