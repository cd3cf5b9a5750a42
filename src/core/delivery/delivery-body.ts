import { z } from 'zod';
import { cited, type ErrorCode, UserError } from '../errors.ts';
import type { Count, Gauge, Resource, Series } from './series.ts';
import { isStep, isVariant, type Step, stepFacts, steps, variantSteps } from './steps.ts';
import { AHEAD_ALLOWED, DAY, floorTo, MINUTE, MINUTES_KEPT } from './time.ts';

/** What `POST /v1/delivery` takes, parsed. Times are UTC; counts carry the start of their minute. */
export interface DeliveryBatch {
  batchId: string;
  counts: Count[];
  gauges: Gauge[];
  resources: Resource[];
}

export const COUNTS_LIMIT = 10_000;
/** Above this a single count is taken for a mistake; sums of accepted counts stay exact in a double. */
const COUNT_LIMIT = 1_000_000_000_000;
const TEXT_BYTES = 1_024;

const halfPair = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
/** PostgreSQL cannot hold U+0000, nor half of a surrogate pair. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && !halfPair.test(text);
const fitsBytes = (text: string): boolean => text.length <= TEXT_BYTES / 3 || Buffer.byteLength(text) <= TEXT_BYTES;

// Codes ride on zod's issues as `params.code`; the first issue becomes the answer.
const as = (code: ErrorCode, message: string) => ({ error: message, params: { code } });

const text = z
  .string()
  .refine((value) => value.length >= 1 && fitsBytes(value), as('bad_text', `must have 1 to ${TEXT_BYTES} bytes`))
  .refine(isStorable, as('bad_text', 'must not hold U+0000 or half a surrogate pair'));
/** Absent is stored as an empty string. */
const optionalText = text.optional().transform((value) => value ?? '');

