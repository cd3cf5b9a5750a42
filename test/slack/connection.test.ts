import { describe, expect, test } from 'vitest';
import { alarm } from '../console/samples.ts';
import { until } from '../support/wait.ts';
import { desk } from './desk.ts';

describe('what is signed', () => {
  const signed = async (secrets?: readonly string[]) => {
    const at = await desk({ ...(secrets ? { secrets } : {}) });
    const delivery = await at.fake.user('U1').command('C1', '/pipeline');
    return { at, delivery };
  };

  test.each([
    ['with another secret', { secret: 'another' }],
    ['too long ago', { shift: -301 }],
    ['by a clock ahead of ours', { shift: 301 }],
    ['not at all', { unsigned: true }],
    ['for another body', { tamper: (raw: string) => raw.replace('pipeline', 'warden') }],
  ])('%s is not heard', async (_, forgery) => {
    const { at, delivery } = await signed();
    expect(await at.fake.replay(delivery, forgery)).toMatchObject({ status: 401, acked: false });
    expect(at.listener.commands).toHaveLength(1);
  });

  test('within five minutes is heard, the same bytes once', async () => {
    const { at, delivery } = await signed();
    expect((await at.fake.replay(delivery, { shift: -299 })).status).toBe(200);
    expect((await at.fake.replay(delivery, { shift: 299 })).status).toBe(200);
    expect((await at.fake.replay(delivery)).status).toBe(200);
    await until('they are heard', () => at.listener.commands.length >= 3);
    expect(at.listener.commands).toHaveLength(3);
  });

  test('with either secret is heard while they are changed', async () => {
    const { at, delivery } = await signed(['new-secret', 'fake-signing-secret']);
    expect((await at.fake.replay(delivery, { secret: 'new-secret' })).status).toBe(200);
    await until('both are heard', () => at.listener.commands.length === 2);
  });

  test('as a challenge is answered', async () => {
    const at = await desk();
    expect((await at.fake.verifyUrl()).acked).toBe(true);
    expect(at.fake.problems).toEqual([]);
  });

  test('but cannot be read is refused', async () => {
    const { at, delivery } = await signed();
    const headers = { ...delivery.headers, 'content-type': 'application/json' };
    expect((await at.fake.replay({ ...delivery, headers, raw: '{' }, { fresh: true })).status).toBe(400);
  });
});

describe('the start', () => {
  test('names the scopes that are missing', async () => {
    const at = await desk({ unstarted: true, scopes: ['chat:write'] });
    await expect(at.adapter.start(at.listener)).rejects.toThrow('the app lacks commands, users:read');
  });

  test('says what is wrong with the token, and succeeds once it is right', async () => {
    const at = await desk({ unstarted: true });
    at.fake.revokeToken();
    await expect(at.adapter.start(at.listener)).rejects.toThrow('SLACK_BOT_TOKEN');
    at.fake.restoreToken();
    await at.adapter.start(at.listener);
    await at.adapter.check();
  });

  test('says that there is no socket', async () => {
    const at = await desk({ unstarted: true, mode: 'socket' });
    at.fake.fail('apps.connections.open', { error: 'invalid_auth' });
    await expect(at.adapter.start(at.listener)).rejects.toThrow('no socket');
    await at.adapter.start(at.listener);
    await at.adapter.check();
  });

  test('is waited for by what comes too early', async () => {
    const at = await desk({ unstarted: true });
    expect((await at.fake.user('U1').command('C1', '/pipeline')).status).toBe(503);
  });
});

describe('the socket', () => {
  test.each([
    ['is recycled', (at: Awaited<ReturnType<typeof desk>>) => at.fake.recycleSockets('refresh_requested')],
    ['breaks', async (at: Awaited<ReturnType<typeof desk>>) => at.fake.closeSockets()],
  ])('is there again at once when it %s', async (_, trouble) => {
    const at = await desk({ mode: 'socket' });
    await trouble(at);
    await until('another is there', () => at.fake.requests('apps.connections.open').length === 2 && at.fake.sockets() === 1);
    await until('it is known', async () =>
      at.adapter.check().then(
        () => true,
        () => false,
      ),
    );
    await at.fake.user('U1').command('C1', '/pipeline');
    await until('it is heard', () => at.listener.commands.length === 1);
  });

  test('is tried again until Slack takes it, and meanwhile that is known', async () => {
    const at = await desk({ mode: 'socket' });
    at.fake.fail('apps.connections.open', { status: 500, times: 2 });
    at.fake.closeSockets();
    for (const wait of [1_000, 2_000]) {
      await until('it waits', async () => Number(await at.clock.nextTimer()) - Number(at.clock.now()) === wait);
      await expect(at.adapter.check()).rejects.toThrow('the socket is not connected');
      at.clock.advance(wait);
    }
    await at.fake.connected();
    await until('it is known', async () =>
      at.adapter.check().then(
        () => true,
        () => false,
      ),
    );
  });
});

describe('the health', () => {
  test('is asked for again after a minute', async () => {
    const at = await desk();
    at.fake.revokeToken();
    await at.adapter.check();
    at.clock.advance(61_000);
    await expect(at.adapter.check()).rejects.toThrow('Slack: Our token was revoked');
  });
});

describe.each(['http', 'socket'] as const)('the stop by %s', (mode) => {
  test('leaves nothing open, twice', async () => {
    const at = await desk({ mode });
    await at.adapter.post({ platform: 'slack', team: 'T0TEAM', channel: 'C1' }, alarm, 'k');
    await at.adapter.stop();
    await at.adapter.stop();
    await until('Slack knows it', () => at.fake.sockets() === 0);
  });
});
