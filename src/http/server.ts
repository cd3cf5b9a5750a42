import { maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { RefusedAttempt } from '../core/audit/refusals.ts';
import { statusOfCode, UserError } from '../core/errors.ts';
import type { HttpRequest, HttpResponse, HttpRoute } from '../core/ports/http.ts';
import type { Log } from '../core/ports/log.ts';
import { BODY_LIMIT } from './json-body.ts';

export interface HttpServer {
  /** Listens; resolves with the address, e.g. http://127.0.0.1:3000. */
  listen(host: string, port: number): Promise<string>;
  close(): Promise<void>;
}

const HEADERS_WITHIN = 10_000;
const REQUEST_WITHIN = 30_000;

/** One server for every route. Bodies stay raw bytes: who mounts a route parses, and checks signatures, itself. */
export function createServer(parts: {
  routes: readonly HttpRoute[];
  publicUrl: string | undefined;
  /** Networks whose word for where a caller is we take. */
  trustedProxies?: readonly string[];
  log: Log;
  /** Told of every answered request, by the route's own path. */
  observe?: (request: { method: string; route: string; status: number; seconds: number }) => void;
  /** Told of everyone who was turned away; it must neither wait nor throw. */
  refused?: (attempt: RefusedAttempt) => void;
}): HttpServer {
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    trustProxy: [...(parts.trustedProxies ?? [])],
    requestTimeout: REQUEST_WITHIN,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // As long as the address may be: names of 1,024 bytes are longer when percent-encoded.
    routerOptions: { maxParamLength: maxHeaderSize },
    frameworkErrors: (_error, _request, reply) => {
      void (reply as FastifyReply)
        .code(400)
        .send(bodyOf('invalid', 'The address is not valid: after % come two hexadecimal digits, and together they are UTF-8.'));
    },
    clientErrorHandler: refuseConnection,
  });
  server.server.headersTimeout = HEADERS_WITHIN;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    parts.observe?.({ method: request.method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
  });

  const refused = (route: HttpRoute, { ip }: FastifyRequest, status: number, by?: UserError['by']): void =>
    parts.refused?.({ route: route.path, address: ip, why: status === 403 ? 'forbidden' : 'unknown', by });

  for (const route of parts.routes) {
    server.route({
      method: route.method,
      url: route.path,
      config: { route },
      onRequest: async (request) => {
        if (route.audience === 'browser') checkBrowser(request, parts.publicUrl);
        route.admit?.(headersOf(request));
      },
      async handler(request, reply) {
        const response = await answer(route, request, reply);
        if (response.turnedAway || isRefusal(route, response.status)) refused(route, request, response.status);
        return send(response, reply);
      },
    });
  }

  server.setNotFoundHandler((request, reply) => {
    void reply.code(404).send(bodyOf('not_found', `There is nothing at ${request.method} ${request.url.slice(0, 64)}.`));
  });
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof UserError) {
      const { route } = request.routeOptions.config as { route?: HttpRoute };
      const status = statusOfCode[error.code];
      if (status === 401) void reply.header('www-authenticate', route?.challenge ?? 'Bearer');
      if (route && isRefusal(route, status)) refused(route, request, status, error.by);
      if (error.code === 'unavailable') {
        void reply.header('retry-after', '1');
        parts.log.warn({ route: request.routeOptions.url, error: String(error.cause ?? error) }, 'unavailable');
      }
      return reply.code(status).send(bodyOf(error.code, error.message, error.path, error.suggestions));
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status === 413)
      return reply.code(413).send(bodyOf('too_large', `The body is larger than ${BODY_LIMIT} bytes. Send smaller batches.`));
    if (status < 500) return reply.code(status).send(bodyOf('invalid', (error as Error).message));
    parts.log.error({ route: request.routeOptions.url, error: String((error as Error).stack ?? error) }, 'request failed');
    return reply.code(500).send(bodyOf('internal', 'Something failed here. It was logged; try again in a moment.'));
  });

  return {
    listen: (host, port) =>
      server.listen({ host, port }).catch((error: unknown) => {
        throw new Error(whyNotListening(error as NodeJS.ErrnoException, host, port), { cause: error });
      }),
    close: () => server.close(),
  };
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `Something listens at ${host}:${port} already. Stop it, or start with another PORT.`;
  if (code === 'EACCES') return `This user may not listen at port ${port}. Start with a PORT from 1024 on.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `This machine has no address ${host}. Start with another HOST.`;
  return `Cannot listen at ${host}:${port}: ${message}`;
}

const bodyOf = (code: string, message: string, path?: string, suggestions: string[] = []) => ({
  error: { code, message, ...(path === undefined ? {} : { path }), ...(suggestions.length > 0 ? { suggestions } : {}) },
});

/** What is not HTTP, too long or too slow is refused before there is a request. */
function refuseConnection(error: { code: string }, socket: Socket): void {
  if (!socket.writable) return;
  const refusals: Record<string, [status: string, code: string, message: string]> = {
    HPE_HEADER_OVERFLOW: [
      '431 Request Header Fields Too Large',
      'invalid',
      `Address and headers have more than ${maxHeaderSize} bytes.`,
    ],
    ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'timed_out', 'The request took too long to arrive.'],
  };
  const [status, code, message] = refusals[error.code] ?? ['400 Bad Request', 'invalid', 'This is not a valid HTTP request.'];
  const body = JSON.stringify(bodyOf(code, message));
  const type = 'content-type: application/json; charset=utf-8';
  socket.end(`HTTP/1.1 ${status}\r\n${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}

