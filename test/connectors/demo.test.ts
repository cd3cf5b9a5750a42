import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDemo } from '../../src/connectors/demo/demo.ts';
import { incident, incidentAt, nextIncident } from '../../src/connectors/demo/incident.ts';
import { eventKey } from '../../src/connectors/demo/model.ts';
import { destinations, sources } from '../../src/connectors/demo/shop.ts';
import { groupBy } from '../../src/core/collections.ts';
import { normaliseReason, reasonFacts } from '../../src/core/delivery/reasons.ts';
import type { Count } from '../../src/core/delivery/series.ts';
import { type Step, stepFacts } from '../../src/core/delivery/steps.ts';
import { DAY, floorTo, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';

const demo = createDemo();
const resources = demo.resources();
const START = Date.UTC(2026, 2, 1);
const TEN = 10 * MINUTE;

const at = (text: string) => new Date(`2026-${text}:00Z`);
const lasting = (from: Date | number, ms: number): Window => ({ from: new Date(from), to: plus(from, ms) });
const countsOf = async (window: Window) => (await demo.delivery(window)).counts;

const tenMinutes = fc.integer({ min: 0, max: (90 * DAY) / TEN }).map((n) => START + n * TEN);
const minutes = fc.integer({ min: 0, max: (90 * DAY) / MINUTE }).map((n) => START + n * MINUTE);
const hours = fc.integer({ min: 0, max: (90 * DAY) / HOUR }).map((n) => START + n * HOUR);

const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0);
const ofStep = (counts: readonly Count[], step: Step) => counts.filter((count) => count.step === step);

/** Totals by everything but the time, retries included. */
function totals(counts: readonly Count[], keyOf = fullKey): Record<string, [count: number, retried: number]> {
  const byKey: Record<string, [number, number]> = {};
  for (const count of counts) {
    const key = keyOf(count);
    const total = byKey[key] ?? [0, 0];
    byKey[key] = [total[0] + count.count, total[1] + count.retried];
  }
  return byKey;
}
const fullKey = ({ series, step, eventType, eventName, appVersion, reason }: Count) =>
  [series.source, series.destination, series.mapping, step, eventType, eventName, appVersion, reason].join('|');

const nameOf = (id: string) => resources.find((resource) => resource.id === id)?.slug ?? '?';
const rateOf = (counts: readonly Count[]) => {
  const delivered = sum(ofStep(counts, 'successful_delivery'));
  return delivered / (delivered + sum(ofStep(counts, 'failed_delivery')));
};
const rates = (counts: readonly Count[]) =>
  new Map(
    [...groupBy(counts, ({ series }) => series.destination)]
      .filter(([destination]) => destination !== '')
      .map(([destination, own]) => [nameOf(destination), rateOf(own)]),
  );

