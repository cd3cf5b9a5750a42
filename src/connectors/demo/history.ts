import { stepFacts } from '../../core/delivery/steps.ts';
import { HOUR } from '../../core/delivery/time.ts';
import type { HourRun } from '../../core/ports/connector.ts';
import { incident } from './incident.ts';
import { pipelines } from './resources.ts';
import { SLOT } from './volume.ts';
import { type CompiledWays, isCounted, type Way } from './ways.ts';

const SLOTS_A_HOUR = HOUR / SLOT;

/** Whose delivered and failed events keep their names: the two a reader of last week's breakdown will ask about. */
const troubled = new Set(
  pipelines
    .filter(({ source, destination }) =>
      [`${incident.source}/${incident.destination}`, 'server/hubspot'].includes(`${source.slug}/${destination.slug}`),
    )
    .map(({ destination }) => destination.id),
);

/** Elsewhere names are kept where events come in; further on one row a step and reason tells enough of weeks ago, at half the cost. */
const isNamed = ({ step, series }: Way): boolean =>
  stepFacts[step].role === 'first' ||
  (troubled.has(series.destination) && (step === 'failed_delivery' || step === 'successful_delivery'));

export function hoursIn({ ways, emptyTotals, addSlot }: CompiledWays, { from, to }: { from: number; to: number }): HourRun[] {
  const hours = Math.max(0, (to - from) / HOUR);
  const runs = new Map<string, HourRun>();
  const runOfWay = ways.map((way) => {
    if (!isCounted(way)) return undefined;
    const { eventType, eventName } = isNamed(way) ? way : { eventType: '', eventName: '' };
    const { series, step, appVersion, reason } = way;
    const { source, destination, mapping, audience } = series;
    const key = [source, destination, mapping, audience, step, eventType, eventName, appVersion, reason].join('\n');
    const zeros = () => new Array<number>(hours).fill(0);
    const facts = { series, step, eventType, eventName, appVersion, reason, from: new Date(from) };
    const run = runs.get(key) ?? { ...facts, counts: zeros(), retried: zeros() };
    runs.set(key, run);
    return run;
  });
  for (let hour = 0; hour < hours; hour++) {
    const totals = emptyTotals();
    const first = (from + hour * HOUR) / SLOT;
    for (let slot = first; slot < first + SLOTS_A_HOUR; slot++) addSlot(totals, slot);
    runOfWay.forEach((run, way) => {
      if (!run) return;
      run.counts[hour] = (run.counts[hour] as number) + (totals.counts[way] as number);
      run.retried[hour] = (run.retried[hour] as number) + (totals.retried[way] as number);
    });
  }
  return [...runs.values()].filter((run) => run.counts.some((count) => count > 0));
}
