import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../../core/people/caller.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpRequest } from '../../core/ports/http.ts';
import { cookieOf } from './cookies.ts';

const COOKIE = 'pipewarden_console';
const MONTH = 30 * 24 * 3_600_000;

/** Someone who may use the console without another platform. */
export interface ConsolePerson {
  /** `console:dana`. */
  account: string;
  name: string;
  /** Stands beside the name, e.g. their role. */
  note?: string;
}

export interface ConsoleToken {
  token: string;
  person: ConsolePerson;
}

type SignedIn = Pick<ConsolePerson, 'account' | 'name'>;
const SignedCookie = z.object({ account: z.string(), name: z.string(), until: z.number() });

/**
 * Who looks at the console. A browser that signed in, by a token or by a link, carries a signed cookie. Without tokens everyone who
 * reaches the console is the first of its people until they sign in or switch.
 */
export class Session {
  readonly #tokens: readonly ConsoleToken[];
  readonly #people: readonly ConsolePerson[];
  readonly #team: string;
  readonly #clock: Clock;
  readonly #key: Buffer;
  readonly #secure: boolean;

  constructor(options: {
    tokens: readonly ConsoleToken[];
    people: readonly ConsolePerson[];
    team: string;
    clock: Clock;
    /** Without a key of the installation, sessions end with the process. */
    key?: Buffer;
    secure: boolean;
  }) {
    this.#tokens = options.tokens;
    this.#people = options.people;
    this.#team = options.team;
    this.#clock = options.clock;
    this.#key = options.key ?? randomBytes(32);
    this.#secure = options.secure;
  }

  /** Whether there is a token to show. */
  get required(): boolean {
    return this.#tokens.length > 0;
  }

  /** Whom this browser may become at a click; nobody where people sign in. */
  get choices(): readonly ConsolePerson[] {
    return this.required || this.#people.length < 2 ? [] : this.#people;
  }

  /** Undefined for a browser that has to sign in first. */
  callerOf(request: HttpRequest): Caller | undefined {
    const signedIn = this.signedIn(request) ?? (this.required ? undefined : this.#people[0]);
    return signedIn && { ...signedIn, team: this.#team, standing: 'member', groups: [] };
  }

  /** The account that this browser has signed in as, by itself. */
  signedIn(request: HttpRequest): SignedIn | undefined {
    const [content = '', proof = ''] = (cookieOf(request, COOKIE) ?? '').split('.');
    const claimed = claimOf(content);
    if (!claimed || !same(proof, this.#proofOf(content, claimed.account))) return undefined;
    const { account, name, until } = claimed;
    // A token that is gone from the configuration opens nothing any more.
    const known = !account.startsWith('console:') || this.#mayBe(account);
    return known && until > Number(this.#clock.now()) ? { account, name } : undefined;
  }

  /** Not for those who came by a choice, and leave by another. */
  canSignOut(request: HttpRequest): boolean {
    const signedIn = this.signedIn(request);
    return signedIn !== undefined && this.choices.every(({ account }) => account !== signedIn.account);
  }

  /** The Set-Cookie for whoever knows a token. Tokens are compared in constant time. */
  open(token: string): string | undefined {
    const known = this.#tokens.filter((one) => same(token, one.token));
    return known[0] && this.signIn(known[0].person);
  }

  /** The Set-Cookie of a browser that is this person from now on. */
  signIn({ account, name }: SignedIn): string {
    const until = Number(this.#clock.now()) + MONTH;
    const content = Buffer.from(JSON.stringify({ account, name, until })).toString('base64url');
    return this.#setCookie(`${content}.${this.#proofOf(content, account)}`, MONTH / 1000);
  }

  close(): string {
    return this.#setCookie('', 0);
  }

  #mayBe(account: string): boolean {
    const people = this.required ? this.#tokens.map(({ person }) => person) : this.#people;
    return people.some((person) => person.account === account);
  }

  /** Keyed, and by the account's tokens too: a changed token ends the sessions it opened, and no others. */
  #proofOf(content: string, account: string): string {
    const tokens = this.#tokens.flatMap(({ person, token }) => (person.account === account ? [token] : [])).join('\n');
    return createHmac('sha256', this.#key).update(`${tokens}\n${content}`).digest('base64url');
  }

  #setCookie(value: string, maxAge: number): string {
    return `${COOKIE}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAge}${this.#secure ? '; Secure' : ''}`;
  }
}

/** What a cookie says, proven or not. */
function claimOf(content: string): z.infer<typeof SignedCookie> | undefined {
  try {
    return SignedCookie.parse(JSON.parse(Buffer.from(content, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Compares digests, so that neither the length nor the first wrong character can be timed. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
