import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type Row, round, timed } from './row.ts';

/** Starts the compiled program on a folder; resolves when the ranked list of pipelines has answered. */
async function answers(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    env: { DATA_DIR: folder, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const found = /runs at (\S+)/.exec(out)?.[1];
      if (found) resolve(found);
    });
  });
  const token = readFileSync(join(folder, 'api-token'), 'utf8').trim();
  const response = await fetch(`${url}/v1/pipelines?period=14d`, { headers: { authorization: `Bearer ${token}` } });
  const { pipelines } = (await response.json()) as { pipelines: unknown[] };
  if (pipelines.length === 0) throw new Error('the demo has no pipelines');
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

/** Embedded start: empty folder → pipelines answer with 14 demo days in < 8 s, again in < 2 s. */
export async function embeddedStartRow(): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'pipewarden-bench-'));
  try {
    const [first = 0] = await timed(1, async () => stop(await answers(join(folder, 'data'))));
    const [again = 0] = await timed(1, async () => stop(await answers(join(folder, 'data'))));
    const [bare = 0] = await timed(1, async () => (await PGlite.create(join(folder, 'bare'))).close());
    return {
      name: 'embedded start',
      value: `${round(first / 1000)} s empty, ${round(again / 1000)} s again`,
      goal: '< 8 s; < 2 s',
      baseline: `bare PGlite on an empty folder ${round(bare / 1000)} s`,
      ratio: round(first / bare, 2),
      detail: { firstMs: round(first), againMs: round(again), bareMs: round(bare) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
