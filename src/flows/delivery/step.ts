import { type BreakdownRow, breakdownRows, storedForms } from '../../core/delivery/breakdown.ts';
import { type Cell, wholeOf } from '../../core/delivery/overview.ts';
import { normaliseReason } from '../../core/delivery/reasons.ts';
import type { Sample, Sync } from '../../core/delivery/series.ts';
import { type Step, stepFacts, variantSteps } from '../../core/delivery/steps.ts';
import { bucketFor, originOf, type Timeline, timeline } from '../../core/delivery/timeline.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { BreakdownKey, Stores } from '../../core/ports/stores.ts';
import { overviewOf, type PipelineOverview } from './overview.ts';
import type { DeliveryPorts } from './ports.ts';
import { type OverviewRequest, type Selection, select } from './selection.ts';

export interface StepRequest extends OverviewRequest {
  step: Step;
  by: readonly BreakdownKey[];
  /** One discard reason, by its code. */
  reason?: string;
}

export interface PipelineStep extends PipelineOverview {
  step: Step;
  rows: BreakdownRow[];
  timeline: Timeline;
  /** How many samples there are, by reason code. */
  samples: Record<string, number>;
  /** Runs of the period, newest first; storage only. */
  syncs: Sync[];
}

/** One step of a pipeline: its course, and its events by name, type, version or reason. */
export async function pipelineStep(ports: DeliveryPorts, actor: Actor, request: StepRequest): Promise<PipelineStep> {
  authorise(actor, 'read');
  const now = ports.clock.now();
  return ports.database.read(async (stores) => {
    const selection = await selectStep(stores, actor, request, now);
    const { query, used, newest } = selection;
    const { result, cells, syncs } = await overviewOf(stores, selection, request.period, now);
    const reasons = request.reason === undefined ? undefined : storedForms(request.reason);
    const found = await stores.delivery.breakdown({ ...query, step: request.step, by: request.by, reasons });
    const samples = await stores.delivery.samples(query.series, request.step, used.window, SAMPLES_COUNTED);
    return {
      ...result,
      step: request.step,
      rows: breakdownRows(found, request.step, wholesOf(result.overview.pipeline.variant, cells)),
      timeline: await timelineOf(stores, selection, request.step, reasons, newest ?? now),
      samples: countBy(samples.map((sample) => normaliseReason(sample.reason).code)),
      syncs: syncs.filter((sync) => sync.start >= used.window.from),
    };
  });
}

/** Counted up to here; a card says "10 samples", not how many hundreds. */
const SAMPLES_COUNTED = 500;
const SAMPLES_SHOWN = 10;

/** The newest samples of a discard reason, masked as they are stored. For the asker alone. */
export async function stepSamples(
  ports: DeliveryPorts,
  actor: Actor,
  request: StepRequest,
): Promise<{ selection: Selection; samples: Sample[] }> {
  authorise(actor, 'read');
  const now = ports.clock.now();
  return ports.database.read(async (stores) => {
    const selection = await selectStep(stores, actor, request, now);
    const all = await stores.delivery.samples(selection.query.series, request.step, selection.used.window, SAMPLES_COUNTED);
    const wanted = all.filter((sample) => request.reason === undefined || normaliseReason(sample.reason).code === request.reason);
    return { selection, samples: wanted.slice(0, SAMPLES_SHOWN) };
  });
}

async function selectStep(stores: Stores, actor: Actor, request: StepRequest, now: Date): Promise<Selection> {
  const selection = await select(stores, actor, request, now);
  const steps: readonly Step[] = variantSteps[selection.entry.variant];
  if (!steps.includes(request.step)) {
    throw new UserError('unknown_step', `This pipeline has no step ${request.step}. It has: ${steps.join(', ')}.`, {
      suggestions: [...steps],
    });
  }
  return selection;
}

function wholesOf(variant: keyof typeof variantSteps, cells: readonly Cell[]): { now: number; before: number } {
  const of = (part: Cell['part']) =>
    wholeOf(
      variant,
      cells.filter((cell) => cell.part === part),
    );
  return { now: of('now'), before: of('before') };
}

async function timelineOf(
  stores: Stores,
  { query, used }: Selection,
  step: Step,
  reasons: readonly string[] | undefined,
  until: Date,
): Promise<Timeline> {
  const hasMinutes = used.previous.from >= query.minutesFrom;
  const bucket = bucketFor(used.window, hasMinutes);
  const origins = { now: originOf(used.window, bucket), before: originOf(used.previous, bucket) };
  const cells =
    stepFacts[step].unit === 'syncs' ? [] : await stores.delivery.timeline({ ...query, step, reasons, bucket, origins });
  return timeline(cells, used.window, bucket, until);
}

function countBy(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = Object.create(null);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
