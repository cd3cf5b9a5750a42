import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../../core/ports/http.ts';

const COOKIE = 'pipewarden_console';
const MONTH_IN_SECONDS = 30 * 24 * 3600;

/** Who may see the console: everyone who reaches it, or, with a token, every browser that has shown the token once. */
export class Session {
  readonly #token: string | undefined;
  readonly #proof: string;

  /** Without a key of the installation, sessions end with the process. */
  constructor(token: string | undefined, key: Buffer = randomBytes(32)) {
    this.#token = token;
    this.#proof = token === undefined ? '' : proofOf(token, key);
  }

  get required(): boolean {
    return this.#token !== undefined;
  }

  allows(request: HttpRequest): boolean {
    if (this.#token === undefined) return true;
    const shown = cookie(request.headers.cookie ?? '');
    return shown !== undefined && same(shown, this.#proof);
  }

  /** The Set-Cookie for whoever knows the token. */
  open(token: string): string | undefined {
    if (this.#token === undefined || !same(token, this.#token)) return undefined;
    return setCookie(this.#proof, MONTH_IN_SECONDS);
  }

  close(): string {
    return setCookie('', 0);
  }
}

/**
 * A browser keeps this instead of the token: it opens the console and nothing else, and a new token ends it. Keyed, so that nobody
 * can make one from a guessed token: tokens are tried at sign-in only, where tries are counted.
 */
const proofOf = (token: string, key: Buffer): string => createHmac('sha256', key).update(token).digest('base64url');

/** Compares digests, so that neither the length nor the first wrong character can be timed. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const setCookie = (value: string, maxAge: number): string =>
  `${COOKIE}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAge}`;

function cookie(header: string): string | undefined {
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}