describe('time', () => {
  test('the same window gives the same answer, from a second connector too', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, fc.integer({ min: 1, max: 60 }), async (from, length) => {
        const window = lasting(from, length * MINUTE);
        expect(await createDemo().delivery(window)).toEqual(await demo.delivery(window));
      }),
      { numRuns: 20 },
    );
    // Written down: whoever changes the story sees it here.
    const { counts } = await demo.delivery(lasting(at('05-04T18:20'), MINUTE));
    expect([counts.length, sum(counts)]).toEqual([120, 17_796]);
  });

  test('windows add up at ten-minute marks, whether the rows come by the minute or by the ten', async () => {
    await fc.assert(
      fc.asyncProperty(tenMinutes, fc.nat(30), fc.nat(30), async (from, first, second) => {
        const a = lasting(from, first * TEN);
        const b = lasting(a.to, second * TEN);
        const both = [...(await countsOf(a)), ...(await countsOf(b))];
        expect(totals(both)).toEqual(totals(await countsOf({ from: a.from, to: b.to })));
      }),
      { numRuns: 15 },
    );
  });

  test('windows of any whole minutes add up', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, fc.nat(200), fc.nat(200), async (from, first, second) => {
        const a = lasting(from, first * MINUTE);
        const b = lasting(a.to, second * MINUTE);
        const both = [...(await countsOf(a)), ...(await countsOf(b))];
        expect(totals(both)).toEqual(totals(await countsOf({ from: a.from, to: b.to })));
      }),
      { numRuns: 15 },
    );
  });

  test('old minutes come by the ten, the last two hours by the minute, all inside the window', async () => {
    const window = { from: at('05-04T06:57'), to: at('05-04T12:03') };
    const told = [...new Set((await countsOf(window)).map(({ minute }) => Number(minute)))].sort((a, b) => a - b);
    const fineFrom = Number(at('05-04T10:00'));
    expect(told.filter((minute) => minute < Number(at('05-04T07:00')))).toHaveLength(3);
    expect(told.filter((minute) => minute >= Number(at('05-04T07:00')) && minute < fineFrom)).toHaveLength(18);
    expect(told.filter((minute) => minute >= fineFrom)).toHaveLength(123);
    expect(told.every((minute) => minute >= Number(window.from) && minute < Number(window.to))).toBe(true);
  });

  test('only whole minutes are told, and a window without one is empty', async () => {
    const from = plus(at('05-04T12:00'), 20_000);
    expect(await demo.delivery({ from, to: plus(from, 30_000) })).toEqual({ counts: [], gauges: [] });
    expect(await countsOf({ from, to: plus(from, 2 * MINUTE) })).toEqual(await countsOf(lasting(at('05-04T12:01'), MINUTE)));
    expect(await demo.history({ from, to: plus(from, HOUR) })).toEqual([]);
  });

  test('hours are what their minutes add up to, step by step and reason by reason', async () => {
    const keyOf = ({ series, step, appVersion, reason, ...event }: Omit<Count, 'minute'>) =>
      JSON.stringify([
        series,
        step,
        appVersion,
        reason,
        ...(step === 'successfully_received' ? [event.eventType, event.eventName] : []),
      ]);
    await fc.assert(
      fc.asyncProperty(hours, fc.integer({ min: 1, max: 5 }), async (from, length) => {
        const runs = await demo.history(lasting(from, length * HOUR));
        for (let hour = 0; hour < length; hour++) {
          const counts = await countsOf(lasting(from + hour * HOUR, HOUR));
          const told = runs
            .map((run) => ({ ...run, count: run.counts[hour] ?? 0, retried: run.retried[hour] ?? 0, minute: run.from }))
            .filter(({ count }) => count > 0);
          expect(totals(told, keyOf)).toEqual(totals(counts, keyOf));
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('balance', () => {
  test('whatever is received ends exactly once on every way to a destination', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, async (from) => {
        const counts = await countsOf(lasting(from, MINUTE));
        for (const count of counts) {
          expect(Number.isSafeInteger(count.count) && count.count > 0).toBe(true);
          expect(count.retried >= 0 && count.retried <= count.count).toBe(true);
        }
        for (const source of sources) {
          const ofSource = counts.filter(({ series }) => series.source === source.id);
          for (const event of source.events) {
            const own = ofSource.filter(({ eventType, eventName }) => eventType === event.type && eventName === event.name);
            const reaching =
              sum(ofStep(own, 'successfully_received')) -
              sum(ofStep(own, 'failed_on_ingest')) -
              sum(ofStep(own, 'filtered_at_source'));
            for (const destination of destinations.filter((candidate) => candidate.source === source.slug)) {
              const there = own.filter(({ series }) => series.destination === destination.id);
              const taking = destination.mappings.filter(({ takes }) => takes.includes(eventKey(event)));
              for (const mapping of taking.length > 0 ? taking.map(({ id }) => id) : ['']) {
                expect(sum(there.filter(({ series }) => series.mapping === mapping))).toBe(reaching);
              }
              if (destination.mappings.length > 0 && taking.length === 0) {
                expect(there.every(({ reason }) => reason === 'NO_MATCHING_MAPPING')).toBe(true);
              }
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('source steps have no destination, the others have one', async () => {
    const counts = await countsOf(lasting(at('05-04T00:00'), DAY));
    for (const { step, series } of counts) expect(series.destination === '').toBe(stepFacts[step].at === 'source');
  });

  test('about a hundred rows a minute', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, async (from) => {
        const rows = (await countsOf(lasting(from, MINUTE))).length;
        expect(rows).toBeGreaterThan(60);
        expect(rows).toBeLessThanOrEqual(135);
      }),
      { numRuns: 200 },
    );
  });
});

describe('story', () => {
  test('who is well, who is not quite, and who is refused', async () => {
    const ordinary = rates(await countsOf(lasting(at('05-04T11:00'), HOUR)));
    expect(ordinary.size).toBe(12);
    for (const [destination, rate] of ordinary) {
      if (destination === 'hubspot') expect(rate).toBeCloseTo(0.93, 1);
      else if (destination !== 'intercom' && destination !== 'mixpanel') expect(rate).toBeGreaterThan(0.99);
      else expect(rate).toBeGreaterThan(0.97);
    }
    const refused = rates(await countsOf({ from: at('05-04T12:10'), to: at('05-04T12:35') }));
    expect(refused.get('amplitude')).toBeLessThan(0.25);
    expect(refused.get('ios-amplitude')).toBeGreaterThan(0.99);
    expect(rates(await countsOf({ from: at('05-04T12:45'), to: at('05-04T13:00') })).get('amplitude')).toBeGreaterThan(0.98);
  });

  test('everyone but the two troubled is well over a week', async () => {
    const runs = await demo.history(lasting(at('05-04T00:00'), 7 * DAY));
    const counts = runs.flatMap((run) => run.counts.map((count): Count => ({ ...run, minute: run.from, count, retried: 0 })));
    for (const [destination, rate] of rates(counts)) {
      if (destination === 'amplitude') expect(rate).toBeLessThan(0.9);
      else if (destination === 'hubspot') expect(rate).toBeCloseTo(0.933, 2);
      else expect(rate).toBeGreaterThan(0.99);
    }
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
    expect(gauges.every(({ value, metric }) => Number.isSafeInteger(value) && value >= 0 && metric === 'pending_retry')).toBe(
      true,
    );
  });

  test('levels of every destination: each minute of the last hour, every tenth before', async () => {
    const { gauges } = await demo.delivery({ from: at('05-04T09:00'), to: at('05-04T12:00') });
    expect(gauges).toHaveLength((12 + 60) * 12);
    expect(gauges.filter((gauge) => gauge.at < at('05-04T11:00')).every((gauge) => Number(gauge.at) % TEN === 0)).toBe(true);
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

describe('words', () => {
  test('every id in a series is a resource of its kind and parent', async () => {
    const byId = new Map(resources.map((resource) => [resource.id, resource]));
    const { counts, gauges } = await demo.delivery(lasting(at('05-04T00:00'), DAY));
    for (const { workspace, source, destination, mapping, audience } of [...counts, ...gauges].map(({ series }) => series)) {
      expect([workspace, audience]).toEqual(['demo', '']);
      expect(byId.get(source)?.kind).toBe('source');
      if (destination) expect(byId.get(destination)).toMatchObject({ kind: 'destination', parent: source });
      if (mapping) expect(byId.get(mapping)).toMatchObject({ kind: 'mapping', parent: destination });
    }
  });

  test('ids, slugs and variants of the resources', () => {
    expect(new Set(resources.map(({ id }) => id)).size).toBe(resources.length);
    for (const kind of ['source', 'destination']) {
      const slugs = resources.filter((resource) => resource.kind === kind).map(({ slug }) => slug);
      expect(new Set(slugs).size).toBe(slugs.length);
    }
    for (const { slug } of resources) expect(slug).toMatch(/^[a-z0-9-]{2,20}$/);
    const ofKind = groupBy(resources, ({ kind }) => kind);
    expect(ofKind.get('source')?.map(({ slug }) => slug)).toEqual(['web', 'ios', 'server', 'support']);
    expect(ofKind.get('destination')).toHaveLength(12);
    for (const { id, variant } of ofKind.get('destination') ?? []) {
      const mappings = ofKind.get('mapping')?.filter(({ parent }) => parent === id) ?? [];
      expect(variant).toBe(mappings.length > 0 ? 'actions' : 'classic');
      if (variant === 'actions') expect(mappings.length === 2 || mappings.length === 3).toBe(true);
    }
  });

  test('what mappings and losses refer to exists', () => {
    for (const source of sources) {
      const keys = source.events.map(eventKey);
      const own = destinations.filter((destination) => destination.source === source.slug);
      const named = [source, ...own].flatMap(({ losses }) => losses.flatMap(({ events }) => events));
      const taken = own.flatMap(({ mappings }) => mappings.flatMap(({ takes }) => takes));
      expect([...named, ...taken].filter((key) => !keys.includes(key))).toEqual([]);
      expect(source.events.reduce((total, { mix }) => total + mix, 0)).toBeCloseTo(1);
    }
  });

  test('every reason is documented, save the one that is meant to be new', async () => {
    const runs = await demo.history(lasting(at('05-04T00:00'), 28 * DAY));
    const discards = runs.filter(({ step }) => stepFacts[step].role === 'discard');
    expect(discards.every(({ reason }) => reason !== '')).toBe(true);
    const unknown = discards.filter(({ step, reason }) => !reasonFacts(step, normaliseReason(reason).code).known);
    expect([...new Set(unknown.map(({ reason }) => reason))]).toEqual(['413']);
    expect(discards.some(({ reason }) => reason === 'errors.discarded.400')).toBe(true);
    expect(runs.every(({ step, reason }) => stepFacts[step].role === 'discard' || reason === '')).toBe(true);
  });

  test('a month is told in a hundred rows or so', async () => {
    const window = { from: floorTo(HOUR, at('05-04T00:00')), to: plus(at('05-04T00:00'), 28 * DAY) };
    const runs = await demo.history(window);
    expect(runs.length).toBeLessThanOrEqual(110);
    for (const run of runs)
      expect([Number(run.from), run.counts.length, run.retried.length]).toEqual([Number(window.from), 672, 672]);
  });
});
