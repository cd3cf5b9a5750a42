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

type Headers = HttpRequest['headers'];

/** Who a bearer token is. Throws `unauthorized`. */
export function bearer(tokens: readonly ApiToken[]): (headers: Headers) => Actor {
  const whoIs = finder(tokens);
  return (headers) => {
    const [, sent = ''] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
    return whoIs(sent) ?? refuse('Send a valid API token: Authorization: Bearer <token>. See API_TOKENS in the README.');
  };
}

/** Who a write key is, as Segment's libraries send it. Both throw `unauthorized`. */
export interface WriteKeys {
  /** The user name of Basic authentication, with an empty password; undefined where there is none and the body has to say it. */
  inHeaders(headers: Headers): Actor | undefined;
  inBody(writeKey: unknown): Actor;
}

/** API tokens as write keys. */
export function writeKeys(tokens: readonly ApiToken[]): WriteKeys {
  const whoIs = finder(tokens);
  const message =
    'Send a valid API token as the write key: as user name of Basic authentication with an empty password, or as writeKey in the body.';
  return {
    inHeaders({ authorization }) {
      if (authorization === undefined) return undefined;
      const [, sent = ''] = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
      const [, key = ''] = /^([^:]+):$/.exec(Buffer.from(sent, 'base64').toString()) ?? [];
      return whoIs(key) ?? refuse(message);
    },
    inBody: (writeKey) => whoIs(typeof writeKey === 'string' ? writeKey : '') ?? refuse(message),
  };
}

function refuse(message: string): never {
  throw new UserError('unauthorized', message);
}

/** Every token is compared, in constant time. */
function finder(tokens: readonly ApiToken[]): (sent: string) => Actor | undefined {
  const known = tokens.map((token) => ({ token, hash: digest(token.token) }));
  return (sent) => {
    const hash = digest(sent);
    const found = known.filter((candidate) => timingSafeEqual(candidate.hash, hash))[0]?.token;
    if (!sent || !found) return undefined;
    const account = `api:${found.name}`;
    return { person: found.name, account, personKey: account, roles: found.scopes, workspace: found.workspace };
  };
}
