import type { Message } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import { SendError } from '../../core/messages/send-error.ts';
import type { ChatAdapter, ChatListener, ConsoleEntry, ConsoleLog } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Draw } from '../../core/ports/draw.ts';
import type { Logins } from '../../core/ports/people.ts';
import { renderEntry } from './entry.ts';
import { Figures } from './figures.ts';
import { History } from './history.ts';
import type { Html } from './html.ts';
import { Live } from './live.ts';
import { consoleRoutes, startOf } from './routes.ts';
import { type ConsolePerson, type ConsoleToken, Session } from './session.ts';
import { renderThread } from './thread.ts';

export interface ConsoleOptions {
  log: ConsoleLog;
  draw: Draw;
  clock: Clock;
  /** Without tokens, whoever opens the console is the first of these, and may become another. */
  people: readonly ConsolePerson[];
  /** The first one is where `/` leads, unless there is a `general`. */
  channels: ConsoleChannel[];
  team: string;
  /** Asked for at sign-in; without any there is no sign-in. */
  tokens?: readonly ConsoleToken[];
  /** One-time links from other platforms. */
  logins?: Logins;
  /** Browsers reach the console by https. */
  secure?: boolean;
  /** Signs the sessions of browsers that signed in. */
  sessionKey?: Buffer;
}

export interface ConsoleChannel {
  name: string;
  about: string;
}

const OURSELVES = 'Pipewarden';

/** A chat of our own: the log is its server, web pages are its clients. */
export function createConsole(options: ConsoleOptions): ChatAdapter {
  const { log, draw, clock, people, channels, team, tokens = [], logins, sessionKey, secure = false } = options;
  const figures = new Figures(draw);
  const live = new Live(clock);
  let listener: ChatListener | undefined;

  const show = (entry: ConsoleEntry): void =>
    live.send(entry, (here) => ({
      channel: entry.channel,
      id: entry.id,
      ...(here && { html: render(entry).text }),
    }));

  const showFromElsewhere = (id: number): void => {
    if (!live.isWatched) return;
    log
      .entry(id)
      .then((entry) => entry && show(entry))
      .catch(() => live.letGo());
  };

  /** A reply comes in the thread that it belongs to. */
  const render = (entry: ConsoleEntry): Html =>
    entry.thread === null ? renderEntry(entry, figures.placeOf) : renderThread(entry.thread, [entry], figures.placeOf);

  const append = async (entry: Parameters<ConsoleLog['append']>[0]): Promise<ConsoleEntry> => {
    const appended = await log.append(entry);
    show(appended);
    return appended;
  };

  /** There are no direct messages here: what is for one person alone stands where they come in, and only they see it. */
  const channelOf = ({ channel, person }: Place): string =>
    channel === '' && person !== undefined ? (startOf(channels)?.name ?? '') : channel;

  const routes = consoleRoutes({
    team,
    channels,
    clock,
    figures,
    live,
    session: new Session({ tokens, people, team, clock, key: sessionKey, secure }),
    logins,
    history: new History(log, channels, figures.placeOf),
    append,
    listener: () => listener,
  });

  return {
    platform: 'console',
    capabilities: { tableRows: 50, selectOptions: 100 },
    // The log appends once per key, for ever.
    pace: { oncePerKey: Number.POSITIVE_INFINITY, postEvery: 0 },
    routes,

    async start(heard?: ChatListener): Promise<void> {
      listener = heard;
      live.start();
      if (heard) log.elsewhere(showFromElsewhere, () => live.letGo());
    },

    async post(place: Place, message: Message, key: string): Promise<string> {
      const channel = channelOf(place);
      if (!channels.some(({ name }) => name === channel)) {
        const names = channels.map(({ name }) => name);
        throw new SendError('place', `The console has no channel ${channel}. It has: ${names.join(', ')}.`);
      }
      const body = { kind: 'message', message } as const;
      const { person } = place;
      const thread = Number.isSafeInteger(Number(place.thread)) ? Number(place.thread) : undefined;
      const entry = await append({ channel, author: OURSELVES, body, key, at: clock.now(), person, thread });
      return String(entry.id);
    },

    async edit(_place: Place, externalId: string, message: Message): Promise<void> {
      const id = Number(externalId);
      const entry = Number.isSafeInteger(id) && (await log.edit(id, { kind: 'message', message }, clock.now()));
      if (!entry) throw new SendError('message', `The console has no message ${externalId} any more.`);
      show(entry);
    },

    async check(): Promise<void> {},

    async stop(): Promise<void> {
      listener = undefined;
      live.stop();
    },
  };
}
