import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { syncStatuses } from './series.ts';
import { isStep, isVariant, type Step, steps, variantSteps } from './steps.ts';

export const COUNTS_LIMIT = 10_000;
/** Syncs and samples a batch. */
export const EVENTS_LIMIT = 1_000;
/** Above this a single count is taken for a mistake; sums of accepted counts stay exact in a double. */
const COUNT_LIMIT = 1_000_000_000_000;
const TEXT_BYTES = 1_024;

const halfPair = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
export const halfPairs = new RegExp(halfPair, 'g');
/** Most texts have none of these; looking behind and ahead is only for those that do. */
const suspicious = /[\0\uD800-\uDFFF]/;
/** PostgreSQL cannot hold U+0000, nor half of a surrogate pair. */
export const isStorable = (text: string): boolean => !suspicious.test(text) || (!text.includes('\u0000') && !halfPair.test(text));
const fitsBytes = (text: string): boolean => text.length <= TEXT_BYTES / 3 || Buffer.byteLength(text) <= TEXT_BYTES;

// Codes ride on zod's issues as `params.code`; the first issue becomes the answer.
export const as = (code: ErrorCode, message: string) => ({ error: message, params: { code } });

export const text = z
  .string()
  .refine((value) => value.length >= 1 && fitsBytes(value), as('bad_text', `must have 1 to ${TEXT_BYTES} bytes`))
  .refine(isStorable, as('bad_text', 'must not hold U+0000 or half a surrogate pair'));
/** Absent is stored as an empty string. */
export const optionalText = text.default('');

const instant = /^\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d)(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
/** Milliseconds since 1970; NaN for what is no time with a zone. */
function instantOf(text: string): number {
  const match = instant.exec(text);
  // Date.parse moves 30 February to March; a day that the month does not have is refused instead.
  const daysInMonth = match ? new Date(Date.UTC(Number(text.slice(0, 4)), Number(match[1]), 0)).getUTCDate() : 0;
  return match && Number(match[2]) <= daysInMonth ? Date.parse(text) : Number.NaN;
}

/** The counts of a batch are mostly of one minute: what was read last is read again. */
let lastTime = { text: '', at: Number.NaN };

export const time = z.string().transform((text, context) => {
  if (text !== lastTime.text) lastTime = { text, at: instantOf(text) };
  if (Number.isNaN(lastTime.at)) {
    context.addIssue({
      code: 'custom',
      message: 'must be an ISO 8601 time with a zone, e.g. 2026-11-25T10:04:00Z',
      params: { code: 'bad_time' },
    });
    return z.NEVER;
  }
  return lastTime.at;
});

const wholeCount = z
  .number(as('bad_count', 'must be a whole number from 0'))
  .refine(
    (value) => Number.isSafeInteger(value) && value >= 0 && value <= COUNT_LIMIT,
    as('bad_count', `must be a whole number from 0 to ${COUNT_LIMIT}`),
  );

const step = z.string().refine(isStep, as('unknown_step', `must be one of ${steps.join(', ')}`)) as unknown as z.ZodType<Step>;

export const countSchema = z.strictObject({
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
  retried: wholeCount.default(0),
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
    .refine(isVariant, as('invalid', `must be one of ${Object.keys(variantSteps).join(', ')}`))
    .optional()
    .transform((value) => value ?? ''),
  url: text
    .refine((value) => /^https?:\/\//.test(value) && URL.canParse(value), 'must be an http or https address')
    .optional()
    .transform((value) => value ?? ''),
});

export const syncSchema = z.strictObject({
  id: text,
  source: text,
  destination: text,
  start: time,
  end: time.optional(),
  status: z.enum(syncStatuses, as('invalid', `must be one of ${syncStatuses.join(', ')}`)),
  rows: wholeCount.optional(),
  reason: optionalText,
  collections: z
    .array(
      z.strictObject({
        name: text,
        rows: wholeCount,
        failed: z
          .boolean()
          .optional()
          .transform((value) => value ?? false),
      }),
    )
    .max(EVENTS_LIMIT, as('too_many', `must have at most ${EVENTS_LIMIT} entries`))
    .optional()
    .transform((value) => value ?? []),
});

export const sampleSchema = z.strictObject({
  time,
  source: text,
  destination: optionalText,
  mapping: optionalText,
  step,
  reason: text,
  eventName: optionalText,
  // Any JSON; kept as masked text.
  request: z.unknown().optional(),
  response: z.unknown().optional(),
});

const listOf = <T extends z.ZodType>(item: T, limit = COUNTS_LIMIT) =>
  z
    .array(z.unknown())
    .max(limit, as('too_many', `must have at most ${limit} entries`))
    .pipe(z.array(item))
    .optional()
    .transform((value) => value ?? []);

export const bodySchema = z.strictObject({
  batchId: text,
  counts: listOf(countSchema),
  gauges: listOf(gaugeSchema),
  resources: listOf(resourceSchema),
  syncs: listOf(syncSchema, EVENTS_LIMIT),
  samples: listOf(sampleSchema, EVENTS_LIMIT),
});
