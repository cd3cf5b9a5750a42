import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createNotices, type Notices } from '../../src/storage/notices.ts';
import { silent } from '../support/app.ts';
import { madeDatabase, postgresUrl } from '../support/databases.ts';
import { until } from '../support/wait.ts';

describe.skipIf(!(await postgresUrl()))('processes on one PostgreSQL', () => {
  async function made() {
    const { url, drop } = await madeDatabase();
    const pool = new pg.Pool({ connectionString: url });
    // After whatever uses it: what is registered last is done first.
    onTestFinished(async () => {
      await pool.end();
      await drop();
    });
    const process = (): Notices => {
      const notices = createNotices(pool, () => new pg.Client({ connectionString: url, application_name: 'listens' }), silent);
      onTestFinished(() => notices.close());
      return notices;
    };
    return { pool, process };
  }

  test('hear what others tell, of what they listen to, and not what they tell themselves', async () => {
    const { process } = await made();
    const [one, two, deaf] = [process(), process(), process()];
    const heard: string[] = [];
    let listening = 0;
    const ready = () => {
      listening += 1;
    };
    one.on('console', (text) => heard.push(`one: ${text}`), ready);
    two.on('console', (text) => heard.push(`two: ${text}`), ready);
    await until('both listen', () => listening === 2);
    one.tell('other', 'nobody');
    one.tell('console', '1');
    deaf.tell('console', '2');
    await until('all is heard', () => heard.length === 3);
    expect(heard.sort()).toEqual(['one: 2', 'two: 1', 'two: 2']);
  });

  test('what somebody else says on the same channel is passed over', async () => {
    const { pool, process } = await made();
    const [one, two] = [process(), process()];
    const heard: string[] = [];
    let listens = false;
    one.on(
      'console',
      (text) => heard.push(text),
      () => {
        listens = true;
      },
    );
    await until('it listens', () => listens);
    for (const payload of ['', 'hello', 'null', '["console"]', '["x","console",{"id":1}]']) {
      await pool.query("select pg_notify('pipewarden', $1)", [payload]);
    }
    two.tell('console', '7');
    await until('it hears', () => heard.length > 0);
    expect(heard).toEqual(['7']);
  });

  test('a connection that is cut is made again, and it is said that something may be missed', async () => {
    const { pool, process } = await made();
    const [one, two] = [process(), process()];
    const heard: string[] = [];
    let missed = 0;
    one.on(
      'console',
      (text) => heard.push(text),
      () => void missed++,
    );
    await until('it listens', () => missed === 1);
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listens' and datname = current_database()",
    );
    await until('it listens again', () => missed === 2);
    two.tell('console', '7');
    await until('it hears', () => heard.length === 1);
  });
});
