import { randomBytes } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import type { Message } from '../../core/messages/message.ts';
import { sentence } from '../../core/messages/message.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Replies, Reply } from './replies.ts';

/** Longer work (ms) shows that it goes on. */
const SLOW = 1_000;
const WORKING = 'Working on it…';

/** Where somebody who did something is answered. */
export interface Asker {
  place: Place;
  reply: Reply | undefined;
  /** The card that was pressed is to be changed: a sign of work may stand in its place. */
  changesCard?: boolean;
}

export interface TellParts {
  replies: Replies;
  clock: Clock;
  log: Log;
  /** Posts privately: through the click's permission, else directly. Waits where Slack takes no more for now. */
  post(place: Place, message: Message, key: string): Promise<string>;
}

/** Mistakes are told to whoever made them, alone; ours with a reference into the log. */
export class Tell {
  readonly #parts: TellParts;

  constructor(parts: TellParts) {
    this.#parts = parts;
  }

  /** Runs what somebody asked for; never rejects. */
  async carefully({ place, reply, changesCard = false }: Asker, work: () => Promise<void>): Promise<void> {
    const { replies, clock, log } = this.#parts;
    let signalled: Promise<void> | undefined;
    const cancel = clock.after(SLOW, () => {
      signalled =
        reply &&
        replies.progress(reply, WORKING, changesCard).catch((error: unknown) => {
          log.warn({ error: String(error) }, 'could not show that work goes on');
        });
    });
    try {
      await work();
    } catch (error) {
      cancel();
      await this.say(place, this.sentenceFor(error));
    } finally {
      cancel();
      await signalled;
    }
  }

  /** What to tell a person of an error. */
  sentenceFor(error: unknown): string {
    if (error instanceof UserError) return error.message;
    const reference = randomBytes(4).toString('hex');
    this.#parts.log.error(
      { reference, error: error instanceof Error ? error.stack : String(error) },
      'a request from Slack failed',
    );
    return `Something failed here. Please try again; if it stays so, give the reference ${reference} to whoever runs Pipewarden.`;
  }

  async say(place: Place, text: string): Promise<void> {
    try {
      await this.#parts.post(place, sentence(text, 'warning'), `told-${randomBytes(6).toString('hex')}`);
    } catch (error) {
      this.#parts.log.warn({ error: String(error) }, 'could not tell somebody in Slack what went wrong');
    }
  }
}
