import { z } from 'zod';
import { fromIssue, pointerTo } from '../delivery/delivery-body.ts';
import { EVENTS_LIMIT, text, time } from '../delivery/delivery-schema.ts';
import { AUDIT_KEPT, plus } from '../delivery/time.ts';
import { UserError } from '../errors.ts';
import type { Fingerprint } from '../privacy/mask.ts';
import { canonicalAction, canonicalKind } from './actions.ts';
import { anyJson, checkTime, masked } from './audit-body.ts';
import type { AuditActor, AuditEvent } from './event.ts';

/** Bytes of one call and of a batch, as Segment documents them. */
export const CALL_LIMIT = 32 * 1024;
export const BATCH_LIMIT = 500 * 1024;

/** Every audit event that Segment forwards is a track call of this name; what happened stands in its properties. */
const AUDIT = 'Audit';
/** Segment's own doing, for lack of a person. */
const SYSTEM = '__system__';

/** How calls came, and where their events go. */
export interface Reception {
  workspace: string;
  via: 'webhook' | 'tracking';
  now: Date;
  print: Fingerprint;
}

/** The audit events in what was sent. Other calls are not for us, and no mistake. */
export interface ReadCalls {
  events: AuditEvent[];
  /** JSON pointers to the ids of the events. */
  idPaths: string[];
  ignored: number;
}

/** Absent, null and empty are the same: senders use all three. */
const optional = z.preprocess((value) => (value === null || value === '' ? undefined : value), text.optional());

const callSchema = z.looseObject({ type: text, event: z.unknown().optional() });

const auditSchema = z.object({
  messageId: text,
  userId: optional,
  anonymousId: optional,
  timestamp: time.nullish(),
  receivedAt: time.nullish(),
  properties: anyJson.pipe(
    z.looseObject({
      type: text,
      workspace_id: optional,
      details: z
        .looseObject({ resource_id: optional, resource_type: optional, subject: optional, target: optional })
        .nullish()
        .transform((value) => value ?? {}),
    }),
  ),
});

type AuditCall = z.infer<typeof auditSchema>;

/**
 * Reads calls of Segment's, all or none: throws a UserError with the path of the first thing that is wrong with one that is an
 * audit event. `at` is where the list stands in the body; `type` is set where the address says it instead of the call.
 */
export function readCalls(
  calls: readonly unknown[],
  how: Reception,
  { at = [], type, single = false }: { at?: readonly PropertyKey[]; type?: string; single?: boolean } = {},
): ReadCalls {
  if (calls.length > EVENTS_LIMIT) {
    const message = `${pointerTo(at) || 'The body'} must have at most ${EVENTS_LIMIT} entries. Send smaller batches.`;
    throw new UserError('too_many', message, { path: pointerTo(at) });
  }
  const read: ReadCalls = { events: [], idPaths: [], ignored: 0 };
  for (const [i, call] of calls.entries()) {
    const path = single ? at : [...at, i];
    const event = eventIn(call, how, path, type);
    if (!event) read.ignored++;
    else {
      read.events.push(event);
      read.idPaths.push(pointerTo([...path, 'messageId']));
    }
  }
  return read;
}

const batchSchema = z.looseObject({ batch: z.array(z.unknown()) });

/** The calls of `POST /v1/batch`, each within its limit. */
export function callsOfBatch(body: unknown): unknown[] {
  const { batch } = parsed(batchSchema, body, []);
  for (const [i, call] of batch.entries()) checkCallSize(JSON.stringify(call), ['batch', i]);
  return batch;
}

export function checkCallSize(call: string | Uint8Array, path: readonly PropertyKey[] = []): void {
  if (Buffer.byteLength(call) <= CALL_LIMIT) return;
  const message = `${pointerTo(path) || 'The call'} is larger than ${CALL_LIMIT} bytes. Send less with it.`;
  throw new UserError('call_too_large', message, { path: pointerTo(path) });
}

function parsed<T extends z.ZodType>(schema: T, value: unknown, path: readonly PropertyKey[]): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw fromIssue({ ...issue, path: [...path, ...issue.path] });
}

