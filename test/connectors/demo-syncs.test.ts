import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destinations, sources } from '../../src/connectors/demo/shop.ts';
import { createSyncs } from '../../src/connectors/demo/syncs.ts';
import { compileWays } from '../../src/connectors/demo/ways.ts';
import type { Sync } from '../../src/core/delivery/series.ts';
import { DAY, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';
import { at, countsOf, demo, idOf, lasting, minutes, START, sum } from './demo-facts.ts';

/** Without the counts, so that months are cheap. */
const syncsIn = createSyncs(compileWays('demo', sources, destinations));
const syncsOf = ({ from, to }: Window): Sync[] => syncsIn({ from: Number(from), to: Number(to) });
const month = syncsOf(lasting(START, 30 * DAY));
/** Skipped ones are told when they begin, others when they end: which comes first is up to the windows. */
const byId = (syncs: readonly Sync[]) => syncs.toSorted((one, other) => one.id.localeCompare(other.id));
const rowsOf = (sync: Sync, name: string) => sync.collections.find((collection) => collection.name === name)?.rows ?? 0;

describe('syncs of a warehouse', () => {
  test('each is told once, however the time is split into windows', () => {
    fc.assert(
      fc.property(minutes, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), (from, parts) => {
        const told: Sync[] = [];
        let start = new Date(from);
        for (const part of parts) {
          const window = lasting(start, part * MINUTE);
          told.push(...syncsOf(window));
          start = window.to;
        }
        expect(byId(told)).toEqual(byId(syncsOf({ from: new Date(from), to: start })));
      }),
      { numRuns: 60 },
    );
  });

  test('one an hour at five past, told in the window it ends in, or begins in if it was skipped', async () => {
    expect(new Set(month.map(({ id }) => id)).size).toBe(month.length);
    expect(month.length).toBeGreaterThanOrEqual(30 * 24 - 2);
    for (const { id, start, end, status, series } of month) {
      expect(id).toBe(`sync_${Math.floor(Number(start) / HOUR)}`);
      expect(Number(start) % HOUR).toBe(5 * MINUTE);
      expect(series).toEqual({
        workspace: 'demo',
        source: idOf('web'),
        destination: idOf('warehouse'),
        mapping: '',
        audience: '',
      });
      if (status === 'skipped') expect(end).toBeNull();
      else expect(Number(end) - Number(start)).toBeGreaterThanOrEqual(4 * MINUTE);
    }
    const [one] = syncsOf(lasting(at('05-04T12:05'), 4 * MINUTE));
    expect(one).toBeUndefined();
    const ended = lasting(at('05-04T12:09'), 7 * MINUTE);
    expect((await demo.delivery(ended)).syncs).toEqual(syncsOf(ended));
    expect(syncsOf(ended)).toMatchObject([{ start: at('05-04T12:05'), status: 'success' }]);
  });

  test('most succeed within minutes; one a day finds the warehouse unreachable', () => {
    const ofStatus = (status: Sync['status']) => month.filter((sync) => sync.status === status);
    expect(ofStatus('success').length / month.length).toBeGreaterThan(0.85);
    expect(ofStatus('failed').map(({ start }) => start)).toEqual(
      Array.from({ length: 30 }, (_, day) => plus(START, day * DAY + 3 * HOUR + 5 * MINUTE)),
    );
    expect(ofStatus('failed').every((sync) => sync.rows === 0 && /connection timed out/.test(sync.reason))).toBe(true);
    expect(ofStatus('partial').length).toBeGreaterThan(10);
    for (const { collections, reason } of ofStatus('partial')) {
      const lost = collections.filter(({ failed }) => failed);
      expect(lost).toEqual([{ name: reason.split(' ')[0], rows: 0, failed: true }]);
    }
    expect(ofStatus('success').every((sync) => sync.reason === '' && sync.collections.every(({ failed }) => !failed))).toBe(true);
  });

  test('one is skipped where the one before ran for more than its hour', () => {
    const syncs = syncsOf(lasting(START, 90 * DAY));
    const skipped = syncs.filter(({ status }) => status === 'skipped');
    expect(skipped.length).toBeGreaterThan(3);
    expect(skipped.length).toBeLessThan(40);
    for (const { start, rows } of skipped) {
      const before = syncs.find((sync) => Number(sync.start) === Number(start) - HOUR);
      expect(before?.end && before.end > start).toBe(true);
      expect(rows).toBeNull();
    }
    for (const { start, end } of syncs) {
      const next = syncs.find((sync) => Number(sync.start) === Number(start) + HOUR);
      if (end && next && end > next.start) expect(next.status).toBe('skipped');
    }
  });

  test('collections add up to the rows', () => {
    for (const { rows, collections, status } of month) {
      if (status === 'skipped') continue;
      expect(collections.reduce((total, collection) => total + collection.rows, 0)).toBe(rows);
    }
  });

  test('a run loads what the hours before it brought and no filter kept, once', async () => {
    const events = async (from: Date | number, length: number) => {
      const counts = await countsOf(lasting(from, length));
      const web = counts.filter(({ series }) => series.source === idOf('web'));
      const atSource = web.filter(({ series }) => series.destination === '');
      const lost = [
        ...atSource.filter(({ step }) => step !== 'successfully_received'),
        ...web.filter(({ series }) => series.destination === idOf('warehouse')),
      ];
      return sum(atSource.filter(({ step }) => step === 'successfully_received')) - sum(lost);
    };
    const loaded = (sync: Sync) => rowsOf(sync, 'pages') + rowsOf(sync, 'identifies') + rowsOf(sync, 'tracks');
    const [noon] = syncsOf(lasting(at('05-04T12:00'), HOUR));
    expect(noon && loaded(noon)).toBe(await events(at('05-04T11:00'), HOUR));
    // The run at three fails; the one at four makes up for it.
    const [four] = syncsOf(lasting(at('05-04T04:00'), HOUR));
    expect(four && loaded(four)).toBe(await events(at('05-04T02:00'), 2 * HOUR));
    // Between two runs that left nothing behind every event is in its collections once, whatever failed meanwhile.
    const isWhole = ({ status }: Sync) => status === 'success';
    const runs = month.slice(month.findIndex(isWhole) + 1, month.findLastIndex(isWhole) + 1);
    expect(runs.filter(({ status }) => status === 'partial').length).toBeGreaterThan(10);
    const rowsOfAll = (name: string) => runs.reduce((rows, run) => rows + rowsOf(run, name), 0);
    const own = ['product_viewed', 'product_added', 'checkout_started', 'order_completed'];
    expect(own.reduce((rows, name) => rows + rowsOfAll(name), 0)).toBe(rowsOfAll('tracks'));
  });
});
