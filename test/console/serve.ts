import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { HttpRequest, HttpRoute } from '../../src/core/ports/http.ts';

export interface TestServer {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** Routes on node:http, loopback: as much of the real server as the console's tests need. */
export async function serve(routes: HttpRoute[], port = 0): Promise<TestServer> {
  const server = createServer(async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    try {
      const found = match(routes, incoming);
      if (!found) return void outgoing.writeHead(404).end();
      const { status, headers, body } = await found.route.handle({
        params: found.params,
        query: Object.fromEntries(urlOf(incoming).searchParams),
        headers: incoming.headers as HttpRequest['headers'],
        body: await buffer(incoming),
        address: incoming.socket.remoteAddress ?? '',
        signal: gone.signal,
      });
      outgoing.writeHead(status, headers);
      if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) outgoing.end(body);
      else
        Readable.from(body)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing);
    } catch (error) {
      outgoing.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const urlOf = (incoming: IncomingMessage): URL => new URL(incoming.url ?? '/', 'http://127.0.0.1');

function match(routes: HttpRoute[], incoming: IncomingMessage): { route: HttpRoute; params: Record<string, string> } | undefined {
  const path = urlOf(incoming).pathname.split('/');
  for (const route of routes) {
    const pattern = route.path.split('/');
    if (route.method !== incoming.method || pattern.length !== path.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((part, at) => {
      if (!part.startsWith(':')) return part === path[at];
      params[part.slice(1)] = decodeURIComponent(path[at] ?? '');
      return true;
    });
    if (fits) return { route, params };
  }
  return undefined;
}
