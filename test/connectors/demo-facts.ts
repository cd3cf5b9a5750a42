import fc from 'fast-check';
import { createDemo } from '../../src/connectors/demo/demo.ts';
import { groupBy } from '../../src/core/collections.ts';
import type { Count } from '../../src/core/delivery/series.ts';
import type { Step } from '../../src/core/delivery/steps.ts';
import { DAY, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';

export const demo = createDemo();
export const resources = demo.resources();
export const START = Date.UTC(2026, 2, 1);
export const TEN = 10 * MINUTE;

export const at = (text: string) => new Date(`2026-${text}:00Z`);
export const lasting = (from: Date | number, ms: number): Window => ({ from: new Date(from), to: plus(from, ms) });
export const countsOf = async (window: Window) => (await demo.delivery(window)).counts;

export const tenMinutes = fc.integer({ min: 0, max: (90 * DAY) / TEN }).map((n) => START + n * TEN);
export const minutes = fc.integer({ min: 0, max: (90 * DAY) / MINUTE }).map((n) => START + n * MINUTE);
export const hours = fc.integer({ min: 0, max: (90 * DAY) / HOUR }).map((n) => START + n * HOUR);

export const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0);
export const ofStep = (counts: readonly Count[], step: Step) => counts.filter((count) => count.step === step);

/** Totals by everything but the time, retries included. */
export function totals(counts: readonly Count[], keyOf = fullKey): Record<string, [count: number, retried: number]> {
  const byKey: Record<string, [number, number]> = {};
  for (const count of counts) {
    const key = keyOf(count);
    const total = byKey[key] ?? [0, 0];
    byKey[key] = [total[0] + count.count, total[1] + count.retried];
  }
  return byKey;
}
const fullKey = ({ series, step, eventType, eventName, appVersion, reason }: Count) =>
  JSON.stringify([series, step, eventType, eventName, appVersion, reason]);

export const nameOf = (id: string) => resources.find((resource) => resource.id === id)?.slug ?? '?';
export const idOf = (slug: string) => resources.find((resource) => resource.slug === slug)?.id ?? '?';
const rateOf = (counts: readonly Count[]) => {
  const delivered = sum(ofStep(counts, 'successful_delivery'));
  return delivered / (delivered + sum(ofStep(counts, 'failed_delivery')));
};
/** Delivery rates by the destination's slug. A warehouse has none: what it is sent are rows. */
export const rates = (counts: readonly Count[]) =>
  new Map(
    [...groupBy(counts, ({ series }) => series.destination)]
      .map(([destination, own]) => [nameOf(destination), rateOf(own)] as const)
      .filter(([, rate]) => !Number.isNaN(rate)),
  );
