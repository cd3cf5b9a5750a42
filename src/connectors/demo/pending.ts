import { MINUTE } from '../../core/delivery/time.ts';
import { chance } from './chance.ts';
import { backlogAt, incident } from './incident.ts';
import type { ShopDestination, ShopSource } from './model.ts';
import { rateAt } from './volume.ts';

/** How many minutes' worth of the source's events wait when the incident is at its worst. */
const WORST = 2.5;

/** Events of one destination that wait for another attempt at this time: a few, and a heap in an incident. */
export function pendingRetry(source: ShopSource, destination: ShopDestination, seed: number, at: number): number {
  const rate = rateAt(source, at);
  const few = Math.floor(chance(seed, at / MINUTE) * (1.5 + rate / 300));
  const strained = source.slug === incident.source && destination.slug === incident.destination;
  return strained ? few + Math.round(backlogAt(at) * WORST * rate) : few;
}
