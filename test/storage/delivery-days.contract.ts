import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Count } from '../../src/core/delivery/series.ts';
import type { Step } from '../../src/core/delivery/steps.ts';
import { DAY, floorTo, HOUR, MINUTE, plus, type Window } from '../../src/core/delivery/time.ts';
import type { BreakdownKey, BreakdownQuery, CellQuery, TimelineQuery } from '../../src/core/ports/stores.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { count, series } from '../support/samples.ts';
import { workOff } from './work-off.ts';

// Over the end of a month.
const start = new Date('2026-11-27T00:00:00Z');
const DAYS = 7;
const SPAN = (DAYS * DAY) / MINUTE;
const clock = fakeClock(plus(start, SPAN * MINUTE));

const destinations = ['amplitude', 'braze'];
const steps = ['failed_delivery', 'successful_delivery'] as const satisfies Step[];
const arbitraryCount = fc
  .record({
    // Crowded, so that some days, hours and minutes hold many keys and others none.
    minute: fc.tuple(fc.nat(DAYS - 1), fc.constantFrom(0, 1, 11, 23), fc.constantFrom(0, 1, 30, 59)),
    destination: fc.constantFrom(...destinations),
    step: fc.constantFrom(...steps),
    eventType: fc.constantFrom('track', 'identify', ''),
    eventName: fc.constantFrom('A', 'B', ''),
    appVersion: fc.constantFrom('1.0', ''),
    reason: fc.constantFrom('', '400', 'errors.discarded.400', '429'),
    count: fc.oneof(fc.nat(50), fc.constant(900_000_000_000)),
    retried: fc.nat(3),
  })
  .map(({ minute: [day, hour, minute], destination, ...rest }) =>
    count({ ...rest, minute: plus(start, day * DAY + hour * HOUR + minute * MINUTE), series: series({ destination }) }),
  );

const edge = fc.oneof(
  fc.nat(SPAN),
  fc.nat(DAYS).map((day) => day * 1_440),
  fc.nat(DAYS * 24).map((hour) => hour * 60),
  fc.nat(DAYS).map((day) => day * 1_440 + 1),
);
const window = fc
  .tuple(edge, edge)
  .map(([a, b]): Window => ({ from: plus(start, Math.min(a, b) * MINUTE), to: plus(start, Math.max(a, b) * MINUTE) }));

const keys: BreakdownKey[] = ['eventName', 'eventType', 'appVersion', 'reason'];
/** Each choice of keys but none. */
const everyChoice = Array.from({ length: 15 }, (_, i) => keys.filter((_key, bit) => ((i + 1) >> bit) & 1));

const question = fc.record({
  now: window,
  before: window,
  provisionalFrom: edge.map((minute) => plus(start, minute * MINUTE)),
  step: fc.constantFrom(...steps),
  by: fc.constantFrom(...everyChoice),
  reasons: fc.constantFrom<(string[] | undefined)[]>(
    undefined,
    ['400'],
    ['', '429'],
    ['400', 'errors.discarded.400'],
    ['none of these'],
  ),
  bucket: fc.constantFrom(MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, DAY),
  wanted: fc.subarray([0, 1], { minLength: 1 }),
});
type Question = typeof question extends fc.Arbitrary<infer Q> ? Q : never;

const parts = ['now', 'before'] as const;
const isIn = ({ from, to }: Window, at: Date): boolean => at >= from && at < to;

function sumBy(
  counts: readonly Count[],
  query: Pick<CellQuery, 'now' | 'before'>,
  keyOf: (c: Count, part: 'now' | 'before') => string,
) {
  const sums: Record<string, number> = {};
  for (const part of parts) {
    for (const c of counts) {
      if (c.count === 0 || !isIn(query[part], c.minute)) continue;
      const key = keyOf(c, part);
      sums[key] = (sums[key] ?? 0) + c.count;
    }
  }
  return sums;
}

/** What the store said, with sums of nothing left out: a row of zeros is no event. */
function said<T extends { count: number }>(rows: readonly T[], keyOf: (row: T) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) {
    expect(sums, 'one row a key').not.toHaveProperty([keyOf(row)]);
    if (row.count > 0) sums[keyOf(row)] = row.count;
  }
  return sums;
}

