import { type Kysely, sql } from 'kysely';
import type { Pipeline } from '../src/core/delivery/series.ts';
import { type Step, stepFacts, variantSteps } from '../src/core/delivery/steps.ts';
import { DAY, floorTo, HOUR, MINUTE, plus } from '../src/core/delivery/time.ts';
import type { OpenDatabase } from '../src/storage/database.ts';
import { Partitions } from '../src/storage/partitions.ts';
import type { Tables } from '../src/storage/tables.ts';

/** Long enough for 14 days and the 14 before them, in whole days. */
const DAYS = 30;
export const PIPELINES = 200;

export const pipelines: Pipeline[] = Array.from({ length: PIPELINES }, (_, i) => ({
  workspace: 'main',
  source: `source-${i}`,
  destination: `destination-${i}`,
}));

export interface Shape {
  names: number;
  /** Of each name: versions of what arrives, reasons of what is discarded. */
  kinds: number;
  /** Of five hours, in how many anything happens. */
  hoursOfFive: number;
}

/**
 * Fills hours and days as the roll-ups would have, in the order in which they would have, and the minutes of those hours that a
 * period of whole minutes ends in. One minute is written through the store; the others repeat it. Returns rows in `hour_count`.
 */
export async function writeHistory(database: OpenDatabase, now: Date, { names, kinds, hoursOfFive }: Shape): Promise<number> {
  const minute = floorTo(MINUTE, now);
  for (const pipeline of pipelines) {
    const counts = countsOf(pipeline, minute, names, kinds);
    await database.transaction(({ delivery }) => delivery.addCounts(counts, 'push', now));
  }
  const db = database.kysely;
  const [from, to] = [plus(floorTo(DAY, now), -DAYS * DAY), floorTo(HOUR, now)];
  await makeRoom(db, from, to);
  const busy = sql`extract(hour from at at time zone 'UTC')::int % 5 < ${hoursOfFive}`;
  for (const part of ['count', 'step']) {
    const seed = sql`${sql.table(`minute_${part}`)} m where m.minute = ${minute}`;
    await sql`
      insert into ${sql.table(`hour_${part}`)} select m.series, at, m.step, m.facet, m.count * 60, m.retried
      from generate_series(${from}::timestamptz, ${plus(to, -HOUR)}::timestamptz, interval '1 hour') at, ${seed} and ${busy}`.execute(
      db,
    );
    await sql`
      insert into ${sql.table(`day_${part}`)} select m.series, at, m.step, m.facet, m.count * 288 * ${hoursOfFive}::int, m.retried
      from generate_series(${from}::timestamptz, ${plus(floorTo(DAY, now), -DAY)}::timestamptz, interval '1 day') at, ${seed}`.execute(
      db,
    );
  }
  for (const hour of [plus(to, -2 * DAY), plus(to, -DAY), to]) {
    const last = Math.min(Number(plus(hour, HOUR)), Number(minute)) - MINUTE;
    await sql`
      insert into minute_step select m.series, at, m.step, m.facet, m.count, m.retried
      from generate_series(${hour}::timestamptz, ${new Date(last)}::timestamptz, interval '1 minute') at, minute_step m
      where m.minute = ${minute}`.execute(db);
  }
  await sql`analyze`.execute(db);
  const { rows } = await sql<{ n: number }>`select count(*)::float8 as n from hour_count`.execute(db);
  return rows[0]?.n ?? 0;
}

function countsOf(pipeline: Pipeline, minute: Date, names: number, kinds: number) {
  const kindsOf = Array.from({ length: names * kinds }, (_, i) => ({
    name: `Event Number ${i % names}`,
    kind: Math.floor(i / names),
  }));
  return variantSteps.classic.flatMap((step: Step, number) => {
    const { at, role } = stepFacts[step];
    const destination = at === 'source' ? '' : pipeline.destination;
    return kindsOf.map(({ name, kind }) => ({
      series: { ...pipeline, destination, mapping: '', audience: '' },
      minute,
      step,
      eventType: 'track',
      eventName: name,
      appVersion: role === 'discard' ? '' : `4.${kind}.0`,
      reason: role === 'discard' ? `reason_${kind}` : '',
      count: 10 * (number + 1) + kind,
      retried: 0,
    }));
  });
}

/** Hours without a write-ahead log, which reading does not notice: fifty million rows would write twice their size into it. */
async function makeRoom(db: Kysely<Tables>, from: Date, to: Date): Promise<void> {
  const partitions = new Partitions(db, new Set());
  const days = Array.from({ length: DAYS + 1 }, (_, day) => plus(from, day * DAY));
  await partitions.make('hour', days);
  await partitions.make('minute', [plus(to, -2 * DAY), plus(to, -DAY), to]);
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent in ('hour_count'::regclass, 'hour_step'::regclass)`.execute(db);
  for (const { name } of rows) await sql.raw(`alter table ${name} set unlogged`).execute(db);
}
