import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isRecord, type Json } from './json.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './routes/call.ts';
import { createBuckets, faultReply, type Reply, routeName, type Troubles } from './trouble.ts';
import type { Fault, Request } from './types.ts';
import type { World } from './world.ts';

interface Known {
  route: Route;
  name: string;
  shape: RegExp;
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** JSON, or a form with `payload_json` and files. */
export async function parseBody(raw: Buffer, contentType: string): Promise<{ body: Json; files: Request['files'] }> {
  if (!contentType.startsWith('multipart/form-data')) {
    if (raw.length === 0) return { body: {}, files: [] };
    try {
      return { body: JSON.parse(raw.toString()) as Json, files: [] };
    } catch {
      throw new Refusal(50109);
    }
  }
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
  let body: Json = {};
  const files: Request['files'] = [];
  for (const [key, value] of form) {
    if (typeof value !== 'string') files.push({ key, name: value.name, bytes: Buffer.from(await value.arrayBuffer()) });
    else if (key === 'payload_json') body = JSON.parse(value) as Json;
  }
  return { body, files };
}

/** `content[BASE_TYPE_MAX_LENGTH] Must be …`, for the list of problems. */
function sentences(errors: unknown, at = ''): string[] {
  if (!isRecord(errors)) return [];
  return Object.entries(errors).flatMap(([key, inner]) =>
    key === '_errors'
      ? (inner as Json[]).map((one) => `${at}[${one.code}] ${one.message}`)
      : sentences(inner, at ? `${at}.${key}` : key),
  );
}

export function createApi(world: World, routes: readonly Route[], troubles: Troubles): Server {
  const known: Known[] = routes.map((route) => ({
    route,
    name: `${route.method} ${routeName(route.pattern)}`,
    shape: new RegExp(`^${route.pattern.replace(/:\w+/g, '([^/]+)')}$`),
  }));
  const bucketOf = createBuckets(world.limits);

  function work(request: Request, found: Known | undefined, url: URL): Reply {
    const { route } = found ?? {};
    const headers = {};
    const isAuthorized = request.authorization === `Bot ${world.token}` && world.tokenValid;
    if (!route?.open && !isAuthorized) return { status: 401, body: { message: '401: Unauthorized', code: 0 }, headers };
    if (!found || !route) {
      world.problems.push(`${request.method} ${request.path}: the fake knows no such route`);
      return { status: 404, body: { message: '404: Not Found', code: 0 }, headers };
    }
    const params = (found.shape.exec(url.pathname.slice('/api/v10'.length)) ?? []).slice(1).map(decodeURIComponent);
    try {
      return { headers, ...route.run({ world, request, params, query: url.searchParams }) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      world.problems.push(
        [`${request.method} ${request.path}: ${error.code} ${error.message}`, ...sentences(error.errors)].join(' · '),
      );
      const retry: Record<string, string> =
        error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter), 'x-ratelimit-scope': 'user' };
      return { status: error.status, body: error.body, headers: retry };
    }
  }

  function limited(request: Request, found: Known | undefined, url: URL): Reply {
    const { headers, waitMs } = bucketOf(request);
    if (waitMs > 0) {
      const refused = faultReply({ status: 429, retryAfter: waitMs / 1000 });
      return { status: 429, body: refused?.body, headers: { ...headers, ...refused?.headers } };
    }
    const reply = work(request, found, url);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', world.url);
    if (url.pathname.startsWith('/attachments/')) return sendFile(world, url, outgoing);
    const path = url.pathname.replace(/^\/api\/v10/, '');
    const found = known.find(({ route, shape }) => route.method === incoming.method && shape.test(path));
    const request: Request = {
      kind: 'request',
      at: world.now(),
      method: incoming.method ?? '',
      path: path + url.search,
      route: found?.name ?? `${incoming.method} ${path}`,
      body: {},
      files: [],
      authorization: incoming.headers.authorization ?? '',
      status: 0,
      answer: undefined,
    };
    world.log.push(request);
    const raw = await read(incoming);
    let reply: Reply | undefined;
    try {
      Object.assign(request, await parseBody(raw, incoming.headers['content-type'] ?? ''));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = { status: error.status, body: error.body, headers: {} };
    }
    const fault = troubles.next(request);
    if (fault) request.trouble = troubleName(fault);
    await troubles.pass(request);
    if (fault?.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    if (fault?.drop === 'before') return cut(incoming.socket, fault);
    reply ??= (fault && !fault.drop ? faultReply(fault) : undefined) ?? limited(request, found, url);
    request.status = reply.status;
    request.answer = reply.body;
    if (fault?.drop === 'after') return cut(incoming.socket, fault);
    send(outgoing, reply);
  }

  return createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      world.problems.push(`The fake itself failed: ${error instanceof Error ? error.stack : error}`);
      if (!outgoing.headersSent)
        send(outgoing, { status: 500, body: { message: '500: Internal Server Error', code: 0 }, headers: {} });
    });
  });
}

const troubleName = (fault: Fault): string =>
  fault.drop
    ? `dropped ${fault.drop}`
    : fault.delay
      ? `delayed ${fault.delay} ms`
      : `answered ${fault.status ?? fault.code ?? 429}`;

function cut(socket: Socket, fault: Fault): void {
  if (fault.reset) socket.resetAndDestroy();
  else socket.destroy();
}

function send(outgoing: ServerResponse, { status, body, headers }: Reply): void {
  if (body === undefined) outgoing.writeHead(status, headers).end();
  else outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function sendFile(world: World, url: URL, outgoing: ServerResponse): void {
  const id = url.pathname.split('/')[3];
  const until = Number.parseInt(url.searchParams.get('ex') ?? '0', 16) * 1000;
  const file = [...world.messages.values()].flatMap((one) => (one.deleted ? [] : one.attachments)).find((one) => one.id === id);
  if (!file || until < world.now()) outgoing.writeHead(404).end('This content is no longer available.');
  else outgoing.writeHead(200, { 'content-type': file.contentType }).end(file.bytes);
}
