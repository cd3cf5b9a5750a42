import { connect, createServer, type Socket } from 'node:net';
import { REDIS } from '../contract/jobs-engines.ts';

export interface Proxy {
  url: string;
  /** Listens and passes on; before the first time nobody answers at its port. */
  open(): Promise<void>;
  /** As when the server dies: connections end and new ones are refused. */
  cut(): Promise<void>;
  /** As when the network drops packets: connections stay, and nothing comes through. */
  hang(): void;
}

/** Stands between us and Redis; may replace words of its answers by others of the same length. */
export async function redisProxy(replace: [string, string] = ['', '']): Promise<Proxy> {
  const target = new URL(REDIS);
  const sockets = new Set<Socket>();
  let hanging = false;
  const server = createServer((client) => {
    const redis = connect(Number(target.port || 6379), target.hostname);
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (chunk) => {
        if (hanging) return;
        to.write(from === redis && replace[0] ? Buffer.from(chunk.toString('latin1').replace(...replace), 'latin1') : chunk);
      });
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as { port: number };
  await close();
  const url = new URL(REDIS);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    async open() {
      hanging = false;
      if (!server.listening) await listen(port);
    },
    cut: close,
    hang() {
      hanging = true;
    },
  };
}