const instant = /^\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d)(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const time = z.string().transform((value, context) => {
  const match = instant.exec(value);
  const at = match ? Date.parse(value) : Number.NaN;
  // Date.parse moves 30 February to March; a day that the month does not have is refused instead.
  const daysInMonth = match ? new Date(Date.UTC(Number(value.slice(0, 4)), Number(match[1]), 0)).getUTCDate() : 0;
  if (Number.isNaN(at) || Number(match?.[2]) > daysInMonth) {
    context.addIssue({
      code: 'custom',
      message: 'must be an ISO 8601 time with a zone, e.g. 2026-11-25T10:04:00Z',
      params: { code: 'bad_time' },
    });
    return z.NEVER;
  }
  return at;
});

const wholeCount = z
  .number(as('bad_count', 'must be a whole number from 0'))
  .refine(
    (value) => Number.isSafeInteger(value) && value >= 0 && value <= COUNT_LIMIT,
    as('bad_count', `must be a whole number from 0 to ${COUNT_LIMIT}`),
  );

const step = z.string().refine(isStep, as('unknown_step', `must be one of ${steps.join(', ')}`)) as unknown as z.ZodType<Step>;

const countSchema = z.strictObject({
  time,
  source: text,
  destination: optionalText,
  mapping: optionalText,
  audience: optionalText,
  step,
  eventType: optionalText,
  eventName: optionalText,
  appVersion: optionalText,
  reason: optionalText,
  count: wholeCount,
  retried: wholeCount.optional().transform((value) => value ?? 0),
});

const gaugeSchema = z.strictObject({
  time,
  source: optionalText,
  destination: optionalText,
  mapping: optionalText,
  audience: optionalText,
  metric: text,
  value: z
    .number(as('bad_count', 'must be a number'))
    .refine((value) => value >= 0 && value <= COUNT_LIMIT, as('bad_count', `must be a number from 0 to ${COUNT_LIMIT}`)),
});

const kinds = ['source', 'destination', 'mapping', 'audience', 'warehouse', 'filter', 'tracking_plan', 'function'];

const resourceSchema = z.strictObject({
  kind: z.string().refine((kind) => kinds.includes(kind), `must be one of ${kinds.join(', ')}`),
  id: text,
  name: optionalText,
  parent: optionalText,
  variant: z
    .string()
    .refine(isVariant, as('not_yet', `must be one of ${Object.keys(variantSteps).join(', ')}`))
    .optional()
    .transform((value) => value ?? ''),
  url: text
    .refine((value) => /^https?:\/\//.test(value) && URL.canParse(value), 'must be an http or https address')
    .optional()
    .transform((value) => value ?? ''),
});

const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(z.unknown())
    .max(COUNTS_LIMIT, as('too_many', `must have at most ${COUNTS_LIMIT} entries`))
    .pipe(z.array(item))
    .optional()
    .transform((value) => value ?? []);

const notYet = z.undefined(as('not_yet', 'is not taken yet: leave it out'));

const bodySchema = z.strictObject({
  batchId: text,
  counts: listOf(countSchema),
  gauges: listOf(gaugeSchema),
  resources: listOf(resourceSchema),
  samples: notYet.optional(),
  syncs: notYet.optional(),
});

/**
 * Parses the body of `POST /v1/delivery`. Throws a UserError with the code, and the path of the first thing that is wrong;
 * a batch is taken whole or not at all.
 */
export function parseDeliveryBody(body: unknown, workspace: string, now: Date): DeliveryBatch {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fromIssue(parsed.error.issues[0] as z.core.$ZodIssue);
  const { batchId, counts, gauges, resources } = parsed.data;
  return {
    batchId,
    counts: counts.map((count, i) => countOf(count, workspace, now, `/counts/${i}`)),
    gauges: gauges.map((gauge, i) => {
      checkTime(gauge.time, now, `/gauges/${i}`);
      return { series: seriesOf(gauge, workspace), at: new Date(gauge.time), metric: gauge.metric, value: gauge.value };
    }),
    resources: resources.map((r) => ({ workspace, slug: '', ...r })),
  };
}

function fromIssue(issue: z.core.$ZodIssue): UserError {
  const path = pointerTo(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return new UserError('unknown_field', `“${cited(key)}” is not a field here. Check its spelling, or leave it out.`, {
      path: `${path}${pointerTo([cited(key)])}`,
    });
  }
  const code = issue.code === 'custom' ? ((issue.params?.code as ErrorCode | undefined) ?? 'invalid') : codeOf(issue);
  return new UserError(code, `${path || 'The body'}: ${issue.message}`, { path });
}

/** A JSON pointer (RFC 6901); empty for the whole body. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** zod's own issues have no params: type and size errors take the code of what they are about. */
function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  const field = String(issue.path.at(-1) ?? '');
  if (issue.code === 'too_big') return 'too_many';
  if (field === 'samples' || field === 'syncs') return 'not_yet';
  if (field === 'count' || field === 'retried' || field === 'value') return 'bad_count';
  if (field === 'time') return 'bad_time';
  return 'invalid';
}

type ParsedCount = z.infer<typeof countSchema>;

function countOf(count: ParsedCount, workspace: string, now: Date, path: string): Count {
  checkTime(count.time, now, path);
  const { time: at, source, destination, mapping, audience, ...rest } = count;
  checkPlace(count, path);
  if (rest.retried > rest.count)
    throw new UserError('bad_count', `${path}/retried must not exceed count.`, { path: `${path}/retried` });
  return { ...rest, minute: floorTo(MINUTE, at), series: { workspace, source, destination, mapping, audience } };
}

const seriesOf = (from: Omit<Series, 'workspace'>, workspace: string): Series => ({
  workspace,
  source: from.source,
  destination: from.destination,
  mapping: from.mapping,
  audience: from.audience,
});

/** Source steps are counted once for all destinations; a destination step without one belongs to no pipeline. */
function checkPlace({ step: name, destination, mapping }: ParsedCount, path: string): void {
  const { at } = stepFacts[name];
  if (at === 'source' && (destination || mapping)) {
    const message = `${path}: ${name} happens at the source, before any destination. Send it once for the source, without destination and mapping.`;
    throw new UserError('bad_series', message, { path: `${path}/${destination ? 'destination' : 'mapping'}` });
  }
  if (at === 'destination' && !destination) {
    throw new UserError('bad_series', `${path}: ${name} happens at a destination. Name it in destination.`, {
      path: `${path}/destination`,
    });
  }
}

function checkTime(at: number, now: Date, path: string): void {
  if (at > Number(now) + AHEAD_ALLOWED) {
    throw new UserError(
      'in_future',
      `${path}/time is more than 5 minutes ahead of ${now.toISOString()}. Check the sender's clock.`,
      {
        path: `${path}/time`,
      },
    );
  }
  if (at < Number(now) - MINUTES_KEPT) {
    throw new UserError('too_old', `${path}/time is more than ${MINUTES_KEPT / DAY} days ago: its minutes are no longer kept.`, {
      path: `${path}/time`,
    });
  }
}
