import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { isRecord, type Json, record, text } from './json.ts';
import type { World } from './world.ts';

export interface Acked {
  acked: boolean;
  ackMs: number;
  ackBody: unknown;
  error?: string;
}

export interface Sockets {
  count(): number;
  connected(atLeast: number): Promise<void>;
  /** Sends an envelope to one of the sockets and waits for its ack. */
  send(type: string, payload: Json, more: Json, withinMs: number): Promise<Acked>;
  recycle(reason: string): Promise<void>;
  end(code?: number): void;
  ping(): void;
  refuse(yes: boolean): void;
  close(): void;
}

interface Pending {
  socket: WebSocket;
  settle(body: unknown): void;
  lost(): void;
}

/** The server of Socket Mode. An address from apps.connections.open opens one socket. */
export function createSockets(world: World, server: Server): Sockets {
  const wss = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  const pending = new Map<string, Pending>();
  let waiting: { atLeast: number; tell: () => void }[] = [];
  let turn = 0;
  let refusing = false;

  world.openSocket = () => {
    const ticket = randomUUID();
    tickets.add(ticket);
    return `${world.url.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${world.app.id}`;
  };

  server.on('upgrade', (request, socket, head) => {
    const ticket = new URL(request.url ?? '/', world.url).searchParams.get('ticket') ?? '';
    if (refusing || !tickets.delete(ticket)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws) => greet(ws));
  });

  function greet(ws: WebSocket): void {
    ws.on('error', () => {});
    if (open.size >= 10) {
      ws.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'fake' } }));
      return;
    }
    open.add(ws);
    ws.on('close', () => {
      open.delete(ws);
      for (const [id, one] of pending) {
        if (one.socket !== ws) continue;
        pending.delete(id);
        one.lost();
      }
    });
    ws.on('message', (data) => hear(String(data)));
    const debug_info = { host: 'fake', started: '', build_number: 1, approximate_connection_time: 18_060 };
    ws.send(JSON.stringify({ type: 'hello', num_connections: open.size, debug_info, connection_info: { app_id: world.app.id } }));
    for (const one of waiting) if (open.size >= one.atLeast) one.tell();
    waiting = waiting.filter((one) => open.size < one.atLeast);
  }

  function hear(data: string): void {
    const message: unknown = JSON.parse(data);
    const id = text(record(message).envelope_id);
    const one = pending.get(id);
    if (!one) {
      world.problems.push(`socket: an ack for an unknown or answered envelope ${id}`);
      return;
    }
    pending.delete(id);
    const body = record(message).payload;
    one.settle(isRecord(body) && Object.keys(body).length === 0 ? '' : body);
  }

  return {
    count: () => open.size,
    connected: (atLeast) =>
      open.size >= atLeast
        ? Promise.resolve()
        : new Promise((tell) => {
            waiting.push({ atLeast, tell });
          }),
    send(type, payload, more, withinMs) {
      const start = performance.now();
      const took = () => Math.round(performance.now() - start);
      const socket = [...open][turn++ % Math.max(1, open.size)];
      if (!socket) return Promise.resolve({ acked: false, ackMs: 0, ackBody: '', error: 'no_socket' });
      const envelope_id = randomUUID();
      const accepts_response_payload = type === 'slash_commands' || type === 'interactive';
      return new Promise((resolve) => {
        const fail = (error: string) => {
          clearTimeout(timer);
          resolve({ acked: false, ackMs: took(), ackBody: '', error });
        };
        // The envelope stays known: an ack that comes later is late, not unknown.
        const timer = setTimeout(() => fail('timeout'), withinMs);
        pending.set(envelope_id, {
          socket,
          settle(ackBody) {
            clearTimeout(timer);
            resolve({ acked: true, ackMs: took(), ackBody });
          },
          lost: () => fail('socket_closed'),
        });
        socket.send(JSON.stringify({ envelope_id, type, payload, accepts_response_payload, ...more }));
      });
    },
    async recycle(reason) {
      const old = [...open];
      const gone = old.map((ws) => new Promise<void>((resolve) => ws.once('close', () => resolve())));
      for (const ws of old) ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'fake' } }));
      await Promise.all(gone);
    },
    end(code) {
      for (const ws of open) {
        if (code === undefined) ws.terminate();
        else ws.close(code);
      }
    },
    ping() {
      for (const ws of open) ws.ping(`Ping from fake ${Date.now()}`);
    },
    refuse(yes) {
      refusing = yes;
    },
    close() {
      for (const ws of open) ws.terminate();
      wss.close();
    },
  };
}
