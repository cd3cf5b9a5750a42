import type { Json } from './json.ts';
import type {
  ChannelSeed,
  Choice,
  Delivery,
  FakeChannel,
  FakeFile,
  FakeMessage,
  FakeView,
  Fault,
  Group,
  Hold,
  Rates,
  Request,
  UserSeed,
} from './types.ts';

/** What is entered in one field. */
export type Value = string | string[] | Choice | Choice[] | null;

/**
 * What a user does. Each resolves once the bot has answered or the time is up. Messages and views change in place: who still looks
 * at what stood there before presses on a `structuredClone` of it.
 */
export interface Person {
  id: string;
  /** `line` as typed, e.g. `/pipeline web`. */
  command(channel: string, line: string): Promise<Delivery>;
  /** A button, found by its label, action id or value. Throws when there is none: nobody can press it. */
  press(on: FakeMessage | FakeView, button: string): Promise<Delivery>;
  /**
   * An option of a select, overflow, radio group or checkboxes. What an external select offers is asked for first, with `typed`
   * or else the whole option.
   */
  select(on: FakeMessage | FakeView, element: string, option: string, typed?: string): Promise<Delivery>;
  /** What an external select offers for what was typed. */
  options(on: FakeMessage | FakeView, element: string, typed: string): Promise<Delivery>;
  /** Fills in by label, block id or action id and sends. Throws where Slack's own client would not let it go. */
  submit(view: FakeView, values?: Record<string, Value>): Promise<Delivery>;
  /** Closes a form; tells the bot if the view asks for it. */
  close(view: FakeView): Promise<Delivery | undefined>;
  /** A global shortcut, or with a message one of its own menu. */
  shortcut(callbackId: string, on?: FakeMessage): Promise<Delivery>;
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
  /** As the nth redelivery, signed anew. */
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
  /** A finished file of somebody else, seen by the bot only where it is shared. */
  addFile(file: Pick<FakeFile, 'id' | 'user' | 'bytes'> & Partial<FakeFile>): FakeFile;
  /** Changes what is known of a user, e.g. `{deleted: true}`. */
  changeUser(id: string, change: Partial<Omit<UserSeed, 'id'>>): void;
  group(id: string): Group;

  /** Any event, if the app is subscribed and may hear of it, wrapped as Slack wraps it. `fields` go beside `event`. */
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
  /** The app is removed: it leaves every channel, its token dies, then it is told, of the token and of the app. */
  uninstall(): Promise<Delivery>;
  /** The token dies; nobody is told. */
  revokeToken(): void;
  restoreToken(): void;
  setScopes(scopes: readonly string[]): void;

  /** Plays trouble on the next requests to a method, to `upload` or to `response_url`; `*` is any. */
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
