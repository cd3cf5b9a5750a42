import type { PersonRole } from '../people/actor.ts';
import type { Grant } from '../people/role-rows.ts';

/** One-time links that sign a browser in. */
export interface Logins {
  /** Whom a link would sign in; undefined once used or run out. Looking does not use it up: chat programs look at links too. */
  look(token: string): Promise<{ account: string; name: string } | undefined>;
  /**
   * Uses up the link. With `signedInAs`, an account on another platform, both become one person.
   * Undefined once used or run out.
   */
  use(token: string, signedInAs?: string): Promise<{ account: string; name: string; linked: boolean } | undefined>;
}

/** An account or a group, as far as it is known. */
export interface KnownSubject {
  subject: string;
  /** Undefined while the account was never seen here, and for groups. */
  seen: Seen | undefined;
  /** The same for all accounts that were linked; null without a link. */
  person: string | null;
  /** Given in chat. */
  roles: PersonRole[];
}

export interface Seen {
  team: string;
  name: string;
  at: Date;
}

export interface LoginLink {
  /** SHA-256 of its token. */
  hash: Buffer;
  account: string;
  name: string;
  expiresAt: Date;
}

export interface PeopleStore {
  /** These subjects, and every account that is linked to one of them. In one query: it runs at every click. */
  find(subjects: readonly string[]): Promise<KnownSubject[]>;
  /** Accounts of that name, whatever its case. A name proves nothing: for suggestions only. */
  accountsNamed(name: string, limit: number): Promise<{ account: string; name: string }[]>;
  remember(account: { account: string } & Seen): Promise<void>;
  /**
   * Makes one person of two accounts, and of the persons they belong to. `person` is the id if neither has one. False if they are one
   * already. Links made at the same time wait for each other.
   */
  link(accounts: readonly [string, string], person: string, at: Date): Promise<boolean>;
  /** The account is by itself from now on. False if it was. */
  unlink(account: string): Promise<boolean>;

  /** Whoever takes roles waits here until the one before has done so: what is read after it stays true until the commit. */
  lockRoles(): Promise<void>;
  grants(): Promise<Grant[]>;
  /** False if they have it already. */
  give(grant: Grant): Promise<boolean>;
  /** False if they do not have it. */
  take(grant: Pick<Grant, 'subject' | 'role'>): Promise<boolean>;

  /** An account has one link: an earlier one ends. */
  saveLogin(link: LoginLink): Promise<void>;
  /** A link that is neither used nor run out. */
  login(hash: Buffer, now: Date): Promise<{ account: string; name: string } | undefined>;
  /** The same, and uses it up: of many at once, one gets it. */
  useLogin(hash: Buffer, now: Date): Promise<{ account: string; name: string } | undefined>;

  /** Something sealed, by name. */
  secret(name: string): Promise<string | undefined>;
  /** Keeps it unless there is one; returns what is kept. */
  keepSecret(name: string, sealed: string): Promise<string>;
  /** True for the one who removed it. */
  dropSecret(name: string): Promise<boolean>;
  /** Counts one more try and returns how many there were within the hour since the first. */
  countTry(account: string, now: Date): Promise<number>;

  /** Forgets links and tries that are over, and accounts that have nothing and were not seen for long. */
  retain(now: Date): Promise<void>;
}
