import type { Log } from '../../core/ports/log.ts';

/** Work that goes on when whoever asked for it has been answered. The process ends when it is done. */
export interface Behind {
  /** `work` tells people itself what goes wrong; what it cannot tell is logged. */
  run(work: () => Promise<void>): void;
  idle(): Promise<void>;
}

export function createBehind(log: Log): Behind {
  const running = new Set<Promise<void>>();
  return {
    run(work) {
      const done = work()
        .catch((error: unknown) => log.error({ error: String((error as Error)?.stack ?? error) }, 'long work failed'))
        .finally(() => running.delete(done));
      running.add(done);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