function eventIn(call: unknown, how: Reception, path: readonly PropertyKey[], type: string | undefined): AuditEvent | undefined {
  const isObject = call !== null && typeof call === 'object' && !Array.isArray(call);
  const said = parsed(callSchema, isObject && type !== undefined ? { ...call, type } : call, path);
  if (said.type !== 'track' || said.event !== AUDIT) return undefined;
  return auditEvent(parsed(auditSchema, call, path), how, path);
}

function auditEvent(call: AuditCall, { workspace, via, now, print }: Reception, path: readonly PropertyKey[]): AuditEvent {
  const { type, workspace_id, details, ...others } = call.properties;
  const { resource_id, resource_type, subject: _subject, target, ...more } = details;
  const action = canonicalAction(type);
  const context = {
    ...more,
    // The id alone would lose the space, or the source, that it stands in.
    ...(resource_id?.includes('/') ? { resource_path: resource_id } : {}),
    ...(workspace_id === undefined ? {} : { workspace_id }),
    ...(Object.keys(others).length > 0 ? { properties: others } : {}),
  };
  return {
    workspace,
    provider: 'segment',
    id: call.messageId,
    at: timeOf(call, now, via, path),
    actor: actorOf(call, path),
    action,
    type,
    resource: {
      kind: resource_type === undefined ? (action.split('.')[0] as string) : canonicalKind(resource_type),
      id: resourceId(resource_id ?? workspace_id, path),
      name: target ?? '',
    },
    ...(Object.keys(context).length > 0 ? masked('context', context, print) : {}),
    via,
  };
}

/** When it happened; of a call that does not say, when it arrived at Segment. */
function timeOf({ timestamp, receivedAt }: AuditCall, now: Date, via: Reception['via'], path: readonly PropertyKey[]): Date {
  const at = timestamp ?? receivedAt;
  const pointer = pointerTo([...path, 'timestamp']);
  if (at === undefined || at === null) {
    const message = `${pointer} is missing. Send when it happened, e.g. 2026-11-25T10:04:00Z.`;
    throw new UserError('bad_time', message, { path: pointer });
  }
  checkTime(at, now, pointer);
  // A signature has no time in it. Ids are remembered as long as events are kept: what is older could come in twice.
  if (via === 'webhook' && at < Number(plus(now, -AUDIT_KEPT))) {
    const message = `${pointer} is longer ago than events are kept here. Send older events to /v1/audit.`;
    throw new UserError('too_old', message, { path: pointer });
  }
  return new Date(at);
}

/** `details.subject` names the person even where the call's user is Segment itself. */
function actorOf({ userId, anonymousId, properties }: AuditCall, path: readonly PropertyKey[]): AuditActor {
  const { subject } = properties.details;
  const nameless = { name: '', email: '' };
  if (subject !== undefined && subject !== SYSTEM) {
    const user = /^users\/(.+)$/.exec(subject)?.[1];
    return user === undefined ? { id: subject, type: '', ...nameless } : { id: user, type: 'user', ...nameless };
  }
  const id = subject ?? userId ?? anonymousId;
  if (id === SYSTEM) return { id, type: 'system', name: 'Segment', email: '' };
  if (id !== undefined) return { id, type: '', ...nameless };
  const pointer = pointerTo([...path, 'userId']);
  throw new UserError('invalid', `${pointer} is missing. Say who did it, there or in properties.details.subject.`, {
    path: pointer,
  });
}

/** An id, or the last part of a path: `spaces/default/audiences/aud_1` is `aud_1`. */
function resourceId(idOrPath: string | undefined, path: readonly PropertyKey[]): string {
  const id = idOrPath
    ?.split('/')
    .filter((part) => part !== '')
    .at(-1);
  if (id !== undefined) return id;
  const pointer = pointerTo([...path, 'properties', 'details', 'resource_id']);
  throw new UserError('invalid', `${pointer} is missing. Say which resource it is about.`, { path: pointer });
}
