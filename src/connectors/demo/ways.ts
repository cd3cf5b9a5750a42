import type { Series } from '../../core/delivery/series.ts';
import type { Step } from '../../core/delivery/steps.ts';
import { chance, jitter, seedOf } from './chance.ts';
import { calm, incident, type Strain, strainAt } from './incident.ts';
import { eventKey, isOffered, type Loss, type ShopDestination, type ShopEvent, type ShopSource } from './model.ts';
import { take } from './split.ts';
import { MINUTES_A_SLOT, rateAt, SLOT, volumeOf } from './volume.ts';

/**
 * What every count of one way has in common: a row without time and number. A way to a warehouse (`successfully_synced`) ends
 * in rows of a sync and is never a count.
 */
export interface Way {
  series: Series;
  step: Step;
  eventType: string;
  eventName: string;
  appVersion: string;
  reason: string;
}

export const isCounted = ({ step }: Way): boolean => step !== 'successfully_synced';

/** Numbers by index of the way. */
export interface Totals {
  counts: Float64Array;
  retried: Float64Array;
}

/** Part of the events that come to a fork. `share` is of all of them, except in an incident, which takes of what is left. */
interface Branch {
  way: number;
  seed: number;
  share: number;
  strain?: '401' | '429';
}

/** Where events part. What no branch takes goes to `last`; without one it goes on. */
interface Fork {
  branches: Branch[];
  last?: { way: number; seed: number };
  /** Forks that deliver retry; the one the incident is about does so more often. */
  delivers?: 'as usual' | 'under strain';
}

interface Stream {
  volume: ReturnType<typeof volumeOf>;
  /** Where all events are counted first: by app version, or once for each destination that an audience is linked to. */
  first: Fork[];
  source: Fork;
  destinations: Fork[];
}

/** Of what arrives on an ordinary day, how much needed a second attempt. */
const USUALLY_RETRIED = 0.004;

/**
 * All ways through the workspace, as running totals within a slot. Minutes, ten minutes and hours are sums and differences of
 * the same totals, which is why they agree, and why nothing has to be remembered.
 */
