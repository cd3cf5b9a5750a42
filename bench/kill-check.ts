import { sql } from 'kysely';
import { steps } from '../src/core/delivery/steps.ts';
import type { OpenDatabase } from '../src/storage/database.ts';
import { destinations, type SentBatch, type SentCount, sources, span, sumsOf } from './kill-batches.ts';

/** Throws when what is stored is not exactly what was accepted, or a roll-up is not the sum of its minutes. */
export async function checkRows(database: OpenDatabase, batches: readonly SentBatch[]): Promise<void> {
  const db = database.kysely;
  const { rows } = await sql<{ key: [string, string, string, number, string, string]; count: string }>`
    select jsonb_build_array(to_char(m.minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"'), s.source, s.destination, m.step,
      f.event_name, f.reason) as key, sum(m.count)::text as count
    from minute_count m join series s on s.id = m.series join facet f on f.id = m.facet group by 1`.execute(db);
  const stored = new Map(rows.map(({ key, count }) => [JSON.stringify(key.with(3, steps[key[3]] as string)), Number(count)]));
  same('minute rows', stored, sumsOf(batches.flatMap((batch) => batch.counts)));

  for (const table of ['batch', 'sync'] as const) {
    const { n } = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    if (Number(n) !== batches.length) throw new Error(`${n} rows in ${table}, ${batches.length} batches were accepted`);
  }
  for (const part of ['count', 'step']) {
    await sameSums(database, `minute_${part}`, 'minute', `hour_${part}`, 'hour');
    await sameSums(database, `hour_${part}`, 'hour', `day_${part}`, 'day');
  }
  await sameSums(database, 'minute_count', 'minute', 'minute_step', 'minute');
  const owed = await db.selectFrom('owed').select('key').where('kind', 'in', ['roll_up', 'roll_up_day']).execute();
  if (owed.length > 0) throw new Error(`${owed.length} roll-ups are still owed`);
}

/** What the finer table sums to, by step and reason, is what the coarser one holds; neither has a row the other lacks. */
async function sameSums(database: OpenDatabase, fine: string, fineTime: string, coarse: string, time: string): Promise<void> {
  const sums = (table: string, at: string) => sql`
    select t.series, date_trunc(${sql.lit(time)}, t.${sql.ref(at)}, 'UTC') as at, t.step, f.reason, sum(t.count) as count, sum(t.retried) as retried
    from ${sql.table(table)} t join facet f on f.id = t.facet group by 1, 2, 3, 4`;
  const [a, b] = [sums(fine, fineTime), sums(coarse, time)];
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ((${a} except ${b}) union all (${b} except ${a})) as different`.execute(database.kysely);
  if (rows[0]?.n !== 0) throw new Error(`${rows[0]?.n} sums of ${coarse} are not those of ${fine}`);
}

export type Get = <T>(path: string) => Promise<T>;

/** Throws when the JSON API answers anything else than the sums of what was accepted. */
export async function checkApi(get: Get, batches: readonly SentBatch[], now: Date): Promise<void> {
  const { from, to } = span(now);
  const counts = batches.flatMap((batch) => batch.counts);
  for (const source of sources) {
    for (const destination of destinations) {
      const path = `/v1/pipelines/${source}/${destination}?from=${from.toISOString()}&to=${to.toISOString()}`;
      const answer = await get<{ steps: { step: string; count: number }[] }>(path);
      const answered = answer.steps.filter(({ count }) => count > 0).map(({ step, count }): [string, number] => [step, count]);
      const expected = counts.filter((c) => c.source === source && (c.destination ?? destination) === destination);
      same(path, new Map(answered), byStep(expected));
    }
  }
}

function byStep(counts: readonly SentCount[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { step, count } of counts) sums.set(step, (sums.get(step) ?? 0) + count);
  return sums;
}

function same(what: string, found: Map<string, number>, expected: Map<string, number>): void {
  const keys = new Set([...found.keys(), ...expected.keys()]);
  const wrong = [...keys].filter((key) => found.get(key) !== expected.get(key));
  if (wrong.length === 0) return;
  const few = wrong.slice(0, 5).map((key) => `${key}: ${found.get(key)} instead of ${expected.get(key)}`);
  throw new Error(`${what}: ${wrong.length} of ${keys.size} sums are wrong, e.g. ${few.join('; ')}`);
}
