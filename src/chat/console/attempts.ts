import type { Clock } from '../../core/ports/clock.ts';

const MOST = 10;
const MINUTE = 60_000;

/** Wrong tokens of the last minute, from everywhere together: whoever guesses may come from many addresses. */
export class Attempts {
  readonly #clock: Clock;
  #failures: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  failed(): void {
    this.#failures = [...this.#failures, this.#clock.now().getTime()].slice(-MOST);
  }

  /** Seconds until a token may be tried again; 0 when one may be tried now. */
  wait(): number {
    const first = this.#failures.at(-MOST);
    return first === undefined ? 0 : Math.max(0, Math.ceil((first + MINUTE - this.#clock.now().getTime()) / 1000));
  }
}
