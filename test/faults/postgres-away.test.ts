import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '../../bench/databases.ts';
import { postgresUrl } from '../support/backends.ts';
import { type FaultProxy, faultProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { batch, type FaultyApp, KNOWN, startOn, unavailable, WHOLE } from './app.ts';

const server = await postgresUrl();
const away = unavailable(/does not answer.*can be reached.*try again/);
const busy = unavailable(/No connection to the database became free.*Try again/);

describe.skipIf(!server)('PostgreSQL is out of reach', () => {
  let database: OwnDatabase;
  let proxy: FaultProxy;
  let app: FaultyApp;

  beforeAll(async () => {
    database = await ownDatabase(server as string);
    proxy = await faultProxy(database.url);
    app = await startOn(`${proxy.url}?connect_timeout=1&query_timeout=5000`);
    expect(await app.push(batch('kept'))).toEqual({ status: 202, body: WHOLE });
  });
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await app?.close();
    await proxy?.close();
    await database?.drop();
  });

  const ready = () => until('the database is ready', async () => (await app.get('/readyz')).body.database === 'ok');
  const notReady = async (words: RegExp) => {
    const { status, body } = await app.get('/readyz');
    expect({ status, body }).toMatchObject({ status: 503, body: { status: 'not ready' } });
    expect(body.database).toMatch(words);
    expect((await app.get('/healthz')).status).toBe(200);
  };
  const hours = async () =>
    (await database.query<{ n: number }>('select coalesce(sum(count), 0)::int as n from hour_step'))[0]?.n;
  const cards = async () => (await app.get('/c/general/messages?count=50')).body.html.split('<article').length;

  test('down: whoever asks hears what to do, and it recovers without a restart, with what was owed', async () => {
    await proxy.refuse();
    expect(await app.push(batch('late'))).toEqual(away);
    expect(await app.get('/v1/pipelines')).toEqual(away);
    expect(await app.get('/v1/pipelines/web/crm?period=14d')).toEqual(away);
    expect(await app.get('/c/general/messages?count=5')).toEqual(away);
    await notReady(/^failed: .*does not answer/);
    // Owed work that falls due meanwhile is tried, and stays owed.
    app.advance(5_000);
    await app.app.runDue();
    expect(await hours()).toBe(0);

    await proxy.heal();
    expect(await app.push(batch('late'))).toEqual({ status: 202, body: WHOLE });
    expect(await app.push(batch('kept'))).toEqual({ status: 202, body: KNOWN });
    await until('all is ready', async () => (await app.get('/readyz')).status === 200);
    app.advance(5 * 60_000);
    await app.app.runDue();
    expect(await hours()).toBe(40);
  });

  test('down in the middle of owed work: what was claimed is claimed again when its lease ends', async () => {
    expect(await app.push(batch('claimed'))).toEqual({ status: 202, body: WHOLE });
    app.advance(60_000);
    const cut = proxy.cutAt(['update owed set lease_until', 'insert into "hour_count"'], 'before').then(() => proxy.refuse());
    await Promise.all([app.app.runDue(), cut]);
    expect(await database.query("select kind from owed where kind = 'roll_up' and lease_until is not null")).toHaveLength(2);
    await proxy.heal();
    app.advance(5 * 60_000);
    await app.app.runDue();
    expect(await hours()).toBe(60);
    expect(await database.query("select kind from owed where kind = 'roll_up'")).toEqual([]);
  });

  test('down while somebody types: the console says so, and the next command is answered', async () => {
    const before = await cards();
    await proxy.refuse();
    const { status, body } = await app.say('/pipeline web crm');
    expect({ status, note: body.note }).toEqual({ status: 200, note: expect.stringMatching(/does not answer.*try again/) });
    await proxy.heal();
    expect((await app.say('/pipeline web crm')).body.note).toBeUndefined();
    // The typed line and, through the queue, its card.
    await until('the card is shown', async () => (await cards()) >= before + 2);
  });

  test('dropping packets: nobody waits for ever, and connections that hang are not used again', async () => {
    expect((await app.get('/v1/pipelines')).status).toBe(200);
    proxy.swallow();
    const answers = await Promise.all([app.push(batch('swallowed')), app.get('/v1/pipelines'), app.get('/readyz')]);
    expect(answers[0]).toEqual(away);
    expect(answers[1]).toEqual(away);
    expect(answers[2]?.status).toBe(503);
    await proxy.heal();
    expect(await app.push(batch('swallowed'))).toEqual({ status: 202, body: WHOLE });
    await ready();
  });

  test('its connections all in use: others are told to come again, within the time they wait for one', async () => {
    // Patient, so that on a slow machine too all ten wait for the lock at once.
    const own = await startOn(`${database.url}?connect_timeout=4&query_timeout=60000`);
    onTestFinished(() => own.close());
    const holder = new pg.Client({ connectionString: database.url });
    onTestFinished(() => holder.end());
    await holder.connect();
    await holder.query('begin; lock table series in access exclusive mode');
    // Ten wait for the lock, and with them all connections there are. Their statements are not stuck yet.
    const waiting = Array.from({ length: 10 }, () => own.get('/v1/pipelines'));
    await until('ten wait for the lock', async () => {
      const [row] = await database.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return row?.n === 10;
    });
    const others = [own.get('/v1/pipelines'), own.push(batch('busy'))];
    const [first] = await Promise.all(others);
    expect(first).toEqual(busy);
    expect(await others[1]).toEqual(busy);
    await holder.query('rollback');
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
    expect(await own.push(batch('busy'))).toEqual({ status: 202, body: WHOLE });
    await ready();
  });

  test('and none of it was an error of ours', () => {
    expect(app.log.lines.filter(({ message }) => message === 'request failed')).toEqual([]);
  });

  test('at the start: it ends with a sentence', async () => {
    await proxy.refuse();
    await expect(startOn(proxy.url)).rejects.toThrow(/PostgreSQL at DATABASE_URL does not answer.*Check the address/);
  });
});
