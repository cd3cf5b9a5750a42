import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { inFolder } from './databases.ts';
import { type Row, round, timed } from './row.ts';
import { type Server, startServer } from './server.ts';

/** Milliseconds from the start of the program to the answer of the ranked list of pipelines; the stop is not counted. */
async function untilAnswered(dataDir: string): Promise<number> {
  let server: Server | undefined;
  const [took = 0] = await timed(1, async () => {
    server = await startServer({ DATA_DIR: dataDir });
    const response = await fetch(`${server.url}/v1/pipelines?period=14d`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const { pipelines } = (await response.json()) as { pipelines: unknown[] };
    if (pipelines.length === 0) throw new Error('the demo has no pipelines');
  });
  await server?.stop();
  return took;
}

/** Embedded start: empty folder → pipelines answer with 14 demo days in < 8 s, again in < 2 s. */
export const embeddedStartRows = (): Promise<Row[]> =>
  inFolder(async (folder) => {
    const first = await untilAnswered(join(folder, 'data'));
    const again = await untilAnswered(join(folder, 'data'));
    let pglite: PGlite | undefined;
    const [bare = 0] = await timed(1, async () => {
      pglite = await PGlite.create(join(folder, 'bare'));
    });
    await pglite?.close();
    return [
      {
        name: 'embedded start',
        value: `${round(first / 1000)} s empty, ${round(again / 1000)} s again`,
        goal: '< 8 s; < 2 s',
        baseline: `bare PGlite on an empty folder ${round(bare / 1000)} s`,
        ratio: round(first / bare, 2),
        detail: { firstMs: round(first), againMs: round(again), bareMs: round(bare) },
      },
    ];
  });
