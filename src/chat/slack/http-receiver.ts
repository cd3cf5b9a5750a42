import type { App, Receiver } from '@slack/bolt';
import type { Background } from '../../core/background.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../../core/ports/http.ts';
import { Seen } from './seen.ts';
import { SIGNED_WITHIN, validSignature } from './signature.ts';

const replied = (status: number, body: unknown = ''): HttpResponse =>
  typeof body === 'string'
    ? { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
    : { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };

/** Bolt behind a route of the one server: it gets bodies whose signature is checked, and its ack is our answer. */
export class HttpReceiver implements Receiver {
  readonly #secrets: readonly string[];
  readonly #clock: Clock;
  readonly #background: Background;
  readonly #seen: Seen;
  #app: App | undefined;
  #isOpen = false;

  constructor(parts: { secrets: readonly string[]; clock: Clock; background: Background }) {
    this.#secrets = parts.secrets;
    this.#clock = parts.clock;
    this.#background = parts.background;
    // A signature is valid on both sides of its time.
    this.#seen = new Seen(parts.clock, 2 * SIGNED_WITHIN * 1_000, 100_000);
  }

  get route(): HttpRoute {
    return { method: 'POST', path: '/slack/events', audience: 'machine', handle: (request) => this.#handle(request) };
  }

  init(app: App): void {
    this.#app = app;
  }

  async start(): Promise<void> {
    this.#isOpen = true;
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
  }

  async #handle(request: HttpRequest): Promise<HttpResponse> {
    const signature = validSignature(this.#secrets, request, this.#clock.now());
    if (!signature) return replied(401, 'The signature is not valid.');
    const body = bodyOf(request);
    if (!body) return replied(400, 'The body cannot be read.');
    if (body.type === 'url_verification') return replied(200, { challenge: String(body.challenge ?? '') });
    if (body.ssl_check) return replied(200);
    if (!this.#app || !this.#isOpen) return replied(503, 'Pipewarden is still starting.');
    if (!this.#seen.first(signature)) return replied(200);
    return this.#process(this.#app, body, request.headers);
  }

  /** Answers with the ack; what goes on after it goes on in the background. */
  #process(app: App, body: Record<string, unknown>, headers: HttpRequest['headers']): Promise<HttpResponse> {
    return new Promise((answer) => {
      const ack = async (said?: unknown): Promise<void> => answer(replied(200, said ?? ''));
      const retryNum = Number(headers['x-slack-retry-num'] ?? Number.NaN);
      const retry = Number.isNaN(retryNum) ? {} : { retryNum, retryReason: headers['x-slack-retry-reason'] ?? '' };
      this.#background.run(async () => {
        try {
          await app.processEvent({ body, ack, ...retry });
        } catch {
          // Logged where it happened; Slack is to try again if it was not acknowledged.
          answer(replied(500, 'Something failed here.'));
        }
        answer(replied(404, 'Nothing here listens to this.'));
      });
    });
  }
}

/** Events are JSON; clicks are JSON in one field of a form; commands are a form. */
function bodyOf({ headers, body }: HttpRequest): Record<string, unknown> | undefined {
  try {
    const text = body.toString('utf8');
    if (headers['content-type']?.startsWith('application/json')) return record(JSON.parse(text));
    const fields = Object.fromEntries(new URLSearchParams(text));
    return fields.payload === undefined ? fields : record(JSON.parse(fields.payload));
  } catch {
    return undefined;
  }
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
