import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../src/core/audit/event.ts';
import { type Batch, LISTED, LIVE, LONGEST, QUIET, REACH, tell } from '../../src/core/audit/watch-batch.ts';
import { MINUTE, plus } from '../../src/core/delivery/time.ts';
import { stored } from '../audit/card-samples.ts';
import { NOW } from '../audit/samples.ts';

let ids = 0;
const channel = { scope: null, closed: false, newId: () => `vw_${++ids}` };

/** Seconds after NOW at which somebody did something. */
interface Deed {
  second: number;
  actor: number;
  closed: boolean;
}
const eventOf = ({ second, actor }: Deed, seq: number): StoredEvent =>
  stored({
    seq,
    at: plus(NOW, second * 1_000),
    arrived: plus(NOW, second * 1_000),
    actor: { id: `u-${actor}`, type: 'user', name: `Person ${actor}`, email: '' },
  });

const deed = fc.record({ second: fc.nat(900), actor: fc.nat(40), closed: fc.constant(false) });
/** Nearly in order, as clocks of several processes are. */
const deeds = fc.array(deed, { minLength: 1, maxLength: 150 }).map((all) => all.toSorted((a, b) => a.second - b.second));

/** As the flow does it: some events at a time, with what is found of before. */
function told(events: readonly StoredEvent[], cuts: readonly number[]): Batch[] {
  const kept = new Map<string, Batch>();
  const edges = [0, ...cuts.map((cut) => cut % (events.length + 1)), events.length].sort((a, b) => a - b);
  for (const [i, from] of edges.entries()) {
    const some = events.slice(from, edges[i + 1] ?? from);
    const since = some[0] && plus(some[0].arrived, -REACH);
    if (!since) continue;
    const recent = [...kept.values()].filter(({ lastAt }) => lastAt > since);
    for (const batch of tell(recent, some, channel)) kept.set(batch.id, batch);
  }
  return [...kept.values()];
}

const shape = ({ kind, key, count, people, lines, from, to }: Batch) => ({
  kind,
  key,
  count,
  people,
  from,
  to,
  seqs: lines.map(({ seq }) => seq),
});

describe('whatever comes, in whatever portions', () => {
  test('every event is told exactly once', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 150 }), fc.array(fc.nat(200), { maxLength: 8 }), (all, cuts) => {
        const batches = told(all.map(eventOf), cuts);
        expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        const listed = batches.flatMap(({ lines }) => lines.map(({ seq }) => seq));
        expect(new Set(listed).size).toBe(listed.length);
        for (const { count, lines } of batches) expect(lines).toHaveLength(Math.min(count, LISTED));
      }),
    );
  });

  test('the messages are the same', () => {
    fc.assert(
      fc.property(deeds, fc.array(fc.nat(200), { maxLength: 8 }), (all, cuts) => {
        const events = all.map(eventOf);
        expect(told(events, cuts).map(shape)).toEqual(told(events, []).map(shape));
      }),
    );
  });

  test('a message is of one actor and one stretch of time, and a channel has few of them', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const batches = told(all.map(eventOf), []);
        for (const { kind, people, from, to } of batches) {
          if (kind === 'actor') expect(people).toHaveLength(1);
          expect(Number(to) - Number(from)).toBeLessThan(kind === 'actor' ? LONGEST : MINUTE);
        }
        for (const { startedAt } of batches) {
          const near = batches.filter((other) => Math.abs(Number(other.startedAt) - Number(startedAt)) < MINUTE / 2);
          expect(near.filter(({ kind }) => kind === 'actor').length).toBeLessThanOrEqual(LIVE);
          expect(near.filter(({ kind }) => kind === 'storm').length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('a batch', () => {
  const at = (ms: number, some: Partial<StoredEvent> = {}) => stored({ at: plus(NOW, ms), arrived: plus(NOW, ms), ...some });

  test('ends with half a minute of quiet', () => {
    expect(tell([], [at(0), at(QUIET - 1)], channel)).toHaveLength(1);
    expect(tell([], [at(0), at(QUIET)], channel)).toHaveLength(2);
  });

  test('is of one workspace', () => {
    expect(tell([], [at(0), at(1, { workspace: 'shop' })], channel)).toHaveLength(2);
  });

  test('of a channel that has become one about another workspace is left as it is', () => {
    const [first] = tell([], [at(0)], { ...channel, scope: 'main' });
    const [second] = tell(first ? [first] : [], [at(1)], channel);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.count).toBe(1);
  });

  test('holds all that comes while nothing can be posted, however long', () => {
    const closed = { ...channel, closed: true };
    const held = tell([], [at(0), at(5 * MINUTE, { actor: { id: 'x', type: '', name: 'X', email: '' } })], closed);
    expect(held.map(shape)).toMatchObject([{ kind: 'held', count: 2 }]);
    expect(tell(held, [at(90 * MINUTE)], closed)).toMatchObject([{ id: held[0]?.id, count: 3 }]);
    expect(tell(held, [at(90 * MINUTE)], channel)).toMatchObject([{ kind: 'actor', count: 1 }]);
  });

  test('counts the people of a storm to a thousand', () => {
    const crowd = Array.from({ length: 1_500 }, (_, n) => at(n, { actor: { id: `u-${n}`, type: '', name: '', email: '' } }));
    const storm = tell([], crowd, channel).find(({ kind }) => kind === 'storm');
    expect(storm).toMatchObject({ count: 1_500 - LIVE });
    expect(storm?.people).toHaveLength(1_000);
  });
});
