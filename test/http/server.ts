import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { HttpRoute } from '../../src/core/ports/http.ts';
import { createIngest } from '../../src/flows/delivery/ingest.ts';
import { pipelineOverview } from '../../src/flows/delivery/overview.ts';
import { rankedPipelines } from '../../src/flows/delivery/ranking.ts';
import { pipelineStep } from '../../src/flows/delivery/step.ts';
import { deliveryRoutes } from '../../src/http/delivery-routes.ts';
import { healthRoutes } from '../../src/http/health-routes.ts';
import { createServer } from '../../src/http/server.ts';
import { type ApiToken, bearer } from '../../src/http/tokens.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { type Backend, rowCounts } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { keptLog } from '../support/samples.ts';

export const NOW = '2026-11-25T10:30:20Z';

export const tokens: ApiToken[] = [
  { name: 'all', token: 'token-all', scopes: ['ingest', 'read'] },
  { name: 'sender', token: 'token-sender', scopes: ['ingest'] },
  { name: 'reader', token: 'token-reader', scopes: ['read'] },
  { name: 'shop', workspace: 'shop', token: 'token-shop', scopes: ['ingest', 'read'] },
];

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

export interface ApiServer {
  url: string;
  clock: FakeClock;
  database: OpenDatabase;
  log: ReturnType<typeof keptLog>;
  get(path: string, token?: string): Promise<Answer>;
  /** A string or bytes are sent as they are, anything else as JSON. */
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  request(path: string, init: RequestInit): Promise<Answer>;
  /** Sends these bytes over a socket and gives back what came until the other side closed or `enough` was there. */
  raw(bytes: (string | Buffer)[], enough?: RegExp): Promise<string>;
  rows(): Promise<Record<string, number>>;
}

/** The API as it is served, over real flows and an empty database for each file. */
export function apiServer(backend: Backend, more: HttpRoute[] = [], publicUrl?: string): ApiServer {
  const clock = fakeClock(NOW);
  const log = keptLog();
  let server: ReturnType<typeof createServer>;

  const api: ApiServer = {
    url: '',
    clock,
    log,
    database: undefined as unknown as OpenDatabase,
    get: (path, token = 'token-all') => api.request(path, { headers: { authorization: `Bearer ${token}` } }),
    post(body, headers = {}) {
      const asIs = typeof body === 'string' || body instanceof Uint8Array;
      return api.request('/v1/delivery', {
        method: 'POST',
        headers: { authorization: 'Bearer token-all', 'content-type': 'application/json', ...headers },
        body: (asIs ? body : JSON.stringify(body)) as NonNullable<RequestInit['body']>,
      });
    },
    async request(path, init) {
      const response = await fetch(`${api.url}${path}`, init);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
    },
    raw: (bytes, enough) => overSocket(Number(new URL(api.url).port), bytes, enough),
    rows: () => rowCounts(api.database.kysely),
  };

  beforeAll(async () => {
    api.database = await backend.open(clock);
    const ports = { database: api.database, clock };
    const flows = {
      ingest: createIngest(ports),
      pipelineOverview: pipelineOverview.bind(undefined, ports),
      rankedPipelines: rankedPipelines.bind(undefined, ports),
      pipelineStep: pipelineStep.bind(undefined, ports),
    };
    const routes = [
      ...deliveryRoutes(flows, bearer(tokens), clock),
      ...healthRoutes({ needed: { database: () => api.database.ping() }, helpful: () => ({}) }),
      ...more,
    ];
    server = createServer({ routes, publicUrl, log });
    api.url = await server.listen('127.0.0.1', 0);
  });
  afterAll(() => server?.close());
  // Whatever a client sends, nothing of it may be our own failure.
  afterEach(() => expect(log.lines.splice(0)).toEqual([]));
  return api;
}

function overSocket(port: number, bytes: (string | Buffer)[], enough?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let seen = '';
    const end = () => {
      socket.destroy();
      resolve(seen);
    };
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      if (enough?.test(seen)) end();
    });
    // A server that has answered may reset the connection while we still write.
    socket.on('error', end);
    socket.on('close', end);
    for (const part of bytes) socket.write(part);
  });
}

/** Every refusal has this shape, and its code. */
export function expectError(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, body: answer.json ?? answer.text }).toMatchObject({ status, body: { error: { code } } });
  const { error, ...rest } = answer.json;
  expect(rest).toEqual({});
  expect(error.message, 'says something').toMatch(/\S.*[.!?]$|^\/|^\S/);
  expect(Object.keys(error).filter((key) => !['code', 'message', 'path', 'suggestions'].includes(key))).toEqual([]);
}

let batches = 0;
/** A batch with one delivered event, but for what is given. */
export const batchOf = (some: Record<string, unknown> = {}, ...counts: Record<string, unknown>[]) => ({
  batchId: `b-${++batches}`,
  counts: (counts.length > 0 ? counts : [{}]).map((count) => ({
    time: '2026-11-25T10:25:00Z',
    source: 'web',
    destination: 'amplitude',
    step: 'successful_delivery',
    count: 1,
    ...count,
  })),
  ...some,
});

/** The first lines of a request as they go over the wire. */
export const headOf = (more: string[], path = '/v1/delivery', method = 'POST') =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Authorization: Bearer token-all',
    'Content-Type: application/json',
    ...more,
    '',
    '',
  ].join('\r\n');
