import { createHmac } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { testCertificate } from './certificate.ts';

/** One request, as the receiver of a SIEM sees it. */
export interface Received {
  id: string;
  timestamp: number;
  signatures: string[];
  headers: IncomingMessage['headers'];
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  json: any;
}

type Answer =
  | number
  | { status: number; headers?: Record<string, string>; body?: string }
  | { by(response: ServerResponse): void };

export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** Seqs of the events that were answered with 2xx, in order. */
  taken: number[];
  /** How many connections were made to it. */
  connections: number;
  /** What it answers next and from then on. */
  answer: Answer | ((received: Received) => Answer);
  /** Closes the connections that are open, as a receiver that restarts does. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on loopback, where only forwards with `allow_private` reach it. */
export async function startReceiver({ tls = false }: { tls?: boolean } = {}): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const receiver = { received: [] as Received[], taken: [] as number[], connections: 0, answer: 204 as Receiver['answer'] };
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const one: Received = {
      id: String(request.headers['webhook-id']),
      timestamp: Number(request.headers['webhook-timestamp']),
      signatures: String(request.headers['webhook-signature']).split(' '),
      headers: request.headers,
      body,
      json: body.startsWith('{') ? JSON.parse(body) : undefined,
    };
    receiver.received.push(one);
    const { answer } = receiver;
    const said = typeof answer === 'function' ? answer(one) : answer;
    if (typeof said === 'object' && 'by' in said) return said.by(response);
    const { status, headers = {}, body: text = '' } = typeof said === 'number' ? { status: said } : said;
    if (status < 300) receiver.taken.push(one.json?.data?.seq);
    response.writeHead(status, headers).end(text);
  };
  const server = tls ? https.createServer(testCertificate, listener) : http.createServer(listener);
  server.on('connection', (socket: Socket) => {
    receiver.connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Whether Standard Webhooks takes it: written after the specification, and after nothing of ours. */
export function isSigned({ id, timestamp, signatures, body }: Received, secret: string, now: Date): boolean {
  if (Math.abs(Number(now) / 1000 - timestamp) > 5 * 60 || !Number.isInteger(timestamp)) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
  return signatures.some((one) => one === `v1,${expected}`);
}
