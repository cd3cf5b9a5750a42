import type { ChatAdapter, ChatListener } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** 2 s, 4 s … a minute. */
const waitBefore = (attempt: number): number => Math.min(60_000, 1_000 * 2 ** attempt);

export interface Connection {
  platform: string;
  /** Resolves while people can reach us there; rejects with what is wrong. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a platform in the background and tries again until it works: one that is away disturbs neither the start nor the others. */
export function connect(
  adapter: ChatAdapter,
  listener: ChatListener,
  { clock, log }: { clock: Clock; log: Log },
  connected: () => void,
): Connection {
  const { platform } = adapter;
  let trouble: unknown = new Error('still connecting');
  let cancelRetry = () => {};
  let stopped = false;
  let trying = attempt(1);

  async function attempt(number: number): Promise<void> {
    try {
      await adapter.start(listener);
      trouble = undefined;
      log.info({ platform }, 'connected');
      connected();
    } catch (error) {
      trouble = error;
      log.error({ platform, error: String(error) }, 'not connected; trying again');
      if (stopped) return;
      cancelRetry = clock.after(waitBefore(number), () => {
        trying = attempt(number + 1);
      });
    }
  }

  return {
    platform,
    async check() {
      if (trouble !== undefined) throw trouble;
      await adapter.check();
    },
    async stop() {
      stopped = true;
      cancelRetry();
      await adapter.stop();
      await trying;
    },
  };
}
