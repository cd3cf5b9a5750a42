import pg from 'pg';
import type { PeriodName } from '../src/core/delivery/period.ts';
import type { Actor } from '../src/core/people/actor.ts';
import type { Clock } from '../src/core/ports/clock.ts';
import { pipelineOverview } from '../src/flows/delivery/overview.ts';
import type { DeliveryPorts } from '../src/flows/delivery/ports.ts';
import { pipelineStep } from '../src/flows/delivery/step.ts';
import { type OpenDatabase, openOn } from '../src/storage/database.ts';
import { freeBytes, onPostgres } from './databases.ts';
import { pipelines, type Shape, writeHistory } from './history.ts';
import { median, quantile, type Row, round } from './row.ts';

const CALLS = 200;
const FREE_NEEDED = 15e9;
/** The same pipelines, hours and days; a hundred times the detail. */
const thin: Shape = { names: 1, kinds: 1, hoursOfFive: 3 };
const thick: Shape = { names: 20, kinds: 3, hoursOfFive: 5 };

export const reader: Actor = { person: 'bench', account: 'api:bench', personKey: 'api:bench', roles: ['read'] };
/** In the middle of an hour of this day, so that every run reads the same kinds of stretches. */
export const benchNow = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000 + 14.5 * 3_600_000 + 20_000);
export const standing: Clock = { now: () => benchNow, after: () => () => {} };

/** Any pool: filling takes longer than the program lets a statement run. */
export const openBench = (url: string): Promise<OpenDatabase> =>
  openOn(new pg.Pool({ connectionString: url, max: 2 }) as never, standing);

/** A pipeline over 14 days, and its steps by name, with 50 million rows of detail and with half a million. */
export async function overviewRows(): Promise<Row[]> {
  return onPostgres('overview', async (thinUrl) => {
    const free = await freeBytes();
    if (free < FREE_NEEDED) {
      console.warn(`SKIPPED overview: ${round(free / 1e9, 0)} GB are free where PostgreSQL keeps its data, 15 GB are needed.`);
      return [];
    }
    return onPostgres('overview', (thickUrl) => measured(thinUrl, thickUrl));
  });
}

async function measured(thinUrl: string, thickUrl: string): Promise<Row[]> {
  const few = { database: await openBench(thinUrl), clock: standing };
  const many = { database: await openBench(thickUrl), clock: standing };
  try {
    const fewRows = await writeHistory(few.database, benchNow, thin);
    const start = performance.now();
    const manyRows = await writeHistory(many.database, benchNow, thick);
    const filledIn = (performance.now() - start) / 1000;
    const whole = (ports: DeliveryPorts, i: number) =>
      pipelineOverview(ports, reader, { ...pipelineAt(i), period: { name: '14d' } });
    const byName = (name: PeriodName) => (ports: DeliveryPorts, i: number) =>
      pipelineStep(ports, reader, { ...pipelineAt(i), period: { name }, step: 'failed_delivery', by: ['eventName'] });
    const size = { fewRows, manyRows, filledInSeconds: round(filledIn, 0) };
    return [
      await row('overview, 14 d', 'ratio ≤ 1.5; p99 < 50 ms', few, many, whole, size),
      await row('step by name, 7 d', 'for information', few, many, byName('7d'), size),
      await row('step by name, 14 d', 'for information', few, many, byName('14d'), size),
    ];
  } finally {
    await few.database.close();
    await many.database.close();
  }
}

// Neighbours in the table are not neighbours in time.
const pipelineAt = (i: number) => pipelines[(i * 37) % pipelines.length] as (typeof pipelines)[number];

/** Turn by turn, so that a slow moment of the machine meets both. */
async function row(
  name: string,
  goal: string,
  few: DeliveryPorts,
  many: DeliveryPorts,
  call: (ports: DeliveryPorts, i: number) => Promise<unknown>,
  size: Record<string, number>,
): Promise<Row> {
  const [small, large]: [number[], number[]] = [[], []];
  for (let i = -20; i < CALLS; i++) {
    for (const [ports, times] of [[few, small] as const, [many, large] as const]) {
      const start = performance.now();
      await call(ports, i + 20);
      if (i >= 0) times.push(performance.now() - start);
    }
  }
  return {
    name,
    value: `${round(median(large))} ms, p99 ${round(quantile(large, 0.99))} ms with ${round((size.manyRows ?? 0) / 1e6)} M rows`,
    goal,
    baseline: `${round(median(small))} ms, p99 ${round(quantile(small, 0.99))} ms with ${round((size.fewRows ?? 0) / 1e6)} M rows`,
    ratio: round(median(large) / median(small), 2),
    detail: {
      ...size,
      medianMs: round(median(large), 2),
      p99Ms: round(quantile(large, 0.99), 2),
      fewMedianMs: round(median(small), 2),
      fewP99Ms: round(quantile(small, 0.99), 2),
    },
  };
}
