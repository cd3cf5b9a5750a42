/**
 * How sending a message failed, in the words that decide what is done next:
 * - `later`: not accepted, try again at `retryAt` or after the usual wait (rate limits, the platform is down).
 * - `unknown`: it may have been accepted (no answer came).
 * - `ended`: the permission to answer privately has run out.
 * - `place`: this channel is closed to us. `team`: all of the team is. The message says what to do.
 * - `message`: the platform refuses this message; our mistake.
 */
export class SendError extends Error {
  readonly kind: 'later' | 'unknown' | 'ended' | 'place' | 'team' | 'message';
  /** For `later`: not before. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: SendError['kind'], message: string, more: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'SendError';
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
  }
}