/** Browsers are sent to the sign-in all the time; of machines, whoever is turned away shows something wrong. */
const isRefusal = ({ audience }: HttpRoute, status: number): boolean =>
  audience === 'machine' && (status === 401 || status === 403);

function answer(route: HttpRoute, request: FastifyRequest, reply: FastifyReply): Promise<HttpResponse> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return route.handle({
    params: request.params as Record<string, string>,
    query: queryOf(request),
    headers: headersOf(request),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    address: request.ip,
    signal: gone.signal,
  });
}

function send({ status, headers = {}, body = '' }: HttpResponse, reply: FastifyReply): FastifyReply {
  void reply.code(status).headers(headers);
  if (typeof body === 'string' || Buffer.isBuffer(body)) return reply.send(body);
  return reply.send(Readable.from(body));
}

const headersOf = (request: FastifyRequest): HttpRequest['headers'] =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );

function queryOf(request: FastifyRequest): Record<string, string> {
  const entries = Object.entries(request.query as Record<string, string | string[]>);
  return Object.fromEntries(entries.map(([key, value]) => [key, Array.isArray(value) ? (value.at(-1) ?? '') : value]));
}

/**
 * Against pages elsewhere that talk to us through the reader's browser: the Host must be ours (DNS rebinding), and what changes
 * something must come from our own pages (Origin).
 */
function checkBrowser(request: FastifyRequest, publicUrl: string | undefined): void {
  const host = request.headers.host ?? '';
  const ours = publicUrl === undefined ? undefined : new URL(publicUrl).host;
  const name = host.replace(/:\d+$/, '');
  if (host !== ours && !['127.0.0.1', 'localhost', '[::1]'].includes(name)) {
    throw new UserError('forbidden', 'This address is not one of ours. Set PUBLIC_URL to the address people use.');
  }
  const { origin } = request.headers;
  if (request.method === 'POST' && origin !== undefined && URL.canParse(origin) && new URL(origin).host !== host) {
    throw new UserError('forbidden', 'This came from a page of another site.');
  }
  if (request.method === 'POST' && origin !== undefined && !URL.canParse(origin)) {
    throw new UserError('forbidden', 'This came from a page without an address.');
  }
}