/** That windows of many days are exact, by whatever they are asked, whatever is rolled up and whatever is owed. */
export function deliveryDaysContract(backend: Backend): void {
  let database: OpenDatabase;
  let runs = 0;
  beforeAll(async () => {
    database = await backend.open(clock);
  });
  const minutesFrom = plus(start, -DAY);

  async function check(counts: readonly Count[], q: Question, ids: readonly number[], choices: BreakdownKey[][]): Promise<void> {
    const wanted = q.wanted.map((i) => ids[i] as number);
    const own = counts.filter((c) => q.wanted.includes(destinations.indexOf(c.series.destination)));
    const ofStep = own.filter((c) => c.step === q.step);
    const query: CellQuery = { series: wanted, now: q.now, before: q.before, provisionalFrom: q.provisionalFrom, minutesFrom };
    await database.read(async ({ delivery }) => {
      const cells = await delivery.cells(query);
      expect(said(cells, (c) => [c.part, c.provisional, c.series, c.step, c.reason].join(' '))).toEqual(
        sumBy(own, q, (c, part) =>
          [part, c.minute >= q.provisionalFrom, ids[destinations.indexOf(c.series.destination)], c.step, c.reason].join(' '),
        ),
      );

      for (const by of choices) {
        const asked: BreakdownQuery = { ...query, step: q.step, by, ...(q.reasons ? { reasons: q.reasons } : {}) };
        const rows = await delivery.breakdown(asked);
        for (const row of rows) expect(Object.keys(row.keys)).toEqual(by);
        expect(
          said(rows, (row) => JSON.stringify([row.part, ...by.map((key) => row.keys[key])])),
          by.join(),
        ).toEqual(
          sumBy(
            ofStep.filter((c) => q.reasons?.includes(c.reason) ?? true),
            q,
            (c, part) => JSON.stringify([part, ...by.map((key) => c[key])]),
          ),
        );
      }

      const origin = ({ from }: Window) => (q.bucket < HOUR ? from : floorTo(q.bucket, from));
      const asked: TimelineQuery = {
        ...query,
        step: q.step,
        bucket: q.bucket,
        origins: { now: origin(q.now), before: origin(q.before) },
      };
      const buckets = await delivery.timeline(asked);
      expect(said(buckets, (row) => `${row.part} ${row.bucket}`)).toEqual(
        sumBy(ofStep, q, (c, part) => `${part} ${Math.floor((Number(c.minute) - Number(origin(q[part]))) / q.bucket)}`),
      );
      for (const part of parts) {
        const sum = (rows: readonly { part: string; count: number }[]) =>
          rows.reduce((total, row) => (row.part === part ? total + row.count : total), 0);
        expect(sum(buckets), 'buckets add up to the window').toBe(sum(cells.filter((c) => c.step === q.step)));
      }
    });
  }

  test('cells, breakdowns and timelines equal the sum of the counts, day by day', { timeout: 120_000 }, async () => {
    const cases = fc.record({
      first: fc.array(arbitraryCount, { minLength: 60, maxLength: 200 }),
      late: fc.array(arbitraryCount, { minLength: 1, maxLength: 20 }),
      picks: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      questions: fc.array(question, { minLength: 5, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ first, late, picks, questions }) => {
        const workspace = `w${++runs}`;
        const own = (counts: Count[]) => counts.map((c) => ({ ...c, series: { ...c.series, workspace } }));
        const all: Count[] = [];
        const add = async (counts: Count[]) => {
          all.push(...counts);
          await database.transaction(({ delivery }) => delivery.addCounts(counts, 'push', clock.now()));
        };
        const states = await database.transaction(({ delivery }) =>
          delivery.seriesFor(
            destinations.map((destination) => series({ workspace, destination })),
            'push',
          ),
        );
        const ids = states.map((state) => state.id);
        const checkAll = async () => {
          for (const q of questions) await check(all, q, ids, [q.by]);
        };
        await add(own(first));
        await checkAll();
        await workOff(database, clock.now(), (i) => picks[i % picks.length] === true);
        await checkAll();
        await workOff(database, clock.now());
        await add(own(late));
        await checkAll();
        // The late ones' hours, some of them; and of their days only some.
        await workOff(database, clock.now(), (i) => picks[(i + 7) % picks.length] === true);
        await checkAll();
        await workOff(database, clock.now());
        expect(await database.read(({ owed }) => owed.nextDue())).toBeUndefined();
        for (const q of questions.slice(0, 1)) await check(all, q, ids, everyChoice);
        // Everything is rolled up: whole days are read as such, and hold what the minutes do.
        const days = await database.kysely.selectFrom('day_count').select('count').where('series', 'in', ids).execute();
        expect(days.reduce((sum, row) => sum + Number(row.count), 0)).toBe(all.reduce((sum, c) => sum + c.count, 0));
      }),
      { numRuns: backend.parallel ? 8 : 6 },
    );
  });

  describe('a back-fill over the end of a month into the middle of a day', () => {
    const from = new Date('2026-11-29T06:00:00Z');
    const closed = new Date('2026-12-01T12:00:00Z');
    const hours = (Number(closed) - Number(from)) / HOUR;
    const now = new Date('2026-12-01T15:30:00Z');
    const own = series({ workspace: 'filled' });
    const facets = { step: 'failed_delivery', eventType: 'track', appVersion: '' } as const;
    const day = (date: string) => new Date(`${date}T00:00:00Z`);
    let id: number;

    beforeAll(async () => {
      await database.transaction(async ({ delivery }) => {
        await delivery.backfill(
          [
            // 1 in the first hour, 2 in the second …
            {
              ...facets,
              series: own,
              eventName: 'A',
              reason: '400',
              from,
              counts: Array.from({ length: hours }, (_, i) => i + 1),
              retried: Array.from({ length: hours }, () => 1),
            },
            { ...facets, series: own, eventName: 'B', reason: '429', from: plus(closed, -HOUR), counts: [1_000], retried: [0] },
          ],
          'demo',
          closed,
          now,
        );
      });
      id = (await database.read(({ delivery }) => delivery.allSeries('filled')))[0]?.id as number;
    });

    const rowsOf = async (table: 'day_step' | 'day_count') => {
      const rows = await database.kysely.selectFrom(table).select(['day', 'count']).where('series', '=', id).execute();
      const sums: Record<string, number> = {};
      for (const row of rows) {
        const date = row.day.toISOString().slice(0, 10);
        sums[date] = (sums[date] ?? 0) + Number(row.count);
      }
      return sums;
    };
    const until = (n: number) => (n * (n + 1)) / 2;
    const first = until(18);
    const second = until(42) - first;
    const third = until(hours) - until(42) + 1_000;
    const windows = {
      before: { from: day('2026-11-29'), to: day('2026-12-01') },
      now: { from: day('2026-12-01'), to: day('2026-12-02') },
    };
    const query = (): CellQuery => ({ series: [id], ...windows, minutesFrom: closed, provisionalFrom: day('2026-12-02') });
    const sumOf = (rows: readonly { part: string; count: number }[]) =>
      parts.map((part) => rows.reduce((sum, row) => (row.part === part ? sum + row.count : sum), 0));
    const everySum = () =>
      database.read(async ({ delivery }) => {
        const step = 'failed_delivery';
        const origins = { now: windows.now.from, before: windows.before.from };
        return {
          cells: sumOf(await delivery.cells(query())),
          breakdown: sumOf(await delivery.breakdown({ ...query(), step, by: ['eventName'] })),
          hours: sumOf(await delivery.timeline({ ...query(), step, bucket: HOUR, origins })),
          days: sumOf(await delivery.timeline({ ...query(), step, bucket: DAY, origins })),
        };
      });
    const all = (now: number, before: number) => ({
      cells: [now, before],
      breakdown: [now, before],
      hours: [now, before],
      days: [now, before],
    });

    test('lies in the months it belongs to, and its days are right', async () => {
      for (const part of ['count', 'step'] as const) {
        for (const [month, sum] of [
          ['202611', first + second],
          ['202612', third],
        ] as const) {
          const { rows } = await sql<{ sum: string }>`
            select sum(count) from ${sql.table(`hour_${part}_${month}`)} where series = ${id}`.execute(database.kysely);
          expect(Number(rows[0]?.sum)).toBe(sum);
        }
        expect(await rowsOf(`day_${part}`)).toEqual({ '2026-11-29': first, '2026-11-30': second, '2026-12-01': third });
      }
      expect(await everySum()).toEqual(all(third, first + second));
    });

    test('owes the day it ends in; later minutes of that day join it, late ones too', async () => {
      const owed = await database.kysely.selectFrom('owed').select(['kind', 'key', 'due_at']).execute();
      expect(owed).toEqual([
        { kind: 'roll_up_day', key: `${Number(day('2026-12-01')) / 1000}/${id}`, due_at: new Date('2026-12-02T00:05:00Z') },
      ]);
      const add = (minute: string, n: number) =>
        database.transaction(({ delivery }) =>
          delivery.addCounts([count({ ...facets, minute, series: own, eventName: 'A', reason: '400', count: n })], 'demo', now),
        );
      await add('2026-12-01T12:00:00Z', 10_000);
      await add('2026-12-01T23:59:00Z', 20_000);
      expect(await everySum()).toEqual(all(third + 30_000, first + second));
      await workOff(database, now);
      expect(await rowsOf('day_step')).toMatchObject({ '2026-11-30': second, '2026-12-01': third + 30_000 });
      expect(await everySum()).toEqual(all(third + 30_000, first + second));
      await add('2026-12-01T12:01:00Z', 40_000);
      expect(await everySum()).toEqual(all(third + 70_000, first + second));
      await workOff(database, now);
      expect(await rowsOf('day_count')).toEqual({ '2026-11-29': first, '2026-11-30': second, '2026-12-01': third + 70_000 });
      expect(await everySum()).toEqual(all(third + 70_000, first + second));
    });
  });
}
