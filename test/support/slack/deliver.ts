import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { stringify } from 'node:querystring';
import type { Forgery } from './interface.ts';
import type { Json } from './json.ts';
import type { Acked, Sockets } from './socket.ts';
import type { Delivery } from './types.ts';
import type { World } from './world.ts';

export interface Route {
  delivery: 'http' | 'socket';
  requestUrl: string | undefined;
  signingSecret: string;
  withinMs: number;
}

export const sign = (secret: string, timestamp: number | string, raw: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${raw}`).digest('hex')}`;

function bodyOf(type: Delivery['type'], body: Json): { raw: string; contentType: string } {
  if (type === 'events_api') return { raw: JSON.stringify(body), contentType: 'application/json' };
  const fields = type === 'interactive' ? { payload: JSON.stringify(body) } : body;
  return { raw: stringify(fields as Record<string, string>), contentType: 'application/x-www-form-urlencoded' };
}

function parsedAck(raw: string): unknown {
  try {
    return raw === '' ? '' : JSON.parse(raw);
  } catch {
    return raw;
  }
}

/** One request, on a connection of its own, as from a fleet of senders. */
function post(url: string, headers: Record<string, string>, raw: string, withinMs: number): Promise<Acked & { status: number }> {
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  return new Promise((resolve) => {
    const fail = (error: string) => resolve({ acked: false, ackMs: took(), ackBody: '', status: 0, error });
    const sent = request(
      url,
      { method: 'POST', agent: false, headers: { ...headers, 'content-length': Buffer.byteLength(raw) } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('error', () => fail('connection_failed'));
        answer.on('end', () => {
          clearTimeout(timer);
          const status = answer.statusCode ?? 0;
          const acked = status >= 200 && status < 300;
          resolve({ acked, ackMs: took(), ackBody: parsedAck(text), status, ...(acked ? {} : { error: `http_${status}` }) });
        });
      },
    );
    const timer = setTimeout(() => {
      fail('timeout');
      sent.destroy();
    }, withinMs);
    sent.on('error', () => {
      clearTimeout(timer);
      fail('connection_failed');
    });
    sent.end(raw);
  });
}

export interface Courier {
  send(type: Delivery['type'], body: Json, extra?: Partial<Delivery>): Promise<Delivery>;
  replay(of: Delivery, forgery: Forgery): Promise<Delivery>;
  /** What Slack would have sent, and why it did not. */
  unsent(type: Delivery['type'], body: Json, why: string): Delivery;
}

export function createCourier(world: World, sockets: Sockets, route: Route): Courier {
  function signed(raw: string, contentType: string, forgery: Forgery): Record<string, string> {
    const timestamp = Math.floor(world.now() / 1000) + (forgery.shift ?? 0);
    return {
      'content-type': contentType,
      accept: '*/*',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...(forgery.unsigned
        ? {}
        : {
            'x-slack-request-timestamp': String(timestamp),
            'x-slack-signature': sign(forgery.secret ?? route.signingSecret, timestamp, raw),
          }),
      ...retryHeaders(forgery),
    };
  }

  async function go(entry: Delivery, socketMore: Json = {}): Promise<Delivery> {
    world.log.push(entry);
    if (entry.via === 'socket') {
      const outcome = await sockets.send(entry.type, entry.body, socketMore, route.withinMs);
      return Object.assign(entry, outcome, { status: outcome.acked ? 200 : 0 });
    }
    if (!route.requestUrl) return Object.assign(entry, { error: 'no_url' });
    return Object.assign(entry, await post(route.requestUrl, entry.headers, entry.raw, route.withinMs));
  }

  const blank = (type: Delivery['type'], body: Json): Delivery => ({
    ...{ kind: 'delivery', at: world.now(), type, via: route.delivery, body },
    ...{ acked: false, ackMs: 0, ackBody: '', status: 0, headers: {}, raw: '' },
  });

  return {
    send(type, body, extra = {}) {
      const { raw, contentType } = bodyOf(type, body);
      const http = route.delivery === 'http' ? { raw, headers: signed(raw, contentType, {}) } : {};
      const more = type === 'events_api' ? { retry_attempt: 0, retry_reason: '' } : {};
      return go({ ...blank(type, body), ...http, ...extra }, more);
    },
    unsent: (type, body, error) => ({ ...blank(type, body), error }),
    replay(of, forgery) {
      const entry: Delivery = { ...blank(of.type, of.body), triggerId: of.triggerId, responseUrl: of.responseUrl };
      const { retry } = forgery;
      if (route.delivery === 'socket') {
        return go(entry, { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? (retry ? 'timeout' : '') });
      }
      const anew =
        retry !== undefined || forgery.fresh || forgery.secret !== undefined || forgery.shift !== undefined || forgery.unsigned;
      const contentType = of.headers['content-type'] ?? 'application/json';
      const headers = anew ? signed(of.raw, contentType, forgery) : of.headers;
      return go({ ...entry, raw: forgery.tamper?.(of.raw) ?? of.raw, headers });
    },
  };
}

const retryHeaders = ({ retry }: Forgery): Record<string, string> =>
  retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason ?? 'http_timeout' } : {};
