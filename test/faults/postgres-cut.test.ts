import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '../../bench/databases.ts';
import { postgresUrl } from '../support/backends.ts';
import { type FaultProxy, faultProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { batch, type FaultyApp, KNOWN, startOn, unavailable, WHOLE } from './app.ts';

const server = await postgresUrl();

describe.skipIf(!server)('PostgreSQL cuts connections', () => {
  let database: OwnDatabase;
  let proxy: FaultProxy;
  let app: FaultyApp;

  beforeAll(async () => {
    database = await ownDatabase(server as string);
    proxy = await faultProxy(database.url);
    app = await startOn(proxy.url);
  });
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await app?.close();
    await proxy?.close();
    await database?.drop();
  });

  /** What is stored of a batch; and how far all counts are from the sum of all batches, each of which counts 20. */
  const stored = async (id: string) => {
    const [row] = await database.query(
      `select (select count(*)::int from batch where id = $1) as claims, (select count(*)::int from gauge where metric = $1) as gauges,
        (select coalesce(sum(count), 0) from minute_count)::int - (select 20 * count(*) from batch)::int as counts_too_many,
        (select coalesce(sum(count), 0) from minute_step)::int - (select 20 * count(*) from batch)::int as steps_too_many`,
      [id],
    );
    return row;
  };
  const whole = (id: string) =>
    expect(stored(id)).resolves.toEqual({ claims: 1, gauges: 1, counts_too_many: 0, steps_too_many: 0 });
  const nothing = (id: string) =>
    expect(stored(id)).resolves.toEqual({ claims: 0, gauges: 0, counts_too_many: 0, steps_too_many: 0 });
  const pushed = async (id: string) => {
    expect(await app.push(batch(id))).toEqual({ status: 202, body: WHOLE });
  };

  test('before the commit arrives: the sender hears of it, nothing is stored, and the same batch sent again is', async () => {
    await pushed('first');
    const cut = proxy.cutAt(['insert into "batch"', 'commit'], 'before');
    expect(await app.push(batch('undone'))).toEqual(unavailable(/does not answer.*try again.*stored once/));
    await cut;
    await nothing('undone');
    await pushed('undone');
    await whole('undone');
  });

  test('after the commit, before its answer: the sender hears of it, and sent again the batch is a duplicate', async () => {
    await pushed('second');
    const cut = proxy.cutAt(['insert into "batch"', 'commit'], 'after');
    expect(await app.push(batch('done'))).toEqual(unavailable(/does not answer.*try again.*stored once/));
    await cut;
    await whole('done');
    expect(await app.push(batch('done'))).toEqual({ status: 202, body: KNOWN });
    await whole('done');
  });

  test('in the middle of a transaction: it runs again by itself, and is stored once', async () => {
    const cut = proxy.cutAt(['insert into "batch"', 'insert into gauge'], 'before');
    await pushed('repeated');
    await cut;
    await whole('repeated');
  });

  test('of many senders at the commit: each hears whether its batch is stored, or may send it again', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `crowd-${i}`);
    const cut = proxy.cutAt(['insert into "batch"', 'commit'], 'after');
    const answers = await Promise.all(ids.map((id) => app.push(batch(id))));
    await cut;
    expect(answers.map(({ status }) => status).filter((status) => status !== 202 && status !== 503)).toEqual([]);
    expect(answers.some(({ status }) => status === 503)).toBe(true);
    for (const [i, id] of ids.entries()) {
      const again = await app.push(batch(id));
      if (answers[i]?.status === 202) expect(again).toEqual({ status: 202, body: KNOWN });
      expect(again.status).toBe(202);
      await whole(id);
    }
  });

  test('all at once, idle ones and the queue’s: the next request works by itself', async () => {
    await Promise.all(Array.from({ length: 8 }, () => app.get('/v1/pipelines')));
    proxy.cut();
    await pushed('next');
    expect((await app.get('/v1/pipelines/web/crm')).status).toBe(200);
    await until('all parts are ready', async () => (await app.get('/readyz')).status === 200);
  });

  test('by its administrator, while requests are under way: each is answered, and what was answered is stored', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `admin-${i}`);
    const answers = Promise.all(ids.map((id) => app.push(batch(id))));
    await database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    for (const [i, { status }] of (await answers).entries()) {
      if (status !== 202) expect(await app.push(batch(ids[i] as string))).toMatchObject({ status: 202 });
    }
    for (const id of ids) await whole(id);
  });

  test('and a slow network only takes longer', async () => {
    proxy.delay(20);
    await Promise.all(Array.from({ length: 5 }, (_, i) => pushed(`slow-${i}`)));
    await whole('slow-4');
  });

  test('and none of it was an error of ours', () => {
    expect(app.log.lines.filter(({ message }) => message === 'request failed')).toEqual([]);
  });
});
