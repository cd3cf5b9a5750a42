import type { Clock } from '../../core/ports/clock.ts';

const HEARTBEAT = 15_000;
const COMMENT = ':\n\n';
/** A page that is this far behind is let go; it comes back by itself and asks for what it missed. */
const BACKLOG = 500;

/** Who has a page open, and on which channel. */
export interface Reader {
  account: string;
  channel: string;
}

/** Server-sent events to the open pages, told apart by who reads them and the channel they show. */
export class Live {
  readonly #clock: Clock;
  readonly #open = new Set<Stream>();
  #stopped = false;
  #cancelHeartbeat = (): void => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(reader: Reader, signal: AbortSignal): AsyncIterable<string> {
    const stream = new Stream(reader, () => this.#forget(stream));
    if (this.#stopped || signal.aborted) {
      stream.end();
      return stream;
    }
    signal.addEventListener('abort', () => stream.end(), { once: true });
    this.#open.add(stream);
    if (this.#open.size === 1) this.#beat();
    // Servers may keep the headers back until there is something to send with them.
    stream.push(COMMENT);
    return stream;
  }

  /**
   * To everyone, or to all the pages of one person. `eventFor` is asked once for the pages of the channel and once for all the
   * others.
   */
  send({ channel, person }: { channel: string; person: string | null }, eventFor: (here: boolean) => object): void {
    const texts = new Map<boolean, string>();
    for (const stream of [...this.#open]) {
      if (person !== null && stream.reader.account !== person) continue;
      const here = stream.reader.channel === channel;
      const text = texts.get(here) ?? `data: ${JSON.stringify(eventFor(here))}\n\n`;
      texts.set(here, text);
      stream.push(text);
    }
  }

  start(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
    this.letGo();
  }

  get isWatched(): boolean {
    return this.#open.size > 0;
  }

  /** The pages come back by themselves, and ask for what they missed. */
  letGo(): void {
    for (const stream of [...this.#open]) stream.end();
  }

  /** Comments keep proxies from closing a quiet stream, and find out which readers have gone. */
  #beat(): void {
    this.#cancelHeartbeat = this.#clock.after(HEARTBEAT, () => {
      for (const stream of [...this.#open]) stream.push(COMMENT);
      if (this.#open.size > 0) this.#beat();
    });
  }

  #forget(stream: Stream): void {
    this.#open.delete(stream);
    if (this.#open.size === 0) this.#cancelHeartbeat();
  }
}

/** Written by hand: a generator that waits for its next text cannot be ended from outside. */
class Stream implements AsyncIterableIterator<string> {
  readonly reader: Reader;
  readonly #onEnd: () => void;
  readonly #waiting: string[] = [];
  #ended = false;
  #wake = (): void => {};

  constructor(reader: Reader, onEnd: () => void) {
    this.reader = reader;
    this.#onEnd = onEnd;
  }

  push(text: string): void {
    if (this.#waiting.push(text) > BACKLOG) this.end();
    this.#wake();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting.length = 0;
    this.#onEnd();
    this.#wake();
  }

  async next(): Promise<IteratorResult<string>> {
    while (!this.#ended && this.#waiting.length === 0) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    const value = this.#waiting.shift();
    return value === undefined ? { value: undefined, done: true } : { value, done: false };
  }

  async return(): Promise<IteratorResult<string>> {
    this.end();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
