import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incident, incidentAt, nextIncident, strainAt } from '../../src/connectors/demo/incident.ts';
import { sources } from '../../src/connectors/demo/shop.ts';
import { groupBy } from '../../src/core/collections.ts';
import type { Count } from '../../src/core/delivery/series.ts';
import { DAY, HOUR, MINUTE } from '../../src/core/delivery/time.ts';
import { at, countsOf, demo, idOf, lasting, nameOf, ofStep, rates, resources, START, sum, TEN, totals } from './demo-facts.ts';

describe('story', () => {
  test('who is well, who is not quite, and who is refused', async () => {
    const small = new Set(['intercom', 'mixpanel', 'facebook-audiences', 'sendgrid']);
    const ordinary = rates(await countsOf(lasting(at('05-04T11:00'), HOUR)));
    expect(ordinary.size).toBe(14);
    for (const [destination, rate] of ordinary) {
      if (destination === 'hubspot') expect(rate).toBeCloseTo(0.93, 1);
      else expect(rate).toBeGreaterThan(small.has(destination) ? 0.96 : 0.99);
    }
    const refused = rates(await countsOf({ from: at('05-04T12:10'), to: at('05-04T12:35') }));
    expect(refused.get('amplitude')).toBeLessThan(0.45);
    expect(refused.get('ios-amplitude')).toBeGreaterThan(0.99);
    expect(rates(await countsOf({ from: at('05-04T12:45'), to: at('05-04T13:00') })).get('amplitude')).toBeGreaterThan(0.98);
  });

  test('everyone but the two troubled is well over a week', async () => {
    const runs = await demo.history(lasting(at('05-04T00:00'), 7 * DAY));
    const counts = runs.flatMap((run) => run.counts.map((count): Count => ({ ...run, minute: run.from, count, retried: 0 })));
    for (const [destination, rate] of rates(counts)) {
      if (destination === 'amplitude') expect(rate).toBeLessThan(0.9);
      else if (destination === 'hubspot') expect(rate).toBeCloseTo(0.933, 2);
      else expect(rate).toBeGreaterThan(destination === 'facebook-audiences' ? 0.97 : 0.99);
    }
  });

  test('incidents differ: at their worst 70 to 95 % are refused, and days are not all alike', () => {
    const refused = (hour: number, minute: number) => {
      const strain = strainAt(START + hour * HOUR + minute * MINUTE);
      return strain['401'] + strain['429'];
    };
    const evenHours = Array.from({ length: 12 * 60 }, (_, i) => 2 * i);
    const worst = evenHours.map((hour) => Math.max(...[10, 15, 20, 25, 30].map((minute) => refused(hour, minute))));
    expect(Math.min(...worst)).toBeGreaterThanOrEqual(0.7);
    expect(Math.min(...worst)).toBeLessThan(0.74);
    expect(Math.max(...worst)).toBeGreaterThan(0.91);
    expect(Math.max(...worst)).toBeLessThanOrEqual(0.95);
    // Its last five minutes are where it may be over sooner; there is always something left to see.
    const tails = evenHours.map((hour, i) => refused(hour, 30) / (worst[i] as number));
    expect(Math.min(...tails)).toBeGreaterThan(0.29);
    expect(Math.max(...tails)).toBeLessThan(0.75);
    const days = Array.from({ length: 60 }, (_, day) => worst.slice(12 * day, 12 * day + 12).reduce((a, b) => a + b) / 12);
    expect(Math.max(...days) - Math.min(...days)).toBeGreaterThan(0.1);
  });

  test('refused with 401 first, then with 429; afterwards much arrives after a retry', async () => {
    const amplitude = async (from: string, length: number) =>
      (await countsOf(lasting(at(from), length * MINUTE))).filter(({ series }) => nameOf(series.destination) === 'amplitude');
    const reasons = (counts: Count[]) => totals(ofStep(counts, 'failed_delivery'), ({ reason }) => reason);
    const early = reasons(await amplitude('05-04T12:10', 10));
    const late = reasons(await amplitude('05-04T12:25', 10));
    expect(early['401']?.[0]).toBeGreaterThan(10 * (early['429']?.[0] ?? 0));
    expect(late['429']?.[0]).toBeGreaterThan(10 * (late['401']?.[0] ?? 0));
    const retriedShare = (counts: Count[]) => {
      const delivered = ofStep(counts, 'successful_delivery');
      return delivered.reduce((total, { retried }) => total + retried, 0) / sum(delivered);
    };
    expect(retriedShare(await amplitude('05-04T12:00', 10))).toBeLessThan(0.02);
    expect(retriedShare(await amplitude('05-04T12:35', 10))).toBeGreaterThan(0.2);
  });

  test('what waits grows while the API refuses, and drains', async () => {
    const { gauges } = await demo.delivery(lasting(at('05-04T12:00'), HOUR));
    const waiting = (minute: number) =>
      gauges.find(
        (gauge) =>
          nameOf(gauge.series.destination) === 'amplitude' && Number(gauge.at) === Number(at('05-04T12:00')) + minute * MINUTE,
      )?.value ?? -1;
    expect(waiting(5)).toBeLessThan(20);
    expect(waiting(20)).toBeGreaterThan(500);
    expect(waiting(34)).toBeGreaterThan(waiting(20));
    expect(waiting(45)).toBeLessThan(waiting(34));
    expect(waiting(55)).toBeLessThan(20);
    expect(gauges.every(({ value }) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
  });

  test('what waits for every destination: each minute of the last hour, every tenth before', async () => {
    const { gauges } = await demo.delivery({ from: at('05-04T09:00'), to: at('05-04T12:00') });
    const waiting = gauges.filter(({ metric }) => metric === 'pending_retry');
    // Twelve destinations, the linked audience, and two audiences of Engage; a warehouse has nothing that waits.
    expect(waiting).toHaveLength((12 + 60) * 15);
    expect(gauges.filter((gauge) => gauge.at < at('05-04T11:00')).every((gauge) => Number(gauge.at) % TEN === 0)).toBe(true);
  });

  test('sizes of audiences, every ten minutes, not far from one to the next', async () => {
    const { gauges } = await demo.delivery(lasting(at('05-03T00:00'), 2 * DAY));
    const sizes = gauges.filter(({ metric }) => metric === 'audience_size');
    expect(sizes).toHaveLength(3 * 6 * 48);
    for (const [audience, own] of groupBy(sizes, ({ series }) => series.audience)) {
      expect(resources.find(({ id }) => id === audience)?.kind).toBe('audience');
      expect(own.every(({ series }) => series.source === idOf('profiles') && series.destination === '')).toBe(true);
      for (const [i, { value }] of own.entries()) {
        const before = own[i - 1]?.value ?? value;
        expect(value).toBeGreaterThan(1_000);
        expect(Math.abs(value - before) / before).toBeLessThan(0.005);
      }
    }
  });

  test('the schedule can be told beforehand', () => {
    expect(incidentAt(at('05-04T12:09'))).toBe(false);
    expect(incidentAt(at('05-04T12:10'))).toBe(true);
    expect(incidentAt(at('05-04T12:34'))).toBe(true);
    expect(incidentAt(at('05-04T12:35'))).toBe(false);
    expect(incidentAt(at('05-04T13:20'))).toBe(false);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 * DAY }), (ms) => {
        const now = new Date(START + ms);
        const next = nextIncident(now);
        expect(next.to > now && Number(next.from) - Number(now) <= incident.everyHours * HOUR).toBe(true);
        expect(incidentAt(now)).toBe(next.from <= now);
        expect(incidentAt(next.from)).toBe(true);
      }),
    );
  });

  test('volumes of a shop: busy evenings, quiet nights, the web first', async () => {
    const receivedIn = async (from: string) => sum(ofStep(await countsOf(lasting(at(from), HOUR)), 'successfully_received'));
    expect(await receivedIn('05-04T19:00')).toBeGreaterThan(4 * (await receivedIn('05-04T03:00')));
    const [web = 0, ios = 0, server = 0, support = 0] = await Promise.all(
      sources.map(async ({ id }) => {
        const counts = await countsOf(lasting(at('05-04T19:00'), HOUR));
        return sum(ofStep(counts, 'successfully_received').filter(({ series }) => series.source === id)) / 60;
      }),
    );
    expect(web).toBeGreaterThan(2_000);
    expect(web).toBeLessThan(3_000);
    expect(web > ios && ios > server && server > 10 * support && support > 1).toBe(true);
  });
});
