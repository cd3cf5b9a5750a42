import { createHash, timingSafeEqual } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { Actor, Role } from '../core/people/actor.ts';
import type { HttpRequest } from '../core/ports/http.ts';

export interface ApiToken {
  name: string;
  /** Reads and writes are limited to this workspace; writes go to `main` without one. */
  workspace?: string;
  token: string;
  scopes: Extract<Role, 'ingest' | 'read' | 'audit'>[];
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who a bearer token is. Every token is compared, in constant time. Throws `unauthorized`. */
export function bearer(tokens: readonly ApiToken[]): (headers: HttpRequest['headers']) => Actor {
  const known = tokens.map((token) => ({ token, hash: digest(token.token) }));
  return (headers) => {
    const [, sent] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    const hash = digest(sent ?? '');
    const found = known.filter((candidate) => timingSafeEqual(candidate.hash, hash))[0]?.token;
    if (!sent || !found) {
      throw new UserError('unauthorized', 'Send a valid API token: Authorization: Bearer <token>. See API_TOKENS in the README.');
    }
    const account = `api:${found.name}`;
    return { person: found.name, account, personKey: account, roles: found.scopes, workspace: found.workspace };
  };
}
