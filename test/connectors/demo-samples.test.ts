import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupBy } from '../../src/core/collections.ts';
import { masked } from '../../src/core/delivery/sample.ts';
import type { Sample } from '../../src/core/delivery/series.ts';
import { stepFacts } from '../../src/core/delivery/steps.ts';
import { DAY, floorTo, HOUR, MINUTE, type Window } from '../../src/core/delivery/time.ts';
import { at, demo, hours, idOf, lasting, minutes } from './demo-facts.ts';

const samplesOf = async (window: Window): Promise<Sample[]> => (await demo.delivery(window)).samples;
const day = samplesOf(lasting(at('05-04T00:00'), DAY));

describe('samples', () => {
  test('windows of one day add up', async () => {
    await fc.assert(
      fc.asyncProperty(minutes, fc.nat(240), fc.nat(240), async (from, first, second) => {
        const a = lasting(from, first * MINUTE);
        const b = lasting(a.to, second * MINUTE);
        expect([...(await samplesOf(a)), ...(await samplesOf(b))]).toEqual(await samplesOf({ from: a.from, to: b.to }));
      }),
      { numRuns: 20 },
    );
  });

  test('of events that ended there by that reason in that minute, and of nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(hours, async (from) => {
        const { counts, samples } = await demo.delivery(lasting(from, HOUR));
        for (const { series, at: time, step, reason, eventName } of samples) {
          expect(stepFacts[step].role).toBe('discard');
          const minute = floorTo(MINUTE, time);
          const behind = counts.find(
            (count) =>
              Number(count.minute) === Number(minute) &&
              count.series === series &&
              count.step === step &&
              count.reason === reason &&
              count.eventName === eventName,
          );
          expect(behind?.count).toBeGreaterThan(0);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('few: two of a reason an hour, one that no mapping wanted, forty over everything', async () => {
    for (const [, ofHour] of groupBy(await day, (sample) => Number(floorTo(HOUR, sample.at)))) {
      expect(ofHour.length).toBeLessThanOrEqual(40);
      expect(ofHour.filter(({ reason }) => reason === 'NO_MATCHING_MAPPING').length).toBeLessThanOrEqual(1);
      const byReason = groupBy(ofHour, ({ series, step, reason }) => [series.source, series.destination, step, reason].join(' '));
      for (const [, own] of byReason) expect(own.length).toBeLessThanOrEqual(2);
    }
  });

  test('only of the last day of the window', async () => {
    const window = { from: at('05-02T00:00'), to: at('05-04T12:00') };
    const samples = await samplesOf(window);
    expect(samples.length).toBeGreaterThan(500);
    expect(samples.every((sample) => sample.at >= at('05-03T12:00') && sample.at < window.to)).toBe(true);
  });

  test('the incident shows both of its reasons each time', async () => {
    const own = (await day).filter(({ series }) => series.destination === idOf('amplitude'));
    for (let hour = 0; hour < 24; hour += 2) {
      const seen = own.filter((sample) => sample.at.getUTCHours() === hour).map(({ reason }) => reason);
      expect(seen).toEqual(expect.arrayContaining(['401', '429']));
    }
  });

  test('request and answer are JSON; what failed was answered', async () => {
    for (const { request, response, step, eventName, at: time } of await day) {
      expect(JSON.parse(request)).toMatchObject({
        timestamp: time.toISOString(),
        ...(eventName && { properties: expect.anything() }),
      });
      expect(request.length).toBeLessThan(2_000);
      if (step === 'failed_delivery') expect(JSON.parse(response)).toBeTypeOf('object');
    }
  });

  test('there is something to mask, and masking leaves none of it', async () => {
    const textOf = (samples: readonly Sample[]) => samples.map(({ request, response }) => request + response).join('\n');
    const samples = await day;
    const personal = [
      /@(mail\.)?example\./,
      /\+44 20 7946/,
      /\+1 202-555/,
      /4242 4242 4242 4242/,
      /eyJhbGci/,
      /key: [0-9a-f]{32}/,
      /203\.0\.113/,
    ];
    for (const pattern of personal) {
      expect(textOf(samples)).toMatch(pattern);
      expect(textOf(samples.map(masked))).not.toMatch(pattern);
    }
  });
});
