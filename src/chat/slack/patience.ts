import { SendError } from '../../core/messages/send-error.ts';
import type { Clock } from '../../core/ports/clock.ts';

/** How often something is tried of which Slack takes no more for now. */
const TRIES = 6;
/** So many wait at the same time; what comes then is given up at once. */
const MOST = 200;
/** Where Slack does not say how long (ms); twice as long each time. */
const FIRST_WAIT = 2_000;

/** Waiting for Slack behind people's backs: a few times, in few places at once, and not beyond the stop. */
export class Patience {
  readonly #clock: Clock;
  /** What ends each wait, with the key that it waits under. */
  readonly #waiting = new Map<() => void, string>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
    for (const wake of this.#waiting.keys()) wake();
  }

  /** Ends what waits under this key. */
  wake(key: string): void {
    for (const [wake, waitsFor] of this.#waiting) if (waitsFor === key) wake();
  }

  /** Tries again once Slack allows it. */
  async again<T>(key: string, attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof SendError) || error.kind !== 'later' || tries === TRIES) throw error;
        if (this.#stopped || this.#waiting.size >= MOST) throw error;
        await this.wait(key, error.retryAfterMs ?? FIRST_WAIT * 2 ** (tries - 1));
        if (this.#stopped) throw error;
      }
    }
  }

  wait(key: string, ms: number): Promise<void> {
    if (ms === 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#waiting.set(wake, key);
    });
  }
}
