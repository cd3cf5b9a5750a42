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
