import type { Count, Gauge, Resource } from '../../core/delivery/series.ts';
import { ceilTo, floorTo, HOUR, MINUTE, type Window } from '../../core/delivery/time.ts';
import type { Connector, HourRun } from '../../core/ports/connector.ts';
import { pendingRetry } from './pending.ts';
import { destinations, sources } from './shop.ts';
import { MINUTES_A_SLOT, SLOT } from './volume.ts';
import { compileWays, type Totals, type Way } from './ways.ts';

const WORKSPACE = 'demo';

/** Minutes older than this, at the end of the window asked for, come as one row for ten of them. */
const FINE = 2 * HOUR;
/** Within this, levels are told every minute, before on every tenth. */
const FINE_LEVELS = HOUR;
const TEN_MINUTES = 10 * MINUTE;
const SLOTS_A_HOUR = HOUR / SLOT;

/**
 * A simulated workspace, for trying things out without an account. A pure function of time: nothing is kept, so a restart, a
 * catch-up or a second process tells the same story.
 */
export function createDemo(): Connector {
  const compiled = compileWays(WORKSPACE, sources, destinations);
  return {
    provider: 'demo',
    workspace: WORKSPACE,
    resources: demoResources,
    delivery: async (window) => ({ counts: countsIn(compiled, wholeUnits(MINUTE, window)), gauges: gaugesIn(window) }),
    history: async (window) => hoursIn(compiled, wholeUnits(HOUR, window)),
  };
}

type Compiled = ReturnType<typeof compileWays>;

const wholeUnits = (unit: number, { from, to }: Window) => ({ from: Number(ceilTo(unit, from)), to: Number(floorTo(unit, to)) });

/**
 * Ten minutes from a mark (:00, :10, …) come as one row at the mark if they lie wholly in the window and end two hours or more
 * before it does: a sender that reports old minutes by the ten, which keeps two days of them small. Whether they do depends on
 * nothing but the window asked for, and what is told of ten such minutes is the same in total either way.
 */
function countsIn({ ways, emptyTotals, addSlot, addMinute }: Compiled, { from, to }: { from: number; to: number }): Count[] {
  const counts: Count[] = [];
  const report = (totals: Totals, minute: Date) => {
    for (let way = 0; way < ways.length; way++) {
      const count = totals.counts[way] as number;
      if (count > 0) counts.push({ ...(ways[way] as Way), minute, count, retried: totals.retried[way] as number });
    }
  };
  let at = from;
  while (at < to) {
    const totals = emptyTotals();
    const minute = new Date(at);
    const slot = Math.floor(at / SLOT);
    if (at % TEN_MINUTES === 0 && at + TEN_MINUTES <= to - FINE) {
      addSlot(totals, slot);
      addSlot(totals, slot + 1);
      at += TEN_MINUTES;
    } else {
      addMinute(totals, slot, (at / MINUTE) % MINUTES_A_SLOT);
      at += MINUTE;
    }
    report(totals, minute);
  }
  return counts;
}

function gaugesIn(window: Window): Gauge[] {
  const { from, to } = wholeUnits(MINUTE, window);
  const gauges: Gauge[] = [];
  const told = pipelines.map(({ source, destination }) => ({
    source,
    destination,
    series: { workspace: WORKSPACE, source: source.id, destination: destination.id, mapping: '', audience: '' },
  }));
  for (let at = from; at < to; at += MINUTE) {
    if (at % TEN_MINUTES !== 0 && at < to - FINE_LEVELS) continue;
    for (const { source, destination, series } of told) {
      gauges.push({ series, at: new Date(at), metric: 'pending_retry', value: pendingRetry(source, destination, at) });
    }
  }
  return gauges;
}

/** Names are kept where events are received; further on one row a step and reason tells enough of weeks ago, at half the cost. */
function hoursIn({ ways, emptyTotals, addSlot }: Compiled, { from, to }: { from: number; to: number }): HourRun[] {
  const hours = Math.max(0, (to - from) / HOUR);
  const runs = new Map<string, HourRun>();
  const runOfWay = ways.map((way) => {
    const named = way.step === 'successfully_received';
    const { eventType, eventName } = named ? way : { eventType: '', eventName: '' };
    const { series, step, appVersion, reason } = way;
    const key = [series.source, series.destination, series.mapping, step, eventType, eventName, appVersion, reason].join(' ');
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
      run.counts[hour] = (run.counts[hour] as number) + (totals.counts[way] as number);
      run.retried[hour] = (run.retried[hour] as number) + (totals.retried[way] as number);
    });
  }
  return [...runs.values()].filter((run) => run.counts.some((count) => count > 0));
}

const pipelines = destinations.map((destination) => {
  const source = sources.find(({ slug }) => slug === destination.source);
  if (!source) throw new Error(`${destination.slug} has no source`);
  return { source, destination };
});

/** There is nothing to open elsewhere: the shop exists only here. */
const nowhere = { workspace: WORKSPACE, url: '' };

function demoResources(): Resource[] {
  return [
    ...sources.map(({ id, slug, name }) => ({ ...nowhere, kind: 'source', id, slug, name, parent: '', variant: '' })),
    ...pipelines.flatMap(({ source, destination: { id, slug, name, mappings } }) => [
      {
        ...nowhere,
        kind: 'destination',
        id,
        slug,
        name,
        parent: source.id,
        variant: mappings.length > 0 ? 'actions' : 'classic',
      },
      ...mappings.map((m) => ({ ...nowhere, kind: 'mapping', id: m.id, slug: m.slug, name: m.name, parent: id, variant: '' })),
    ]),
  ];
}
