import type { Clock } from '../../core/ports/clock.ts';

/** What was seen lately, so that a repeat has no effect. Bounded: under a flood the oldest are forgotten first. */
export class Seen {
  readonly #clock: Clock;
  readonly #within: number;
  readonly #most: number;
  readonly #at = new Map<string, number>();

  constructor(clock: Clock, within: number, most = 20_000) {
    this.#clock = clock;
    this.#within = within;
    this.#most = most;
  }

  /** True once per key and time. */
  first(key: string): boolean {
    const now = Number(this.#clock.now());
    const before = this.#at.get(key);
    if (before !== undefined && now - before < this.#within) return false;
    this.#at.delete(key);
    this.#at.set(key, now);
    for (const [oldest, at] of this.#at) {
      if (this.#at.size <= this.#most && now - at < this.#within) break;
      this.#at.delete(oldest);
    }
    return true;
  }
}

/** One after the other per key. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(
      () => {},
      () => {},
    );
    this.#last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
