import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { emptyDatabase, madeDatabase, type NewDatabase, postgresUrl } from '../support/databases.ts';
import { emptyFolder, madeFolder, type Running, runToEnd, spawnMain, startProcess } from '../support/process.ts';

/** Several starts of the program. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const at = Math.floor(Date.now() / 3_600_000 - 1) * 3_600_000;
const [hour, until] = [new Date(at).toISOString(), new Date(at + 600_000).toISOString()];
const batch = {
  batchId: 'moved-1',
  counts: [
    { time: hour, source: 'web', step: 'successfully_received', eventName: 'Signed Up', count: 120 },
    { time: hour, source: 'web', destination: 'crm', step: 'successful_delivery', eventName: '"Gönner" 💥 \\', count: 111 },
    { time: hour, source: 'web', destination: 'crm', step: 'failed_delivery', reason: '429', count: 9, retried: 3 },
  ],
  gauges: [{ time: hour, source: 'web', destination: 'crm', metric: 'pending_retry', value: 7 }],
  resources: [{ kind: 'destination', id: 'crm', name: 'The CRM' }],
};

const ask = async ({ url, token }: Running, path: string, body?: unknown) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  const answer = (await response.json()) as Record<string, unknown>;
  return { ...answer, asOf: '', settledUntil: '' };
};
const look = (running: Running) => ask(running, `/v1/pipelines/web/crm?from=${hour}&to=${until}`);

const server = await postgresUrl();

describe.skipIf(!server)('moving a folder into PostgreSQL', () => {
  let source: string;
  let DATA_DIR: string;
  let target: string;
  let before: object;

  beforeAll(async () => {
    const folder = madeFolder();
    source = folder.path;
    const running = await startProcess({ DATA_DIR: source, DEMO: '0' });
    await ask(running, '/v1/delivery', batch);
    before = await look(running);
    const refused = await runToEnd({ DATA_DIR: source }, ['move', '--to', 'postgres://127.0.0.1:1/nobody']);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('Stop that one first') });
    await running.stop();
    return folder.remove;
  });

  beforeEach(() => {
    const folder = emptyFolder();
    cleanUps.push(folder.remove);
    DATA_DIR = folder.path;
    cpSync(source, DATA_DIR, { recursive: true });
  });

  const into = ({ url, drop }: NewDatabase) => {
    target = url;
    cleanUps.push(drop);
  };
  const move = () => runToEnd({ DATA_DIR }, ['move', '--to', target]);
  const ownKey = () => readFileSync(join(DATA_DIR, 'secret-key'), 'utf8').trim();
  const after = async () => {
    const running = await startProcess({ DATA_DIR, DATABASE_URL: target, SECRET_KEY: ownKey(), DEMO: '0' });
    cleanUps.push(() => running.kill());
    // The same batch is known there too.
    expect(await ask(running, '/v1/delivery', batch)).toMatchObject({ accepted: 0, duplicate: 5 });
    return look(running);
  };

  test('takes everything along, once; the folder stays as it was', async () => {
    into(await emptyDatabase(server));
    const told = expect.stringMatching(/Moved\. Start with DATABASE_URL .* SECRET_KEY set to what stands in .*secret-key/);
    expect(await move()).toMatchObject({ code: 0, output: told });
    expect(await after()).toEqual(before);
    expect(await move()).toMatchObject({ code: 1, output: expect.stringContaining('holds data already') });
    const again = await startProcess({ DATA_DIR, DEMO: '0' });
    cleanUps.push(() => again.kill());
    expect(await look(again)).toEqual(before);
  });

  test('killed on the way leaves nothing behind, and works when it is done again', async () => {
    into(await madeDatabase());
    // Activity is seen as it was at the beginning of a transaction: whoever looks is not who holds the lock.
    const [holder, watcher] = [new pg.Client(target), new pg.Client(target)];
    for (const client of [holder, watcher]) {
      await client.connect();
      cleanUps.push(() => client.end());
    }
    await holder.query('begin; lock table batch in share mode');
    const child = spawnMain({ DATA_DIR }, ['move', '--to', target]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await expect.poll(async () => (await watcher.query(waiting)).rowCount, { timeout: 60_000 }).toBe(1);
    child.kill('SIGKILL');
    await ended;
    await holder.query('rollback');
    expect((await watcher.query('select count(*)::int as n from series')).rows).toEqual([{ n: 0 }]);
    expect(await move()).toMatchObject({ code: 0 });
    expect(await after()).toEqual(before);
  });
});
