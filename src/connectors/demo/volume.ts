import { DAY, HOUR, MINUTE } from '../../core/delivery/time.ts';
import { chance, jitter, seedOf } from './chance.ts';
import type { Curve, ShopEvent, ShopSource } from './model.ts';
import { runningTotal } from './split.ts';

/**
 * Everything is decided per slot of five minutes: long enough to make a month cheap, short enough to follow the incident,
 * and half of the ten minutes that old minutes are reported by.
 */
export const SLOT = 5 * MINUTE;
export const MINUTES_A_SLOT = SLOT / MINUTE;

/** Share of the peak, by hour UTC. A European shop: busiest after supper. Tables, as sines differ between machines. */
const byHour: Record<Curve, readonly number[]> = {
  shoppers: [
    0.21, 0.15, 0.12, 0.11, 0.13, 0.22, 0.36, 0.47, 0.54, 0.6, 0.65, 0.7, 0.69, 0.66, 0.66, 0.7, 0.78, 0.88, 0.96, 1, 0.95, 0.78,
    0.54, 0.33,
  ],
  office: [
    0.06, 0.05, 0.05, 0.05, 0.06, 0.12, 0.35, 0.7, 0.92, 1, 0.97, 0.86, 0.84, 0.93, 0.94, 0.85, 0.66, 0.45, 0.34, 0.3, 0.26, 0.2,
    0.13, 0.08,
  ],
};

/** From Monday: people shop on Sundays, and write to the helpdesk on Mondays. */
const byDay: Record<Curve, readonly number[]> = {
  shoppers: [1, 0.96, 0.95, 0.97, 0.93, 1.03, 1.15],
  office: [1.12, 1, 0.97, 0.96, 0.92, 0.5, 0.42],
};

const SOME_MONDAY = Date.UTC(2026, 0, 5);
const GROWTH_A_DAY = 0.0003;

/** Between the table's values in a straight line; the last is followed by the first. */
function around(table: readonly number[], position: number): number {
  const from = Math.floor(position);
  const valueAt = (index: number) => table[((index % table.length) + table.length) % table.length] as number;
  return valueAt(from) + (valueAt(from + 1) - valueAt(from)) * (position - from);
}

/** Slow ups and downs over hours, so that no two days are the same. */
function wander(seed: number, at: number): number {
  const hours = at / HOUR;
  const from = Math.floor(hours);
  const before = jitter(seed, from, 0.06);
  return before + (jitter(seed, from + 1, 0.06) - before) * (hours - from);
}

/** What a source sends in a minute around this time, before events are drawn. */
export function rateAt(source: ShopSource, at: number): number {
  const days = (at - SOME_MONDAY) / DAY;
  const growth = Math.max(0.5, 1 + GROWTH_A_DAY * days);
  // A day's factor holds at its noon.
  const rhythm = around(byHour[source.curve], at / HOUR) * around(byDay[source.curve], days - 0.5);
  return source.peak * growth * rhythm * wander(seedOf(source.id), at);
}

/** Draws one event's volume: how many in a slot, and how many of them in its first minutes. */
export function volumeOf(source: ShopSource, event: ShopEvent) {
  const name = `${source.id} ${event.type} ${event.name}${event.audience ? ` ${event.audience}` : ''}`;
  const total = seedOf(`${name} total`);
  const phase = seedOf(`${name} phase`);
  // The whole source is busier in one minute than in the next, not each event by itself.
  const busy = seedOf(`${source.id} minute`);
  return {
    /** Events received from the slot's start until `minutes` later, `rate` being the source's in the middle of the slot. */
    until(slot: number, minutes: number, rate: number): number {
      const expected = rate * MINUTES_A_SLOT * event.mix * jitter(total, slot, 0.05);
      const events = Math.floor(expected + chance(phase, slot));
      if (minutes >= MINUTES_A_SLOT) return events;
      const weights = Array.from({ length: MINUTES_A_SLOT }, (_, i) => jitter(busy, slot * MINUTES_A_SLOT + i, 0.08));
      return runningTotal(events, weights, minutes, chance(phase, -slot));
    },
  };
}
