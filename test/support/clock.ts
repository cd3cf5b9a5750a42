import type { Clock } from '../../src/core/ports/clock.ts';

/** Time that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`; timers that fall due on the way are called in order, each at its own time. */
  advance(ms: number): void;
  /** When the next timer is due. Waits for one to be set. */
  nextTimer(): Promise<Date>;
}

interface Timer {
  at: number;
  call: () => void;
}

export function fakeClock(start: Date | string): FakeClock {
  let now = Number(new Date(start));
  const timers = new Set<Timer>();
  let waiting: (() => void)[] = [];

  /** Set first wins where two are due together. */
  const soonest = (): Timer | undefined =>
    [...timers].reduce<Timer | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);

  return {
    now: () => new Date(now),
    after(ms, call) {
      const timer = { at: now + ms, call };
      timers.add(timer);
      for (const tell of waiting) tell();
      waiting = [];
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const end = now + ms;
      for (let next = soonest(); next && next.at <= end; next = soonest()) {
        timers.delete(next);
        now = Math.max(now, next.at);
        next.call();
      }
      now = end;
    },
    async nextTimer() {
      while (timers.size === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return new Date((soonest() as Timer).at);
    },
  };
}
