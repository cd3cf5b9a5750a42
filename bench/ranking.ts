import { sql } from 'kysely';
import { DAY, floorTo, HOUR, plus } from '../src/core/delivery/time.ts';
import { rankedPipelines } from '../src/flows/delivery/ranking.ts';
import { type OpenDatabase, openEmbedded } from '../src/storage/database.ts';
import { inFolder, onPostgres } from './databases.ts';
import { pipelines, type Shape, writeHistory } from './history.ts';
import { benchNow, openBench, reader, standing } from './overview.ts';
import { median, quantile, type Row, round, timed } from './row.ts';

const CALLS = 200;
/** Each step of each pipeline has events in every minute; discards for one reason, or for three. */
const shape = (reasons: number): Shape => ({ names: 1, kinds: reasons, hoursOfFive: 5 });

/** All pipelines ranked, 200 of them, 24 h in whole minutes: p99 < 100 ms on PostgreSQL. */
export async function rankingRows(): Promise<Row[]> {
  const info = 'for information';
  return [
    ...(await onPostgres('ranking', async (url) => [
      await rankedOn('PostgreSQL', 'p99 < 100 ms', await openBench(url), shape(1)),
    ])),
    ...(await onPostgres('ranking', async (url) => [await rankedOn('3 reasons a step', info, await openBench(url), shape(3))])),
    ...(await inFolder(async (folder) => [await rankedOn('PGlite', info, await openEmbedded(folder, standing), shape(1))])),
  ];
}

async function rankedOn(what: string, goal: string, database: OpenDatabase, filled: Shape): Promise<Row> {
  try {
    await writeHistory(database, benchNow, filled);
    const rank = () => rankedPipelines({ database, clock: standing }, reader, { period: { name: '24h' } });
    const { rows } = await rank();
    if (rows.length !== pipelines.length) throw new Error(`${rows.length} pipelines were ranked`);
    await timed(20, rank);
    const times = await timed(CALLS, rank);
    const plain = await timed(CALLS, () => plainSum(database));
    return {
      name: `ranking, 24 h, ${what}`,
      value: `${round(median(times))} ms, p99 ${round(quantile(times, 0.99))} ms`,
      goal,
      baseline: `one plain sum over 48 whole hours ${round(median(plain))} ms`,
      ratio: round(median(times) / median(plain), 2),
      detail: { medianMs: round(median(times)), p99Ms: round(quantile(times, 0.99)), plainMs: round(median(plain)) },
    };
  } finally {
    await database.close();
  }
}

/** What the answer cannot do without: every sum of the hours in the two windows. */
const plainSum = ({ kysely }: OpenDatabase) => {
  const to = floorTo(HOUR, benchNow);
  return sql`
    select series, step, facet, hour >= ${plus(to, -DAY)} as now, sum(count)::float8 as count from hour_step
    where series = any(array(select id from series)) and hour >= ${plus(to, -2 * DAY)} and hour < ${to} group by 1, 2, 3, 4`.execute(
    kysely,
  );
};
