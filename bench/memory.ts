import { setTimeout as wait } from 'node:timers/promises';
import { inFolder, onPostgres } from './databases.ts';
import { type Row, round } from './row.ts';
import { startServer } from './server.ts';

const IDLE = 60_000;

/** Idle for a minute on the second start, demo and all: embedded < 500 MB, on PostgreSQL < 200 MB. */
export async function memoryRows(): Promise<Row[]> {
  return [
    ...(await inFolder(async (folder) => [await idleRow('embedded', '< 500 MB', { DATA_DIR: folder })])),
    ...(await onPostgres('memory on PostgreSQL', async (url) => [
      await idleRow('PostgreSQL', '< 200 MB', { DATABASE_URL: url }),
    ])),
  ];
}

async function idleRow(engine: string, goal: string, env: Record<string, string>): Promise<Row> {
  const first = await startServer(env);
  await first.stop();
  const second = await startServer(env);
  const atStart = second.residentMb();
  await wait(IDLE);
  const idle = second.residentMb();
  await second.stop();
  return {
    name: `idle memory, ${engine}`,
    value: `${round(idle, 0)} MB after a minute`,
    goal,
    baseline: `right after its start ${round(atStart, 0)} MB`,
    ratio: round(idle / atStart, 2),
    detail: { idleMb: round(idle), startMb: round(atStart) },
  };
}
