import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventKey } from '../../src/connectors/demo/model.ts';
import { destinations, sources } from '../../src/connectors/demo/shop.ts';
import type { Count } from '../../src/core/delivery/series.ts';
import { stepFacts } from '../../src/core/delivery/steps.ts';
import { DAY, MINUTE } from '../../src/core/delivery/time.ts';
import { at, countsOf, idOf, lasting, minutes, ofStep, sum } from './demo-facts.ts';

describe('balance', () => {
  test('whatever is received ends exactly once on every way to a destination', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, async (from) => {
        const counts = await countsOf(lasting(from, MINUTE));
        for (const count of counts) {
          expect(Number.isSafeInteger(count.count) && count.count > 0).toBe(true);
          expect(count.retried >= 0 && count.retried <= count.count).toBe(true);
        }
        for (const source of sources.filter(({ slug }) => slug !== 'profiles')) {
          const ofSource = counts.filter(({ series }) => series.source === source.id);
          for (const event of source.events) {
            const own = ofSource.filter(({ eventType, eventName }) => eventType === event.type && eventName === event.name);
            const reaching =
              sum(ofStep(own, 'successfully_received')) -
              sum(ofStep(own, 'failed_on_ingest')) -
              sum(ofStep(own, 'filtered_at_source'));
            for (const destination of destinations.filter((d) => d.source === source.slug && d.variant !== 'storage')) {
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

  test('what an audience sends to a linked destination ends exactly once, at the source or there', async () => {
    const vip = { source: idOf('profiles'), audience: 'aud_vip' };
    await fc.assert(
      fc.asyncProperty(minutes, fc.integer({ min: 1, max: 30 }), async (from, length) => {
        const own = (await countsOf(lasting(from, length * MINUTE))).filter(
          ({ series }) => series.source === vip.source && series.audience === vip.audience,
        );
        const first = ofStep(own, 'events_from_audience');
        for (const name of ['Audience Entered', 'Audience Exited']) {
          const named = (counts: readonly Count[]) => sum(counts.filter(({ eventName }) => eventName === name));
          expect(named(own) - named(first)).toBe(named(first));
        }
        for (const { step, series } of own) {
          expect(series.destination).toBe(stepFacts[step].at === 'source' ? '' : idOf('facebook-audiences'));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('Engage sends its two audiences to one destination, has no first step, and filters much', async () => {
    const counts = await countsOf(lasting(at('05-04T00:00'), DAY));
    const own = counts.filter(({ series }) => series.destination === idOf('sendgrid'));
    expect(new Set(own.map(({ series }) => series.audience))).toEqual(new Set(['aud_cart', 'aud_new']));
    expect(new Set(own.map(({ step }) => step))).toEqual(
      new Set(['filtered_at_destination', 'failed_delivery', 'successful_delivery']),
    );
    const filtered = ofStep(own, 'filtered_at_destination');
    expect(filtered.every(({ reason }) => reason === 'FILTERED_BY_INTEGRATIONS_OBJECT')).toBe(true);
    expect(sum(filtered) / sum(own)).toBeGreaterThan(0.4);
    expect(sum(filtered) / sum(own)).toBeLessThan(0.7);
    expect(counts.some(({ step, series }) => step === 'successfully_received' && series.source === idOf('profiles'))).toBe(false);
  });

  test('whatever comes from a profile names its audience, and nothing else does', async () => {
    for (const { series } of await countsOf(lasting(at('05-04T00:00'), DAY))) {
      expect(series.audience !== '').toBe(series.source === idOf('profiles'));
    }
  });

  test('source steps have no destination, the others have one', async () => {
    const counts = await countsOf(lasting(at('05-04T00:00'), DAY));
    for (const { step, series } of counts) expect(series.destination === '').toBe(stepFacts[step].at === 'source');
  });

  test('about a hundred and fifteen rows a minute', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, async (from) => {
        const rows = (await countsOf(lasting(from, MINUTE))).length;
        expect(rows).toBeGreaterThan(60);
        expect(rows).toBeLessThanOrEqual(150);
      }),
      { numRuns: 200 },
    );
  });

  test('two days are told in 60 000 rows', async () => {
    const counts = await countsOf({ from: at('05-08T20:00'), to: at('05-10T21:00') });
    expect(counts.length).toBeGreaterThan(50_000);
    expect(counts.length).toBeLessThanOrEqual(60_000);
  });
});
