import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDemo } from '../../src/connectors/demo/demo.ts';
import type { Count, Series } from '../../src/core/delivery/series.ts';
import { type Step, stepFacts } from '../../src/core/delivery/steps.ts';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import { at, countsOf, demo, hours, lasting, minutes, nameOf, sum, TEN, tenMinutes, totals } from './demo-facts.ts';

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
    expect([counts.length, sum(counts)]).toEqual([133, 17_867]);
  });

  test('windows add up at ten-minute marks, whether the rows come by the minute or by the ten', async () => {
    await fc.assert(
      fc.asyncProperty(tenMinutes, fc.nat(30), fc.nat(30), async (from, first, second) => {
        const a = lasting(from, first * TEN);
        const b = lasting(a.to, second * TEN);
        const both = [...(await countsOf(a)), ...(await countsOf(b))];
        expect(totals(both)).toEqual(totals(await countsOf({ from: a.from, to: b.to })));
      }),
      { numRuns: 8 },
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
    const none = { counts: [], gauges: [], syncs: [], samples: [] };
    expect(await demo.delivery({ from, to: plus(from, 30_000) })).toEqual(none);
    expect(await countsOf({ from, to: plus(from, 2 * MINUTE) })).toEqual(await countsOf(lasting(at('05-04T12:01'), MINUTE)));
    expect(await demo.history({ from, to: plus(from, HOUR) })).toEqual([]);
  });

  test('hours are what their minutes add up to, step by step and reason by reason', async () => {
    const named = (series: Series, step: Step) =>
      stepFacts[step].role === 'first' ||
      (['amplitude', 'hubspot'].includes(nameOf(series.destination)) &&
        (step === 'failed_delivery' || step === 'successful_delivery'));
    const keyOf = ({ series, step, appVersion, reason, eventType, eventName }: Omit<Count, 'minute'>) =>
      JSON.stringify([series, step, appVersion, reason, ...(named(series, step) ? [eventType, eventName] : [])]);
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
