import { z } from 'zod';
import { SendError } from '../../core/messages/send-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Seal } from '../../core/ports/seal.ts';
import { Recent } from '../../core/recent.ts';
import { httpError, networkError, platformError, tooMuch } from './errors.ts';
import { Turns } from './seen.ts';

/** The permission to answer one click or command for half an hour, five times. */
export interface Reply {
  url: string;
  until: number;
  /**
   * What `replace_original` means for it. `command`: nothing; whatever is posted through it stays, and more stands below it. `own`:
   * the pressed card, which the presser alone sees. `other`: the pressed card, which is not theirs alone and must never be replaced.
   */
  of: 'command' | 'own' | 'other';
}

const Sealed = z.object({ url: z.string(), until: z.number(), of: z.enum(['command', 'own', 'other']) });

const LASTS = 30 * 60_000;
const USES = 5;
const WITHIN = 10_000;

interface State {
  uses: number;
  /** The last thing shown through it is only a sign that we are at work. */
  progress: boolean;
}

export interface Body {
  text: string;
  blocks?: readonly object[];
  thread_ts?: string | undefined;
}

/** Private answers by `response_url`. How often each was used is known to this process alone; Slack itself counts for all. */
export class Replies {
  readonly #seal: Seal;
  readonly #clock: Clock;
  readonly #isOurs: (url: string) => boolean;
  readonly #states = new Recent<string, State>(2_000);
  readonly #turns = new Turns();

  constructor(parts: { seal: Seal; clock: Clock; apiUrl: string | undefined }) {
    this.#seal = parts.seal;
    this.#clock = parts.clock;
    this.#isOurs = (url) => leadsToSlack(url, parts.apiUrl);
  }

  /** Undefined for an address that is not Slack's: what was said to one person goes nowhere else. */
  of(url: string | undefined, of: Reply['of']): Reply | undefined {
    return url && this.#isOurs(url) ? { url, until: Number(this.#clock.now()) + LASTS, of } : undefined;
  }

  sealed(reply: Reply): string {
    return this.#seal.seal(JSON.stringify(reply));
  }

  /** Undefined once it has run out. */
  open(sealed: string | undefined): Reply | undefined {
    const text = sealed === undefined ? undefined : this.#seal.open(sealed);
    // What else this installation seals is no reply.
    if (!text?.startsWith('{')) return undefined;
    const reply = Sealed.safeParse(JSON.parse(text)).data;
    return reply && this.usesLeft(reply) > 0 ? reply : undefined;
  }

  usesLeft({ url, until }: Reply): number {
    return Number(this.#clock.now()) < until ? USES - (this.#states.get(url)?.uses ?? 0) : 0;
  }

  /**
   * A line above the answer to a command; in the place of a card, a line that the answer will replace. Beside a card that has to stay
   * there is none: Slack lets nobody take it back, and it would still say that we are at work when the answer stands below it.
   */
  async progress(reply: Reply, text: string, replacesCard: boolean): Promise<void> {
    if (reply.of === 'command') await this.#send(reply, { text }, () => false);
    else if (reply.of === 'own' && replacesCard) await this.#send(reply, { text }, () => true, true);
  }

  /** A line or card of its own; where a card gave way to the sign that we are at work, in its place. */
  add(reply: Reply, body: Body): Promise<void> {
    return this.#send(reply, body, () => this.#states.get(reply.url)?.progress ?? false);
  }

  /** In the place of what stands there. */
  async replace(reply: Reply, body: Body): Promise<void> {
    if (reply.of !== 'own') throw new SendError('ended', 'Only a card that its reader alone sees can be replaced for them.');
    await this.#send(reply, body, () => true);
  }

  /** In order per click: a late sign of work must not replace the answer. */
  #send(reply: Reply, body: Body, replaces: () => boolean, progress = false): Promise<void> {
    return this.#turns.take(reply.url, async () => {
      if (this.usesLeft(reply) <= 0) throw new SendError('ended', 'The permission to answer here has run out.');
      const quiet = { response_type: 'ephemeral', unfurl_links: false, unfurl_media: false };
      await post(reply.url, { ...body, ...quiet, replace_original: replaces() });
      this.#states.set(reply.url, { uses: (this.#states.get(reply.url)?.uses ?? 0) + 1, progress });
    });
  }
}

function leadsToSlack(url: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (apiUrl !== undefined && origin === new URL(apiUrl).origin) return true;
  return protocol === 'https:' && /\.slack(-gov)?\.com$/.test(hostname);
}

async function post(url: string, body: object): Promise<void> {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(WITHIN) });
    text = await response.text();
  } catch (error) {
    throw networkError(error);
  }
  const code = /"error"\s*:\s*"([a-z_]+)"/.exec(text)?.[1] ?? (/^[a-z_]+$/.test(text) ? text : '');
  if (response.ok && (code === '' || code === 'ok')) return;
  if (response.status === 404 || code === 'expired_url' || code === 'used_url') {
    throw new SendError('ended', 'The permission to answer here has run out.');
  }
  if (response.status === 429) throw tooMuch(Number(response.headers.get('retry-after') ?? 1) * 1_000);
  if (response.status >= 500) throw httpError(response.status);
  throw platformError({ error: code || `http_${response.status}` }, '');
}
