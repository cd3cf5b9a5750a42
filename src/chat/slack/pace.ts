import { SendError } from '../../core/messages/send-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { tooMuch } from './errors.ts';

/** Time between two calls (ms) once Slack has had too many: it takes 300 posts a minute, 50 changes, 100 requests about files. */
const SPACING = { post: 200, update: 1_200, upload: 600 } as const;
export type Paced = keyof typeof SPACING;

interface Queue {
  /** Slack wants to hear nothing before. */
  closedUntil: number;
  /** The last turn that was given. */
  last: number;
  /** By channel (or picture): when its turn is. */
  turns: Map<string, number>;
}

/**
 * What the whole workspace may send in a minute: Slack says no more than that it was too much. If every channel just came back when
 * told, all but one would be refused again, and again. So from a refusal on, channels that have something to say are given a turn each,
 * one after the other; once nobody waits, nothing is paced. Times are milliseconds of the clock.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #queues = new Map<Paced, Queue>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends when it is this channel's turn. Rejects with when to come again before that, and where Slack has had too many. */
  async send<T>(method: Paced, channel: string, send: () => Promise<T>): Promise<T> {
    const wait = this.waitFor(method, channel);
    if (wait > 0) throw tooMuch(wait);
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof SendError) || error.retryAfterMs === undefined) throw error;
      throw tooMuch(this.refused(method, channel, error.retryAfterMs), error);
    }
  }

  /** How long (ms) this channel has to wait for its turn; 0 when it may call now. */
  waitFor(method: Paced, channel: string): number {
    const queue = this.#queues.get(method);
    const now = Number(this.#clock.now());
    if (!queue) return 0;
    const turn = queue.turns.get(channel) ?? now;
    if (turn > now) return turn - now;
    const isOver = queue.last + SPACING[method] <= now;
    if (now >= queue.closedUntil && (isOver || queue.turns.has(channel))) {
      queue.turns.delete(channel);
      if (isOver) this.#queues.delete(method);
      return 0;
    }
    return this.#giveTurn(method, queue, channel) - now;
  }

  /** Slack refused this channel's call and wants to wait so long. Returns how long (ms) it has to, until its turn. */
  refused(method: Paced, channel: string, retryAfterMs: number): number {
    const now = Number(this.#clock.now());
    const queue = this.#queues.get(method) ?? { closedUntil: 0, last: 0, turns: new Map() };
    queue.closedUntil = Math.max(queue.closedUntil, now + retryAfterMs);
    this.#queues.set(method, queue);
    return this.#giveTurn(method, queue, channel) - now;
  }

  #giveTurn(method: Paced, queue: Queue, channel: string): number {
    queue.last = Math.max(queue.last + SPACING[method], queue.closedUntil);
    queue.turns.set(channel, queue.last);
    return queue.last;
  }
}
