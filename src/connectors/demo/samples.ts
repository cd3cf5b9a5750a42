import type { Sample } from '../../core/delivery/series.ts';
import { stepFacts } from '../../core/delivery/steps.ts';
import { DAY, HOUR, MINUTE } from '../../core/delivery/time.ts';
import { chance, seedOf } from './chance.ts';
import { requestOf } from './requests.ts';
import { responseOf } from './responses.ts';
import { MINUTES_A_SLOT, SLOT } from './volume.ts';
import type { CompiledWays, Totals, Way } from './ways.ts';

/** Samples are taken only in this last part of the window asked for: nobody looks at older ones. */
const SAMPLED = DAY;
/** In each half of an hour sampling begins within this many minutes, soon enough for what the incident brings first. */
const BEGINS_WITHIN = 20;
/** A second sample in an hour needs this many discarded events in its minute: it is for the reasons many events end by. */
const MANY = 3;
/** What somebody chose to filter is sampled every so many hours; what failed, every hour. */
const FILTERED_EVERY = 5;

/** Events that end by one reason at one place. */
interface Discard {
  ways: number[];
  seed: number;
  /** In an hour. */
  most: 1 | 2;
  isSampled(hour: number): boolean;
}

/** Draws samples of discarded events: which, is decided an hour at a time, so that it does not depend on the window. */
export function createSampler({ ways, emptyTotals, addMinute }: CompiledWays) {
  const discards = discardsOf(ways);

  const sampleHour = (hour: number, to: number): Sample[] => {
    const samples: Sample[] = [];
    const sampled = discards.filter(({ isSampled }) => isSampled(hour));
    const taken = sampled.map(() => 0);
    const begins = (seed: number, nth: number) => nth * 30 + Math.floor(BEGINS_WITHIN * chance(seed, 2 * hour + nth));
    for (let minute = 0; minute < 60 && hour * HOUR + minute * MINUTE < to; minute++) {
      const at = hour * HOUR + minute * MINUTE;
      const totals = emptyTotals();
      addMinute(totals, Math.floor(at / SLOT), minute % MINUTES_A_SLOT);
      for (const [i, discard] of sampled.entries()) {
        const nth = taken[i] as number;
        if (nth >= discard.most || minute < begins(discard.seed, nth) || eventsOf(discard, totals) < (nth === 0 ? 1 : MANY))
          continue;
        samples.push(sampleOf(ways[drawWay(discard, totals, at)] as Way, discard.seed, at));
        taken[i] = nth + 1;
      }
    }
    return samples;
  };

  return ({ from, to }: { from: number; to: number }): Sample[] => {
    const first = Math.max(from, to - SAMPLED);
    const samples: Sample[] = [];
    for (let hour = Math.floor(first / HOUR); hour * HOUR < to; hour++) samples.push(...sampleHour(hour, to));
    return samples.filter(({ at }) => Number(at) >= first);
  };
}

function discardsOf(ways: readonly Way[]): Discard[] {
  const waysByKey = new Map<string, number[]>();
  for (const [i, { step, reason, series }] of ways.entries()) {
    if (stepFacts[step].role !== 'discard') continue;
    const key = [series.source, series.destination, step, reason].join(' ');
    waysByKey.set(key, [...(waysByKey.get(key) ?? []), i]);
  }
  const all = [...waysByKey].map(([key, own]) => ({
    ways: own,
    seed: seedOf(`${key} sample`),
    first: ways[own[0] as number] as Way,
  }));
  const unmatched = all.filter(({ first }) => first.reason === 'NO_MATCHING_MAPPING');
  const failed = all.filter(({ first }) => first.step === 'failed_delivery');
  const others = all.filter((discard) => !unmatched.includes(discard) && !failed.includes(discard));
  // In turns: how many are sampled in an hour must not depend on chance.
  const inTurns = (list: typeof all, every: number, most: Discard['most']): Discard[] =>
    list.map((discard, turn) => ({ ...discard, most, isSampled: (hour) => hour % every === turn % every }));
  return [...inTurns(failed, 1, 2), ...inTurns(others, FILTERED_EVERY, 2), ...inTurns(unmatched, unmatched.length, 1)];
}

const eventsOf = (discard: Discard, totals: Totals): number =>
  discard.ways.reduce((total, way) => total + (totals.counts[way] as number), 0);

/** One of the ways with events in this minute, the busier the more likely. */
function drawWay(discard: Discard, totals: Totals, at: number): number {
  let left = Math.floor(eventsOf(discard, totals) * chance(discard.seed, at / MINUTE));
  for (const way of discard.ways) {
    left -= totals.counts[way] as number;
    if (left < 0) return way;
  }
  return discard.ways[0] as number;
}

function sampleOf(way: Way, seed: number, minute: number): Sample {
  const draw = (what: string) => chance(seed ^ seedOf(what), minute / MINUTE);
  const at = new Date(minute + Math.floor(draw('millisecond') * MINUTE));
  const { series, step, reason, eventName } = way;
  const request = JSON.stringify(requestOf(way, at, draw));
  const answer = responseOf(way, draw);
  return { series, at, step, reason, eventName, request, response: answer === undefined ? '' : JSON.stringify(answer) };
}
