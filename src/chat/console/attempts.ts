import { networkOf } from '../../core/people/network.ts';
import type { Clock } from '../../core/ports/clock.ts';

const MINUTE = 60_000;
/** Wrong tokens that one address may try within a minute. */
const MOST = 10;
/** When there are so many within a minute from everywhere, somebody guesses from many addresses: then each may try … */
const MANY = 100;
/** … so many. Nobody else's guessing keeps people out who know their token. */
const FEW = 2;
/** So many addresses are remembered, those that failed last. */
const ADDRESSES = 1_000;

/** Wrong tokens of the last minute, by where they came from. */
export class Attempts {
  readonly #clock: Clock;
  readonly #failures = new Map<string, number[]>();
  #all: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  failed(address: string): void {
    const [now, from] = [this.#clock.now().getTime(), placeOf(address)];
    this.#all = [...this.#all, now].slice(-MANY);
    const failures = [...(this.#failures.get(from) ?? []), now].slice(-MOST);
    // Taken out first, so that it stands behind those that failed before.
    this.#failures.delete(from);
    this.#failures.set(from, failures);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** Seconds until a token may be tried again from there; 0 when one may be tried now. */
  wait(address: string): number {
    const allowed = this.#secondsLeft(this.#all.at(-MANY)) > 0 ? FEW : MOST;
    return this.#secondsLeft(this.#failures.get(placeOf(address))?.at(-allowed));
  }

  /** Seconds that are left of the minute after this. */
  #secondsLeft(failure: number | undefined): number {
    return failure === undefined ? 0 : Math.max(0, Math.ceil((failure + MINUTE - this.#clock.now().getTime()) / 1000));
  }
}

/** Whoever has one address of IPv6 has very many more. */
const placeOf = (address: string): string => networkOf(address, { v4: 32, v6: 64 });
