import { z } from 'zod';
import { fromIssue } from '../delivery/delivery-body.ts';
import { as, EVENTS_LIMIT, isStorable, optionalText, text, time } from '../delivery/delivery-schema.ts';
import { AHEAD_ALLOWED } from '../delivery/time.ts';
import { UserError } from '../errors.ts';
import { type Fingerprint, mask } from '../privacy/mask.ts';
import { canonicalAction } from './actions.ts';
import type { AuditEvent, Json } from './event.ts';

/** Before this there were no customer-data platforms: such a time is a mistake of units or of a clock. */
const EARLIEST = Date.UTC(2000, 0, 1);

/** Any JSON that comes back as it was sent. */
export const anyJson = z
  .unknown()
  .superRefine((value, context) => {
    const wrong = wrongIn(value);
    if (wrong) context.addIssue({ code: 'custom', message: wrong.message, path: wrong.path, params: { code: wrong.code } });
  })
  .optional();

/** What an event is found and told apart by: there must be something to see. */
const named = text.refine((value) => value.trim() !== '', as('bad_text', 'must not be blank'));

const eventSchema = z.strictObject({
  id: named,
  time,
  actor: z.strictObject({ id: named, email: optionalText, name: optionalText, type: optionalText }),
  action: named,
  resource: z.strictObject({ kind: named, id: named, name: optionalText }),
  before: anyJson,
  after: anyJson,
  context: anyJson,
});

const bodySchema = z.strictObject({
  events: z
    .array(z.unknown())
    .max(EVENTS_LIMIT, as('too_many', `must have at most ${EVENTS_LIMIT} entries`))
    .pipe(z.array(eventSchema)),
});

/**
 * Parses the body of `POST /v1/audit`, taken whole or not at all. Before, after and context come out masked; with `print` a
 * secret that changed still shows as changed. Throws a UserError with the path of the first thing that is wrong.
 */
export function parseAuditBody(body: unknown, workspace: string, now: Date, print: Fingerprint): AuditEvent[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fromIssue(parsed.error.issues[0] as z.core.$ZodIssue);
  return parsed.data.events.map((event, i): AuditEvent => {
    checkTime(event.time, now, `/events/${i}/time`);
    const { id, actor, action, resource } = event;
    return {
      workspace,
      provider: 'push',
      id,
      at: new Date(event.time),
      actor,
      action: canonicalOrOwn(action),
      type: action,
      resource: { ...resource, kind: resource.kind.toLowerCase() },
      ...masked('before', event.before, print),
      ...masked('after', event.after, print),
      ...masked('context', event.context, print),
      via: 'push',
    };
  });
}

/** Senders may use a provider's words, "Integration Disabled"; what is none of those is the sender's own and stays. */
function canonicalOrOwn(action: string): string {
  const canonical = canonicalAction(action);
  return canonical.startsWith('other.') || action.includes('.') ? action.toLowerCase() : canonical;
}

export const masked = (key: 'before' | 'after' | 'context', value: unknown, print: Fingerprint): Partial<AuditEvent> =>
  value === undefined ? {} : { [key]: mask(value, print) as Json };

export function checkTime(at: number, now: Date, path: string): void {
  if (at > Number(now) + AHEAD_ALLOWED) {
    const message = `${path} is more than 5 minutes ahead of ${now.toISOString()}. Check the sender's clock.`;
    throw new UserError('in_future', message, { path });
  }
  if (at < EARLIEST) throw new UserError('too_old', `${path} lies before 2000. Check the sender's clock.`, { path });
}

interface Wrong {
  code: 'bad_text' | 'invalid';
  message: string;
  path: PropertyKey[];
}

/** What PostgreSQL, or a double, cannot hold. The depth was checked before parsing. */
function wrongIn(value: unknown, path: PropertyKey[] = []): Wrong | undefined {
  if (typeof value === 'string') {
    return isStorable(value) ? undefined : { code: 'bad_text', message: 'must not hold U+0000 or half a surrogate pair', path };
  }
  if (typeof value === 'number') {
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isExact ? undefined : { code: 'invalid', message: 'must be within ±2^53, or it loses digits. Send it as text', path };
  }
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, item] of Object.entries(value)) {
    if (!isStorable(key)) return { code: 'bad_text', message: 'has a key with U+0000 or half a surrogate pair', path };
    const wrong = wrongIn(item, [...path, key]);
    if (wrong) return wrong;
  }
  return undefined;
}
