import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../../src/config/env.ts';
import { madeDatabase, postgresUrl } from '../support/databases.ts';
import { describeMessage } from '../support/discord/index.ts';
import { emptyFolder, type Running, runToEnd, startProcess } from '../support/process.ts';
import { until } from '../support/wait.ts';
import { discordOf } from './house.ts';

/** Starts of the program, each of some seconds; of minutes beside other work. */
vi.setConfig({ testTimeout: 240_000 });

const SECRET_KEY = Buffer.alloc(32, 7).toString('base64');

describe.skipIf(!(await postgresUrl()))('processes of their own', () => {
  test('a command is answered once; when the process that listens is killed, another one answers', async () => {
    const { url, drop } = await madeDatabase();
    onTestFinished(drop);
    const { fake } = await discordOf(Date.now);
    const start = async (): Promise<Running> => {
      const folder = emptyFolder();
      onTestFinished(folder.remove);
      const running = await startProcess({
        ...{ DATA_DIR: folder.path, DATABASE_URL: url, SECRET_KEY, LOG_LEVEL: 'silent' },
        ...{ DISCORD_TOKEN: fake.token, DISCORD_APPLICATION_ID: fake.applicationId, DISCORD_API_URL: fake.apiUrl },
      });
      onTestFinished(() => running.kill());
      return running;
    };
    const answer = async () => describeMessage(await (await fake.user('dana').command('ops', '/warden help')).answer());
    const first = await start();
    await fake.connected();
    await start();
    const help = await answer();
    expect(help).toContain('/pipeline');
    expect(fake.identifies).toHaveLength(1);
    expect(fake.seenBy('dana', 'ops').filter(({ only }) => only !== undefined)).toHaveLength(1);

    const client = new pg.Client({ connectionString: url });
    onTestFinished(() => client.end());
    await client.connect();
    // Killed while it sends, it would keep the channel from others for the rest of a minute.
    const sending = async () => (await client.query("select from owed where kind = 'post'")).rowCount;
    await until('all is sent', async () => (await sending()) === 0);
    await first.kill();
    await until('its connection is gone', () => fake.sockets() === 0);
    // As if the rest of its twenty seconds had passed.
    await client.query('update turn set until = clock_timestamp()');
    await until('another one listens', () => fake.identifies.length === 2);
    await fake.connected();
    expect(await answer()).toBe(help);
    expect(fake.problems).toEqual([]);
  });
});

describe('a role', () => {
  test('other than all is refused with the embedded database, with a sentence', async () => {
    const folder = emptyFolder();
    onTestFinished(folder.remove);
    const { code, output } = await runToEnd({ DATA_DIR: folder.path, ROLE: 'worker' });
    expect(code).toBe(1);
    expect(output).toContain('ROLE: worker needs a DATABASE_URL, the same for every process');
    expect(() => readConfig({ ROLE: 'web' })).toThrow('ROLE: web needs a DATABASE_URL');
  });

  test('is all where nothing is said, and none but three', () => {
    expect(readConfig({}).role).toBe('all');
    expect(readConfig({ ROLE: 'worker', DATABASE_URL: 'postgres://h/d', SECRET_KEY }).role).toBe('worker');
    expect(() => readConfig({ ROLE: 'boss' })).toThrow('ROLE');
  });
});
