import { App, SocketModeReceiver } from '@slack/bolt';
import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { closing, own, quiet, socketApp, workspace } from './fixture.ts';

test('an app reconnects when Slack recycles its socket, and when the network cuts it', async () => {
  const fake = await workspace({ delivery: 'socket' });
  const installerOptions = { clientOptions: { slackApiUrl: fake.apiUrl } };
  // The wait before a new try is this long: the default of 5 s is long for a test.
  const receiver = new SocketModeReceiver({ appToken: fake.appToken, clientPingTimeout: 1500, installerOptions, ...quiet });
  const app = new App({ ...own(fake), receiver, clientOptions: { slackApiUrl: fake.apiUrl }, ...quiet });
  closing(() => app.stop());
  app.command('/x', async ({ ack }) => ack());
  await app.start();
  expect(await fake.user('U1').command('C1', '/x')).toMatchObject({ acked: true });

  await fake.recycleSockets();
  expect(await fake.user('U1').command('C1', '/x')).toMatchObject({ acked: false, error: 'no_socket' });
  await fake.connected();
  expect(await fake.user('U1').command('C1', '/x')).toMatchObject({ acked: true });

  fake.closeSockets();
  await until('the cut', () => fake.sockets() === 0);
  await fake.connected();
  fake.pingSockets();
  expect(await fake.user('U1').command('C1', '/x')).toMatchObject({ acked: true });
  expect(fake.requests('apps.connections.open').length).toBeGreaterThanOrEqual(3);
});

test('two apps share what comes; each address opens one socket', async () => {
  const fake = await workspace({ delivery: 'socket' });
  const heard: string[] = [];
  for (const name of ['one', 'two']) {
    await socketApp(fake, (app) => {
      app.command('/x', async ({ ack }) => {
        heard.push(name);
        await ack();
      });
    });
  }
  expect(fake.sockets()).toBe(2);
  for (let n = 0; n < 4; n++) await fake.user('U1').command('C1', '/x');
  expect(heard.sort()).toEqual(['one', 'one', 'two', 'two']);
});

test('no ack in time, and redelivery', async () => {
  const fake = await workspace({ delivery: 'socket', ackWithinMs: 500 });
  const tries: unknown[] = [];
  await socketApp(fake, (app) => {
    app.event('app_home_opened', async ({ context }) => {
      tries.push(context.retryNum);
    });
  });
  expect(await fake.user('U1').command('C1', '/nobody')).toMatchObject({ acked: false, error: 'timeout' });
  const delivery = await fake.user('U1').openHome();
  expect(delivery).toMatchObject({ acked: true, via: 'socket' });
  await fake.replay(delivery, { retry: { num: 1 } });
  await until('both', () => tries.length === 2);
  expect(tries).toEqual([0, 1]);
});
