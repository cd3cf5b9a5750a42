import { createHmac } from 'node:crypto';
import type { HttpRoute } from '../../src/core/ports/http.ts';
import { exportAudit } from '../../src/flows/audit/export.ts';
import { ingestAudit } from '../../src/flows/audit/ingest.ts';
import { auditPage } from '../../src/flows/audit/page.ts';
import { exportProof } from '../../src/flows/audit/verify.ts';
import { auditRoutes } from '../../src/http/audit-routes.ts';
import { type ApiToken, bearer } from '../../src/http/tokens.ts';
import { type Answer, type ApiServer, apiServer } from '../http/server.ts';
import type { Backend } from '../support/backends.ts';

const tokens: ApiToken[] = [
  { name: 'all', token: 'token-all', scopes: ['ingest', 'read', 'audit'] },
  { name: 'sender', token: 'token-sender', scopes: ['ingest'] },
  { name: 'reader', token: 'token-reader', scopes: ['read'] },
  { name: 'auditor', token: 'token-auditor', scopes: ['audit'] },
  { name: 'shop', workspace: 'shop', token: 'token-shop', scopes: ['ingest', 'audit'] },
];

export interface AuditServer extends ApiServer {
  /** Sends to `/v1/audit`: a string as it is, anything else as JSON. */
  send(body: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  search(q: string, token?: string, cursor?: string): Promise<Answer>;
  ids(q: string, token?: string): Promise<string[]>;
}

/** The audit API as it is served, over real flows; with other ways for events to come in, given the tokens of this one. */
export function auditServer(
  backend: Backend,
  more: (api: ApiServer, tokens: readonly ApiToken[]) => HttpRoute[] = () => [],
): AuditServer {
  const routes: HttpRoute[] = [];
  const api = apiServer(backend, routes);
  const ports = () => ({ database: api.database, clock: api.clock });
  routes.push(
    ...more(api, tokens),
    ...auditRoutes(
      {
        ingestAudit: (...args) => ingestAudit(ports(), ...args),
        auditPage: (...args) => auditPage(ports(), ...args),
        exportAudit: (...args) => exportAudit(ports(), ...args),
        exportProof: (...args) => exportProof(ports(), ...args),
      },
      {
        actorOf: bearer(tokens),
        clock: api.clock,
        sign: (text) => createHmac('sha256', 'a key').update(text).digest('hex'),
      },
    ),
  );
  const helpers = {
    send: (body: unknown, token = 'token-all', headers: Record<string, string> = {}) =>
      api.request('/v1/audit', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    search: (q: string, token = 'token-all', cursor?: string) =>
      api.get(`/v1/audit?${new URLSearchParams({ q, ...(cursor === undefined ? {} : { cursor }) })}`, token),
    ids: async (q: string, token?: string) =>
      ((await helpers.search(q, token)).json.events as { id: string }[]).map((event) => event.id),
  };
  return Object.assign(api, helpers);
}

let events = 0;
/** Dana has disabled a destination, but for what is given; with an id of its own. */
export const sent = (some: Record<string, unknown> = {}) => ({
  id: `ev-${++events}`,
  time: '2026-11-25T10:25:00Z',
  actor: { id: 'u-1', email: 'dana@acme.example', name: 'Dana' },
  action: 'destination.disabled',
  resource: { kind: 'destination', id: 'dst-1', name: 'Amplitude' },
  ...some,
});
