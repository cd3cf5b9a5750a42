import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEvent } from '../core/audit/event.ts';
import {
  BATCH_LIMIT,
  callsOfBatch,
  checkCallSize,
  type ReadCalls,
  type Reception,
  readCalls,
} from '../core/audit/segment-audit.ts';
import { UserError } from '../core/errors.ts';
import { type Actor, authorise } from '../core/people/actor.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpRequest, HttpRoute } from '../core/ports/http.ts';
import type { Fingerprint } from '../core/privacy/mask.ts';
import { json } from './delivery-routes.ts';
import { parseJson, requireJson } from './json-body.ts';
import type { WriteKeys } from './tokens.ts';

/** The flow behind the routes, given its ports. */
export interface SegmentFlows {
  ingestAudit(
    actor: Actor,
    events: readonly AuditEvent[],
    idPaths: readonly string[],
  ): Promise<{ accepted: number; duplicate: number }>;
}

export interface SegmentParts {
  /** What the webhook may be signed with; none turns it off. */
  secrets: readonly string[];
  /** Whether the webhook may send several calls at once. */
  batchesAllowed(): boolean;
  keys: WriteKeys;
  clock: Clock;
  print: Fingerprint;
}

/** A provider's events go here, and those of a token without a workspace. */
const MAIN = 'main';

/** Whoever can sign is Segment. */
const segment: Actor = { person: 'Segment', account: 'api:segment', personKey: 'api:segment', roles: ['ingest'] };

/** An address of the tracking API: what it may take, and how its body is read. */
interface Address {
  path: string;
  /** Throws for what is larger than Segment takes; sees it before it is parsed. */
  checkSize(body: Buffer): void;
  read(body: unknown, how: Reception): ReadCalls;
}

const batch: Address = {
  path: '/v1/batch',
  checkSize(body) {
    if (body.length <= BATCH_LIMIT) return;
    throw new UserError('call_too_large', `The batch is larger than ${BATCH_LIMIT} bytes. Send smaller batches.`);
  },
  read: (body, how) => readCalls(callsOfBatch(body), how, { at: ['batch'] }),
};

const single = (type: string): Address => ({
  path: `/v1/${type}`,
  checkSize: checkCallSize,
  read: (body, how) => readCalls([body], how, { single: true, type }),
});

/** The Ruby library sends its batches to `import`. */
const addresses = [
  batch,
  { ...batch, path: '/v1/import' },
  ...['track', 'identify', 'page', 'screen', 'group', 'alias'].map(single),
];

/** Segment's two ways of sending calls: its Webhooks destination, and what its libraries send to a tracking API. */
export const segmentRoutes = (flows: SegmentFlows, parts: SegmentParts): HttpRoute[] => [
  webhook(flows, parts),
  ...addresses.map((address) => tracking(address, flows, parts)),
];

function webhook(flows: SegmentFlows, { secrets, batchesAllowed, clock, print }: SegmentParts): HttpRoute {
  return {
    method: 'POST',
    path: '/webhooks/segment',
    audience: 'machine',
    admit(headers) {
      if (secrets.length === 0) {
        throw new UserError(
          'not_found',
          'Segment’s webhook is off here. Set SEGMENT_WEBHOOK_SECRET to the secret of the destination.',
        );
      }
      signatureIn(headers);
    },
    async handle({ headers, body }) {
      const signature = signatureIn(headers);
      const calls = signedCalls(body, (message) => isSigned(message, signature, secrets), batchesAllowed());
      requireJson(headers);
      const value = calls ?? parseJson(body);
      const how = { workspace: MAIN, via: 'webhook', now: clock.now(), print } as const;
      const { events, idPaths, ignored } = Array.isArray(value)
        ? readCalls(wantedBatch(value, batchesAllowed()), how)
        : readCalls([value], how, { single: true });
      return json(200, { ...(await flows.ingestAudit(segment, events, idPaths)), ignored });
    },
  };
}

/** 20 bytes in hexadecimal, as Segment writes them. */
function signatureIn(headers: HttpRequest['headers']): Buffer {
  const sent = headers['x-signature'] ?? '';
  if (!/^[0-9a-f]{40}$/.test(sent)) throw unsigned();
  return Buffer.from(sent, 'hex');
}

const unsigned = (hint = '') =>
  new UserError(
    'unauthorized',
    `X-Signature is not the body’s. Give the destination in Segment the secret that SEGMENT_WEBHOOK_SECRET has here.${hint}`,
  );

/** Every secret is tried, in constant time. */
const isSigned = (message: string | Buffer, signature: Buffer, secrets: readonly string[]): boolean =>
  secrets.filter((secret) => timingSafeEqual(createHmac('sha1', secret).update(message).digest(), signature)).length > 0;

/**
 * Throws unless the body is signed. Of several calls at once Segment signs the first alone: where that is allowed they have to be
 * read to see it, and are returned; nothing else is parsed before its signature is known to be good.
 */
function signedCalls(body: Buffer, isGood: (message: string | Buffer) => boolean, batches: boolean): unknown[] | undefined {
  if (isGood(body)) return undefined;
  if (!/^\s*\[/.test(body.toString('latin1', 0, 64))) throw unsigned();
  if (!batches) throw unsigned(` Switch off batching there: ${ONE_BY_ONE}`);
  const calls = parsedOr(unsigned, body);
  if (!Array.isArray(calls) || calls.length === 0 || !isGood(JSON.stringify(calls[0]))) throw unsigned();
  return calls;
}

function parsedOr(refusal: () => UserError, body: Buffer): unknown {
  try {
    return parseJson(body);
  } catch {
    throw refusal();
  }
}

const ONE_BY_ONE =
  'of several calls at once Segment signs only the first. To take them all the same, set segment: {allow_batches: true} in pipewarden.yml.';

function wantedBatch(calls: unknown[], batches: boolean): unknown[] {
  if (!batches) throw new UserError('invalid', `Send one call, not a list: ${ONE_BY_ONE}`);
  if (calls.length === 0) throw new UserError('invalid', 'The list is empty. Send at least one call.');
  return calls;
}

function tracking({ path, checkSize, read }: Address, flows: SegmentFlows, { keys, clock, print }: SegmentParts): HttpRoute {
  return {
    method: 'POST',
    path,
    audience: 'machine',
    challenge: 'Basic realm="Pipewarden", charset="UTF-8"',
    admit(headers) {
      const actor = keys.inHeaders(headers);
      if (actor) authorise(actor, 'ingest');
      requireJson(headers);
    },
    async handle({ headers, body }) {
      checkSize(body);
      const value = parseJson(body);
      const actor = keys.inHeaders(headers) ?? keys.inBody((value as { writeKey?: unknown } | null)?.writeKey);
      authorise(actor, 'ingest');
      const { events, idPaths } = read(value, {
        workspace: actor.workspace ?? MAIN,
        via: 'tracking',
        now: clock.now(),
        print,
      });
      if (events.length > 0) await flows.ingestAudit(actor, events, idPaths);
      return json(200, { success: true });
    },
  };
}
