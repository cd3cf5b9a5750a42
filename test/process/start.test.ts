import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { emptyFolder, madeFolder, type Running, runToEnd, startProcess } from '../support/process.ts';

/** Starts of the program, each of some seconds; of minutes beside other work. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function folder(make = madeFolder): string {
  const { path, remove } = make();
  cleanUps.push(remove);
  return path;
}

async function start(env: Record<string, string> & { DATA_DIR: string }): Promise<Running> {
  const running = await startProcess(env);
  cleanUps.push(() => running.kill());
  return running;
}

const minute = (): string => `${new Date().toISOString().slice(0, 16)}:00Z`;

/** The batch of the README. */
const batch = (time: string, id = 'readme-1') => ({
  batchId: id,
  counts: [
    { time, source: 'my-app', step: 'successfully_received', eventName: 'Signed Up', count: 120 },
    { time, source: 'my-app', destination: 'crm', step: 'successful_delivery', eventName: 'Signed Up', count: 111 },
    { time, source: 'my-app', destination: 'crm', step: 'failed_delivery', eventName: 'Signed Up', reason: '429', count: 9 },
  ],
});

async function send({ url, token }: Running, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/v1/delivery`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function read<T>({ url, token }: Running, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

interface PipelineJson {
  deliveryRate: number;
  steps: { step: string; count: number }[];
}

describe('the process', () => {
  test('an empty folder becomes a running demo with 14 days of history, told in two lines', async () => {
    const running = await start({ DATA_DIR: folder(emptyFolder) });
    expect(running.lines).toHaveLength(2);
    expect(running.lines[0]).toMatch(/^Pipewarden runs at http:\/\/127\.0\.0\.1:\d+ with a simulated web shop/);
    expect(running.lines[1]).toMatch(/type \/pipeline/);
    const { pipelines } = await read<{ pipelines: { source: string; receivedChange: number | null }[] }>(
      running,
      '/v1/pipelines?period=14d',
    );
    expect(pipelines).toHaveLength(15);
    expect(pipelines.every((row) => row.receivedChange !== null)).toBe(true);
    expect(await read(running, '/readyz')).toMatchObject({ status: 'ok', database: 'ok' });
  });

  describe('on a folder', () => {
    const sent = batch(minute());
    let env: { DATA_DIR: string; DEMO: string };
    let running: Running;
    beforeAll(async () => {
      const kept = madeFolder();
      env = { DATA_DIR: kept.path, DEMO: '0' };
      running = await startProcess(env);
      return async () => {
        await running.kill();
        kept.remove();
      };
    });

    test('refuses a second process with a sentence; the first goes on', async () => {
      const second = await runToEnd(env);
      expect(second.code).toBe(1);
      expect(second.output).toMatch(/in use by process \d+\. Stop that one first/);
      expect(await send(running, sent)).toEqual({ status: 202, body: { accepted: 3, duplicate: 0 } });
    });

    test('counts sent with the README’s batch are kept once, through a kill -9', async () => {
      expect(await send(running, sent)).toEqual({ status: 202, body: { accepted: 0, duplicate: 3 } });
      const before = await read<PipelineJson>(running, '/v1/pipelines/my-app/crm?period=1h');
      expect(before.deliveryRate).toBe(111 / 120);
      await running.kill();

      running = await startProcess(env);
      const after = await read<PipelineJson>(running, '/v1/pipelines/my-app/crm?period=1h');
      expect(after.steps.map(({ step, count }) => [step, count])).toEqual(before.steps.map(({ step, count }) => [step, count]));
      expect(await send(running, sent)).toEqual({ status: 202, body: { accepted: 0, duplicate: 3 } });
    });

    test('a stop gives it back', async () => {
      expect(await running.stop()).toBe(0);
      running = await startProcess(env);
    });
  });

  test('a wrong setting stops the start, naming every variable that is wrong and no secret', async () => {
    const { code, output } = await runToEnd({ DATA_DIR: folder(), PORT: 'high', API_TOKENS: 'ci:s3cret-token:fly' });
    expect(code).toBe(1);
    expect(output).toMatch(/PORT/);
    expect(output).toMatch(/API_TOKENS/);
    expect(output).not.toMatch(/s3cret/);
  });

  test('the console is not opened to a network without a token', async () => {
    const { code, output } = await runToEnd({ DATA_DIR: folder(), HOST: '0.0.0.0' });
    expect(code).toBe(1);
    expect(output).toMatch(/CONSOLE_TOKEN.*must be set when HOST is 0\.0\.0\.0/);
  });
});
