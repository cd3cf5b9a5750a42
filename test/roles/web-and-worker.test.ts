import { expect, test } from 'vitest';
import { describeMessage } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { DANA, isOk, OPS, onSharedEngines, process, readyz, slackOf } from './house.ts';

const status = async (url: string, init?: RequestInit): Promise<number> => (await fetch(url, init)).status;

onSharedEngines((open) => {
  test('what is asked of a web process waits for a worker, which posts the answer', async () => {
    const settings = await open();
    const { fake, slack } = await slackOf();
    const web = await process({ ...settings, slack, role: 'web' });
    fake.requestUrl = `${web.app.url}/slack/events`;
    await isOk(web, 'slack');
    expect((await readyz(web)).jobs).toBe('degraded: nobody works off what is owed: start a process with ROLE=worker');
    const answers = () => fake.seenBy(DANA, OPS).filter((message) => /\/pipeline/.test(describeMessage(message)));
    await fake.user(DANA).command(OPS, '/warden help');
    await until('the answer is owed', async () => /pipewarden_owed_rows\{kind="post"\} 1/.test(await metrics(web.app.url)));
    await web.app.runDue();
    expect(answers()).toEqual([]);

    const worker = await process({ ...settings, slack, role: 'worker' });
    await until('it is answered', () => answers().length === 1);
    await isOk(worker, 'status');
    await isOk(web, 'status');

    // From now on at once, woken by the web process.
    await fake.user(DANA).command(OPS, '/warden help');
    await until('it is answered', () => answers().length === 2);
    expect(fake.problems).toEqual([]);
  });

  test('a worker shows its health and its numbers, and lets nothing else in', async () => {
    const { slack } = await slackOf();
    const { app } = await process({ ...(await open()), slack, role: 'worker' });
    for (const path of ['/healthz', '/readyz', '/metrics']) expect(await status(app.url + path), path).toBe(200);
    for (const path of ['/', '/c/general', '/v1/pipelines', '/v1/audit']) expect(await status(app.url + path), path).toBe(404);
    for (const path of ['/slack/events', '/v1/delivery', '/v1/audit'])
      expect(await status(app.url + path, { method: 'POST', body: '{}' }), path).toBe(404);
  });
});

const metrics = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();