export function compileWays(workspace: string, sources: readonly ShopSource[], destinations: readonly ShopDestination[]) {
  const ways: Way[] = [];
  const seriesById = new Map<string, Series>();

  const seriesOf = (source: ShopSource, { audience = '' }: ShopEvent, destination = '', mapping = ''): Series => {
    const key = `${source.id} ${destination} ${mapping} ${audience}`;
    const series = seriesById.get(key) ?? { workspace, source: source.id, destination, mapping, audience };
    seriesById.set(key, series);
    return series;
  };

  const addWay = (series: Series, step: Step, event: ShopEvent, reason = '', appVersion = '') => {
    const way = ways.push({ series, step, eventType: event.type, eventName: event.name, appVersion, reason }) - 1;
    const { source, destination, mapping, audience } = series;
    const parts = [source, destination, mapping, step, event.type, event.name, reason, appVersion];
    return { way, seed: seedOf([...parts, ...(audience ? [audience] : [])].join(' ')) };
  };

  const branchesOf = (series: Series, event: ShopEvent, losses: readonly Loss[]): Branch[] =>
    losses
      .filter(({ events }) => events.length === 0 || events.includes(eventKey(event)))
      .map(({ step, reason, share }) => ({ ...addWay(series, step, event, reason), share }));

  const firstOf = (source: ShopSource, event: ShopEvent, own: readonly ShopDestination[]): Fork[] => {
    if (event.audience) {
      const linked = own.filter(({ variant }) => variant === 'linked_audience');
      return linked.map(({ id }) => ({
        branches: [],
        last: addWay(seriesOf(source, event, id), 'events_from_audience', event),
      }));
    }
    const series = seriesOf(source, event);
    const received = (version: string) => addWay(series, 'successfully_received', event, '', version);
    const named = source.versions.map(({ version, share }) => ({ ...received(version), share }));
    return [{ branches: named.slice(0, -1), last: named.at(-1) ?? received('') }];
  };

  const deliveryOf = (series: Series, event: ShopEvent, { losses, variant }: ShopDestination, strained: boolean): Fork => {
    const filters = losses.filter(({ step }) => step === 'filtered_at_destination');
    const failures = losses.filter(({ step }) => step === 'failed_delivery');
    const refused = (strain: '401' | '429') => ({ ...addWay(series, 'failed_delivery', event, strain), share: 0, strain });
    if (variant === 'storage') {
      return { branches: branchesOf(series, event, filters), last: addWay(series, 'successfully_synced', event) };
    }
    return {
      branches: [
        ...branchesOf(series, event, filters),
        ...(strained ? [refused('401'), refused('429')] : []),
        ...branchesOf(series, event, failures),
      ],
      last: addWay(series, 'successful_delivery', event),
      delivers: strained ? 'under strain' : 'as usual',
    };
  };

  const forksOf = (source: ShopSource, destination: ShopDestination, event: ShopEvent): Fork[] => {
    const strained = source.slug === incident.source && destination.slug === incident.destination;
    const fork = (mapping: string) => deliveryOf(seriesOf(source, event, destination.id, mapping), event, destination, strained);
    if (destination.mappings.length === 0) return [fork('')];
    const taking = destination.mappings.filter(({ takes }) => takes.includes(eventKey(event)));
    if (taking.length > 0) return taking.map(({ id }) => fork(id));
    const unmatched = addWay(seriesOf(source, event, destination.id), 'filtered_at_destination', event, 'NO_MATCHING_MAPPING');
    return [{ branches: [], last: unmatched }];
  };

  const streams = sources.map((source) => ({
    source,
    events: source.events.map((event): Stream => {
      const own = destinations.filter((destination) => destination.source === source.slug && isOffered(destination, event));
      return {
        volume: volumeOf(source, event),
        first: firstOf(source, event, own),
        source: { branches: branchesOf(seriesOf(source, event), event, source.losses) },
        destinations: own.flatMap((destination) => forksOf(source, destination, event)),
      };
    }),
  }));

  /** Adds what happened from the start of `slot` until `minutes` later, `sign` times. */
  const addUntil = (totals: Totals, slot: number, minutes: number, sign: 1 | -1): void => {
    if (minutes === 0) return;
    const strain = strainAt(slot * SLOT);
    for (const { source, events } of streams) {
      const rate = rateAt(source, (slot + 0.5) * SLOT);
      for (const stream of events) {
        const received = stream.volume.until(slot, minutes, rate);
        if (received === 0) continue;
        for (const fork of stream.first) part(totals, fork, received, slot, sign, strain);
        const reaching = part(totals, stream.source, received, slot, sign, strain);
        for (const fork of stream.destinations) part(totals, fork, reaching, slot, sign, strain);
      }
    }
  };

  return {
    ways,
    emptyTotals: (): Totals => ({ counts: new Float64Array(ways.length), retried: new Float64Array(ways.length) }),
    /** Adds a whole slot. */
    addSlot: (totals: Totals, slot: number): void => addUntil(totals, slot, MINUTES_A_SLOT, 1),
    /** Adds one minute of a slot, counted from its start. */
    addMinute(totals: Totals, slot: number, minute: number): void {
      addUntil(totals, slot, minute + 1, 1);
      addUntil(totals, slot, minute, -1);
    },
  };
}

export type CompiledWays = ReturnType<typeof compileWays>;

/** Sends the first `events` of a slot their ways, and returns how many are left where no way is the last. */
function part(totals: Totals, fork: Fork, events: number, slot: number, sign: 1 | -1, strain: Strain): number {
  let left = events;
  let share = 1;
  for (const branch of fork.branches) {
    if (left === 0) return 0;
    let of: number;
    if (branch.strain) {
      of = branch.strain === '401' ? strain['401'] : strain['429'] / (1 - strain['401']);
      if (of === 0) continue;
    } else {
      // Rare things come in bursts, common ones do not.
      const wanted = branch.share === 1 ? 1 : branch.share * jitter(branch.seed, -slot, branch.share < 0.02 ? 0.5 : 0.08);
      of = wanted / share;
      share -= wanted;
    }
    const taken = take(left, of, chance(branch.seed, slot));
    addTo(totals.counts, branch.way, sign * taken);
    left -= taken;
  }
  if (!fork.last || left === 0) return left;
  const { way, seed } = fork.last;
  addTo(totals.counts, way, sign * left);
  if (fork.delivers) {
    const late = fork.delivers === 'under strain' && strain !== calm ? strain.retried : USUALLY_RETRIED;
    addTo(totals.retried, way, sign * take(left, late, chance(seed, slot)));
  }
  return 0;
}

function addTo(numbers: Float64Array, index: number, by: number): void {
  numbers[index] = (numbers[index] as number) + by;
}
