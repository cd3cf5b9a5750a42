import { createHmac } from 'node:crypto';
import { ingestAudit } from '../../src/flows/audit/ingest.ts';
import { segmentRoutes } from '../../src/http/segment-routes.ts';
import { writeKeys } from '../../src/http/tokens.ts';
import { type AuditServer, auditServer } from '../audit/server.ts';
import type { Answer } from '../http/server.ts';
import type { Backend } from '../support/backends.ts';

export const SECRET = 'a shared secret';
export const OLD_SECRET = 'the one before it';

export const signed = (message: string | Uint8Array, secret = SECRET): string =>
  createHmac('sha1', secret).update(message).digest('hex');

export interface SegmentServer extends AuditServer {
  /** Sends to the webhook, signed as it is unless a signature is given; anything but text and bytes as JSON. */
  hook(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Sends to the tracking API with a token as write key. */
  track(path: string, body: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Events there are. */
  count(): Promise<number>;
  policy: { batches: boolean };
}

/** Every way for audit events to come in, over real flows. */
export function segmentServer(backend: Backend, secrets: readonly string[] = [SECRET, OLD_SECRET]): SegmentServer {
  const policy = { batches: false };
  const api = auditServer(backend, (server, tokens) =>
    segmentRoutes(
      { ingestAudit: (...args) => ingestAudit({ database: server.database, clock: server.clock }, ...args) },
      {
        secrets,
        batchesAllowed: () => policy.batches,
        keys: writeKeys(tokens),
        clock: server.clock,
        print: (secret) => createHmac('sha256', 'a key').update(secret).digest('hex').slice(0, 8),
      },
    ),
  );
  const bytesOf = (body: unknown) => (typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  const more = {
    policy,
    hook(body: unknown, headers: Record<string, string> = {}) {
      const bytes = bytesOf(body);
      const all = { 'content-type': 'application/json', 'x-signature': signed(bytes), ...headers };
      return api.request('/webhooks/segment', { method: 'POST', headers: all, body: bytes as NonNullable<RequestInit['body']> });
    },
    track(path: string, body: unknown, token = 'token-all', headers: Record<string, string> = {}) {
      const authorization = `Basic ${Buffer.from(`${token}:`).toString('base64')}`;
      const all = { authorization, 'content-type': 'application/json', ...headers };
      return api.request(path, { method: 'POST', headers: all, body: bytesOf(body) as NonNullable<RequestInit['body']> });
    },
    count: async () => (await api.rows()).audit_event ?? 0,
  };
  return Object.assign(api, more);
}
