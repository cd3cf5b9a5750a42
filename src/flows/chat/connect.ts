import type { ChatAdapter, ChatListener } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Turns } from '../../core/ports/turns.ts';

/** 2 s, 4 s … a minute. */
const waitBefore = (attempt: number): number => Math.min(60_000, 1_000 * 2 ** attempt);

export interface Connection {
  platform: string;
  /** Resolves while people can reach us there, or another process of ours; rejects with what is wrong. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConnectPorts {
  clock: Clock;
  log: Log;
  connected(): void;
}

/** Starts a platform in the background and tries again until it works: one that is away disturbs neither the start nor the others. */
export function connect(adapter: ChatAdapter, listener: ChatListener | undefined, ports: ConnectPorts): Connection {
  const trying = keepTrying(adapter, listener, ports);
  return {
    platform: adapter.platform,
    check: trying.check,
    async stop() {
      trying.cancel();
      await adapter.stop();
      await trying.ended();
    },
  };
}

/** Where only one process may listen: this one does while it is its turn. It sends all the time. */
export function connectInTurn(
  adapter: ChatAdapter,
  listener: ChatListener,
  { turns, ...ports }: ConnectPorts & { turns: Turns },
): Connection {
  const { platform } = adapter;
  let trying: Trying | undefined;
  let stopped = false;

  function begin(heard: ChatListener | undefined): void {
    if (stopped) return;
    trying?.cancel();
    ports.log.info({ platform }, heard ? 'listening, in turn' : 'standing by: another process listens');
    trying = keepTrying(adapter, heard, ports);
  }

  const giveBack = turns.take(platform, { won: () => begin(listener), lost: () => begin(undefined) });
  return {
    platform,
    async check() {
      if (!trying) throw new Error(CONNECTING);
      await trying.check();
    },
    async stop() {
      stopped = true;
      trying?.cancel();
      await adapter.stop();
      await trying?.ended();
      // Only now another process may listen.
      await giveBack();
    },
  };
}

const CONNECTING = 'still connecting';

interface Trying {
  check(): Promise<void>;
  cancel(): void;
  ended(): Promise<void>;
}

function keepTrying(adapter: ChatAdapter, listener: ChatListener | undefined, { clock, log, connected }: ConnectPorts): Trying {
  const { platform } = adapter;
  let trouble: unknown = new Error(CONNECTING);
  let cancelRetry = () => {};
  let cancelled = false;
  let trying = attempt(1);

  async function attempt(number: number): Promise<void> {
    try {
      await adapter.start(listener);
      trouble = undefined;
      log.info({ platform }, 'connected');
      connected();
    } catch (error) {
      trouble = error;
      if (cancelled) return;
      log.error({ platform, error: String(error) }, 'not connected; trying again');
      cancelRetry = clock.after(waitBefore(number), () => {
        trying = attempt(number + 1);
      });
    }
  }

  return {
    async check() {
      if (trouble !== undefined) throw trouble;
      await adapter.check();
    },
    cancel() {
      cancelled = true;
      cancelRetry();
    },
    ended: () => trying,
  };
}
