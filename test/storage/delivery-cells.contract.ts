import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Count } from '../../src/core/delivery/series.ts';
import { steps } from '../../src/core/delivery/steps.ts';
import { HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';
import type { CellQuery } from '../../src/core/ports/stores.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { count, series } from '../support/samples.ts';
import { workOff } from './work-off.ts';

// From an evening to the next morning but one: a whole day, and hours on both sides of it.
const start = new Date('2026-11-23T21:00:00Z');
const SPAN = 30 * 60;
const clock = fakeClock(plus(start, SPAN * MINUTE));
const long = { minutesFrom: new Date('2026-11-01T00:00:00Z'), provisionalFrom: plus(start, SPAN * MINUTE) };

const destinations = ['amplitude', 'braze', ''];
const arbitraryCount = (workspace: string) =>
  fc
    .record({
      minute: fc.nat(SPAN - 1),
      destination: fc.constantFrom(...destinations),
      step: fc.constantFrom(...steps),
      eventName: fc.constantFrom('A', 'B', ''),
      reason: fc.constantFrom('', '400', 'errors.discarded.400'),
      count: fc.oneof(fc.nat(50), fc.constant(900_000_000_000)),
      retried: fc.nat(3),
    })
    .map(({ minute, destination, ...rest }) =>
      count({ ...rest, minute: plus(start, minute * MINUTE), series: series({ workspace, destination }) }),
    );

// Edges in the middle of an hour, on hours and on days: some windows hold whole ones, some miss them by a minute.
const edge = fc.oneof(
  fc.nat(SPAN + 60).map((minute) => minute - 30),
  fc.nat(SPAN / 60 + 2).map((hour) => (hour - 1) * 60),
  fc.constantFrom(3 * 60, 27 * 60, 27 * 60 - 1, 27 * 60 + 1),
);
const window = fc
  .tuple(edge, edge)
  .map(([a, b]): Window => ({ from: plus(start, Math.min(a, b) * MINUTE), to: plus(start, Math.max(a, b) * MINUTE) }));
const question = fc.record({
  now: window,
  before: window,
  provisionalFrom: fc.nat(SPAN).map((minute) => plus(start, minute * MINUTE)),
});

type Sums = Record<string, { count: number; retried: number }>;

/** The same question answered by adding up one by one. */
function naive(
  counts: readonly Count[],
  query: Pick<CellQuery, 'now' | 'before' | 'provisionalFrom'>,
  ids: Map<string, number>,
): Sums {
  const sums: Sums = {};
  for (const part of ['now', 'before'] as const) {
    for (const c of counts) {
      if (c.minute < query[part].from || c.minute >= query[part].to) continue;
      const id = ids.get(c.series.destination);
      addTo(sums, [part, c.minute >= query.provisionalFrom, id, c.step, c.reason].join(' '), c);
    }
  }
  return sums;
}

function addTo(sums: Sums, key: string, { count: n, retried }: { count: number; retried: number }): void {
  if (n === 0 && retried === 0) return;
  const sum = sums[key] ?? { count: 0, retried: 0 };
  sums[key] = { count: sum.count + n, retried: sum.retried + retried };
}

/** That overviews are exact to the minute, whatever is rolled up and whatever is still owed. */
export function deliveryCellsContract(backend: Backend): void {
  let database: OpenDatabase;
  let runs = 0;
  beforeAll(async () => {
    database = await backend.open(clock);
  });

  const add = (counts: readonly Count[]) =>
    database.transaction(({ delivery }) => delivery.addCounts(counts, 'push', clock.now()));

  async function stored(query: CellQuery): Promise<Sums> {
    const cells = await database.read(({ delivery }) => delivery.cells(query));
    const sums: Sums = {};
    for (const c of cells) {
      const key = [c.part, c.provisional, c.series, c.step, c.reason].join(' ');
      expect(sums, 'one cell a key').not.toHaveProperty([key]);
      addTo(sums, key, c);
    }
    return sums;
  }

  const rollUp = (pick: (i: number) => boolean) => workOff(database, clock.now(), pick);

  test('cells equal the sum of the counts: owed, partly rolled up, late, and rolled up', { timeout: 120_000 }, async () => {
    const cases = fc.record({
      first: fc.array(arbitraryCount('w'), { minLength: 40, maxLength: 150 }),
      late: fc.array(arbitraryCount('w'), { maxLength: 20 }),
      picks: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      questions: fc.array(question, { minLength: 6, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ first, late, picks, questions }) => {
        const workspace = `w${++runs}`;
        const own = (counts: Count[]) => counts.map((c) => ({ ...c, series: { ...c.series, workspace } }));
        const states = await database.transaction(({ delivery }) =>
          delivery.seriesFor(
            destinations.map((destination) => series({ workspace, destination })),
            'push',
          ),
        );
        const ids = new Map(states.map((s) => [s.destination, s.id]));
        const check = async (counts: Count[]) => {
          for (const q of questions)
            expect(await stored({ ...long, ...q, series: [...ids.values()] })).toEqual(naive(counts, q, ids));
        };
        const all = own(first);
        await add(all);
        await check(all);
        await rollUp((i) => picks[i % picks.length] === true);
        await check(all);
        all.push(...own(late));
        await add(own(late));
        await check(all);
        await rollUp(() => true);
        await check(all);
        await rollUp(() => true);
        await check(all);
      }),
      { numRuns: 12 },
    );
  });

  describe('cells', () => {
    const hour = (n: number) => plus(start, n * HOUR);
    const idOf = async (workspace: string) =>
      (await database.transaction(({ delivery }) => delivery.seriesFor([series({ workspace })], 'push')))[0]?.id as number;

    test('of no series, and of empty windows, are none', async () => {
      const [empty, some] = [
        { from: hour(1), to: hour(1) },
        { from: hour(1), to: hour(2) },
      ];
      await database.read(async ({ delivery }) => {
        expect(await delivery.cells({ ...long, series: [], now: some, before: some })).toEqual([]);
        expect(await delivery.cells({ ...long, series: [1], now: empty, before: empty })).toEqual([]);
      });
    });

    test('of other series stay out', async () => {
      const [mine, other] = [await idOf('mine'), await idOf('other')];
      await add([
        count({ minute: hour(1), series: series({ workspace: 'mine' }) }),
        count({ minute: hour(1), series: series({ workspace: 'other' }) }),
      ]);
      const now = { from: hour(1), to: hour(2) };
      expect(Object.keys(await stored({ ...long, series: [mine], now, before: { from: hour(0), to: hour(1) } }))).toEqual([
        `now false ${mine} successful_delivery `,
      ]);
      expect(other).not.toBe(mine);
    });

    test('of back-filled hours are read as hours, later ones to the minute', async () => {
      const own = series({ workspace: 'filled' });
      const run = {
        series: own,
        step: 'successful_delivery',
        eventType: 'track',
        eventName: 'A',
        appVersion: '',
        reason: '',
      } as const;
      await database.transaction(async ({ delivery }) => {
        await delivery.backfill(
          [
            { ...run, from: hour(0), counts: [10, 0, 30], retried: [1, 0, 3] },
            { ...run, eventName: 'B', from: hour(1), counts: [5, 6], retried: [0, 0] },
          ],
          'demo',
          hour(3),
          clock.now(),
        );
        await delivery.addCounts(
          [count({ minute: plus(hour(3), MINUTE), series: own }), count({ minute: plus(hour(3), 2 * MINUTE), series: own })],
          'demo',
          clock.now(),
        );
      });
      const [state] = await database.read(({ delivery }) => delivery.allSeries('filled'));
      expect(state).toMatchObject({ provider: 'demo', closedUntil: hour(3) });
      const id = state?.id as number;
      const query = {
        ...long,
        minutesFrom: hour(3),
        series: [id],
        before: { from: hour(1), to: hour(2) },
        now: { from: hour(2), to: plus(hour(3), 2 * MINUTE) },
      };
      expect(await stored(query)).toEqual({
        [`before false ${id} successful_delivery `]: { count: 5, retried: 0 },
        [`now false ${id} successful_delivery `]: { count: 37, retried: 3 },
      });
      const hours = await database.kysely.selectFrom('hour_count').select('count').where('series', '=', id).execute();
      expect(hours.map((row) => Number(row.count)).sort((a, b) => a - b)).toEqual([5, 6, 10, 30]);
    });

    test('of the day that a back-fill ends in go on in minutes, and the days before it are whole', async () => {
      const own = series({ workspace: 'days' });
      const day = (n: number) => plus(new Date('2026-11-20T00:00:00Z'), n * 24 * HOUR);
      const closed = plus(day(2), 12 * HOUR);
      const run = { series: own, step: 'successful_delivery', eventType: '', eventName: '', appVersion: '', reason: '' } as const;
      await database.transaction(async ({ delivery }) => {
        const counts = Array.from({ length: 60 }, () => 1);
        await delivery.backfill([{ ...run, from: day(0), counts, retried: counts }], 'demo', closed, clock.now());
        await delivery.addCounts([count({ minute: plus(closed, HOUR), series: own, count: 1_000 })], 'demo', clock.now());
      });
      const id = (await database.read(({ delivery }) => delivery.allSeries('days')))[0]?.id as number;
      const windows = { before: { from: day(0), to: plus(day(1), HOUR) }, now: { from: plus(day(1), HOUR), to: day(3) } };
      const sums = async () => {
        const cells = await stored({ ...long, minutesFrom: closed, series: [id], ...windows });
        return Object.values(cells).map((cell) => cell.count);
      };
      expect((await sums()).sort()).toEqual([1_035, 25]);
      await rollUp((i) => i % 2 === 0);
      expect((await sums()).sort()).toEqual([1_035, 25]);
      await rollUp(() => true);
      expect((await sums()).sort()).toEqual([1_035, 25]);
      const days = await database.kysely
        .selectFrom('day_step')
        .select(['day', 'count'])
        .where('series', '=', id)
        .orderBy('day')
        .execute();
      expect(days.map((row) => Number(row.count))).toEqual([24, 24, 1_012]);
    });

    test('a back-fill never opens again what is closed', async () => {
      const own = series({ workspace: 'closing' });
      const run = {
        series: own,
        step: 'successful_delivery',
        eventType: '',
        eventName: '',
        appVersion: '',
        reason: '',
        counts: [1],
        retried: [0],
      } as const;
      for (const [from, until] of [
        [hour(1), hour(2)],
        [hour(0), hour(1)],
      ] as const) {
        await database.transaction(({ delivery }) =>
          delivery.backfill([{ ...run, counts: [1], retried: [0], from }], 'demo', until, clock.now()),
        );
      }
      const [state] = await database.read(({ delivery }) => delivery.allSeries('closing'));
      expect(state?.closedUntil).toEqual(hour(2));
    });
  });
}
