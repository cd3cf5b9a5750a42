import type { Json } from './json.ts';
import type { Fault, Hold } from './types.ts';

export interface Troubles {
  fail(method: string, fault: Fault): void;
  hold(method: string): Hold;
  heal(): void;
  /** The trouble for one request, which is thereby used up. */
  next(method: string, args: Json): Fault | undefined;
  /** Waits at the doors in front of a method. */
  pass(method: string): Promise<void>;
}

interface Door {
  method: string;
  opened: Promise<void>;
  arrive(): void;
  release(): void;
}

export function createTroubles(): Troubles {
  let planned: { method: string; fault: Fault; left: number }[] = [];
  let doors: Door[] = [];
  const about = (method: string) => (one: { method: string }) => one.method === method || one.method === '*';

  return {
    fail(method, fault) {
      planned.push({ method, fault, left: fault.times ?? 1 });
    },
    hold(method) {
      let release = () => {};
      let arrive = () => {};
      const opened = new Promise<void>((resolve) => {
        release = resolve;
      });
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const door: Door = { method, opened, arrive, release: () => undefined };
      door.release = () => {
        doors = doors.filter((one) => one !== door);
        release();
      };
      doors.push(door);
      return { arrived, release: door.release };
    },
    heal() {
      planned = [];
      for (const door of [...doors]) door.release();
    },
    next(method, args) {
      const found = planned.filter(about(method)).find(({ fault }) => fault.when?.(args) ?? true);
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) planned = planned.filter((one) => one !== found);
      return found.fault;
    },
    async pass(method) {
      const waiting = doors.filter(about(method));
      for (const door of waiting) door.arrive();
      await Promise.all(waiting.map((door) => door.opened));
    },
  };
}
