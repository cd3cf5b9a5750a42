import { createHash, createHmac } from 'node:crypto';
import type { StoredEvent } from '../../core/audit/event.ts';
import { eventJson } from '../../core/audit/event-json.ts';
import type { Forward } from '../../core/audit/forward.ts';
import type { WebhookRequest } from '../../core/ports/webhooks.ts';

/** An event as a signed webhook (Standard Webhooks 1.0): the same id at every try, the time and the signatures of this one. */
export function webhookOf(forward: Forward, event: StoredEvent, keys: readonly Buffer[], now: Date): WebhookRequest {
  const body = JSON.stringify({ type: 'audit.event', timestamp: event.at, data: eventJson(event) });
  const id = webhookId(forward.name, event);
  const timestamp = String(Math.floor(Number(now) / 1_000));
  return {
    url: forward.url,
    allowPrivate: forward.allowPrivate,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Pipewarden',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': keys.map((key) => signature(key, `${id}.${timestamp}.${body}`)).join(' '),
    },
    body,
  };
}

/** From what makes the event this one, so that it stays the same whatever becomes of our rows. It holds no full stop. */
const webhookId = (forward: string, { workspace, provider, id }: StoredEvent): string =>
  `msg_${createHash('sha256')
    .update(JSON.stringify([forward, workspace, provider, id]))
    .digest('base64url')
    .slice(0, 27)}`;

const signature = (key: Buffer, content: string): string => `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
