import type { z } from 'zod';
import { cited, type ErrorCode, UserError } from '../errors.ts';
import { bodySchema, type countSchema, halfPairs, type sampleSchema, type syncSchema } from './delivery-schema.ts';
import type { Count, Gauge, Resource, Sample, Series, Sync } from './series.ts';
import { stepFacts } from './steps.ts';
import { AHEAD_ALLOWED, DAY, floorTo, MINUTE, MINUTES_KEPT } from './time.ts';

/** What `POST /v1/delivery` takes, parsed. Times are UTC; counts carry the start of their minute. */
export interface DeliveryBatch {
  batchId: string;
  counts: Count[];
  gauges: Gauge[];
  resources: Resource[];
  syncs: Sync[];
  /** Not masked yet. */
  samples: Sample[];
}

/**
 * Parses the body of `POST /v1/delivery`. Throws a UserError with the code, and the path of the first thing that is wrong;
 * a batch is taken whole or not at all.
 */
export function parseDeliveryBody(body: unknown, workspace: string, now: Date): DeliveryBatch {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw fromIssue(parsed.error.issues[0] as z.core.$ZodIssue);
  const { batchId, counts, gauges, resources, syncs, samples } = parsed.data;
  return {
    batchId,
    counts: countsOf(counts, workspace, now),
    gauges: gauges.map((gauge, i) => {
      checkTime(gauge.time, now, `/gauges/${i}`);
      return { series: seriesOf(gauge, workspace), at: new Date(gauge.time), metric: gauge.metric, value: gauge.value };
    }),
    resources: resources.map((r) => ({ workspace, slug: '', ...r })),
    syncs: syncs.map((sync, i) => syncOf(sync, workspace, now, `/syncs/${i}`)),
    samples: samples.map((sample, i) => sampleOf(sample, workspace, now, `/samples/${i}`)),
  };
}

/** What zod found wrong first, as an answer with code and path. */
export function fromIssue(issue: z.core.$ZodIssue): UserError {
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
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** zod's own issues have no params: type and size errors take the code of what they are about. */
function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  const field = String(issue.path.at(-1) ?? '');
  if (issue.code === 'too_big') return 'too_many';
  if (field === 'count' || field === 'retried' || field === 'value' || field === 'rows') return 'bad_count';
  if (field === 'time' || field === 'start' || field === 'end') return 'bad_time';
  return 'invalid';
}

type ParsedCount = z.infer<typeof countSchema>;

/** Counts of one series, and of one minute, share one object each: thousands name a few dozen. */
function countsOf(parsed: readonly ParsedCount[], workspace: string, now: Date): Count[] {
  const seriesByText = new Map<string, Series>();
  const minutes = new Map<number, Date>();
  return parsed.map((count, i) => {
    const path = `/counts/${i}`;
    checkTime(count.time, now, path);
    checkPlace(count, path);
    if (count.retried > count.count)
      throw new UserError('bad_count', `${path}/retried must not exceed count.`, { path: `${path}/retried` });
    const { step, eventType, eventName, appVersion, reason, count: events, retried } = count;
    const series = kept(seriesByText, seriesText(count), () => seriesOf(count, workspace));
    const minute = kept(minutes, Math.floor(count.time / MINUTE), () => floorTo(MINUTE, count.time));
    return { step, eventType, eventName, appVersion, reason, count: events, retried, minute, series };
  });
}

/** Texts hold no U+0000, so different ones stay different. */
const seriesText = (s: Omit<Series, 'workspace'>): string => `${s.source}\0${s.destination}\0${s.mapping}\0${s.audience}`;

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

const seriesOf = (from: Omit<Series, 'workspace'>, workspace: string): Series => ({
  workspace,
  source: from.source,
  destination: from.destination,
  mapping: from.mapping,
  audience: from.audience,
});

/** Source steps are counted once for all destinations; a destination step without one belongs to no pipeline. */
function checkPlace(
  { step: name, destination, mapping }: Pick<ParsedCount, 'step' | 'destination' | 'mapping'>,
  path: string,
): void {
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

function syncOf(sync: z.infer<typeof syncSchema>, workspace: string, now: Date, path: string): Sync {
  checkTime(sync.start, now, path, 'start');
  if (sync.end !== undefined && sync.end < sync.start) {
    throw new UserError('bad_time', `${path}/end lies before start.`, { path: `${path}/end` });
  }
  if (sync.end !== undefined) checkTime(sync.end, now, path, 'end');
  const { source, destination, start, end, rows, ...rest } = sync;
  return {
    ...rest,
    series: { workspace, source, destination, mapping: '', audience: '' },
    start: new Date(start),
    end: end === undefined ? null : new Date(end),
    rows: rows ?? null,
  };
}

function sampleOf(sample: z.infer<typeof sampleSchema>, workspace: string, now: Date, path: string): Sample {
  checkTime(sample.time, now, path);
  checkPlace(sample, path);
  if (stepFacts[sample.step].role !== 'discard') {
    throw new UserError('bad_series', `${path}/step: samples are of discarded events; ${sample.step} discards none.`, {
      path: `${path}/step`,
    });
  }
  const { time: at, source, destination, mapping, request, response, ...rest } = sample;
  return {
    ...rest,
    at: new Date(at),
    series: { workspace, source, destination, mapping, audience: '' },
    request: textOf(request),
    response: textOf(response),
  };
}

/** Free-form parts may hold what PostgreSQL cannot: JSON text escapes it, plain text gets a mark in its place. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD').replace(halfPairs, '\uFFFD');
  return value === undefined ? '' : JSON.stringify(value);
}

function checkTime(at: number, now: Date, path: string, field = 'time'): void {
  if (at > Number(now) + AHEAD_ALLOWED) {
    throw new UserError(
      'in_future',
      `${path}/${field} is more than 5 minutes ahead of ${now.toISOString()}. Check the sender's clock.`,
      {
        path: `${path}/${field}`,
      },
    );
  }
  if (at < Number(now) - MINUTES_KEPT) {
    throw new UserError(
      'too_old',
      `${path}/${field} is more than ${MINUTES_KEPT / DAY} days ago: its minutes are no longer kept.`,
      {
        path: `${path}/${field}`,
      },
    );
  }
}
