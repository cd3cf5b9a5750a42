import type { WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { button, buttons, clientOf, httpApp, mrkdwn, refusal, workspace } from './fixture.ts';

const failure = async (call: Promise<unknown>): Promise<Error & { retryAfter?: number; statusCode?: number }> => {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it went well');
};
const say = (client: WebClient, text = 'hello', channel = 'C1') => client.chat.postMessage({ channel, text });

describe('requests in trouble', () => {
  test('refused for now, by status, by error', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    fake.fail('chat.postMessage', { retryAfter: 7 });
    fake.fail('chat.postMessage', { status: 503 });
    fake.fail('chat.postMessage', { error: 'restricted_action', when: ({ text }) => text === 'third' });
    expect((await failure(say(client))).retryAfter).toBe(7);
    expect((await failure(say(client))).statusCode).toBe(503);
    await say(client);
    expect((await refusal(say(client, 'third'))).error).toBe('restricted_action');
    expect(fake.channel('C1').messages).toHaveLength(1);
    expect(fake.requests('chat.postMessage').map(({ status, trouble }) => [status, trouble])).toEqual([
      [429, 'retryAfter'],
      [503, 'status'],
      [200, undefined],
      [200, 'error'],
    ]);
  });

  test('cut off before the work, or after it', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    fake.fail('chat.postMessage', { drop: 'before' });
    expect((await failure(say(client, 'lost'))).name).toBe('WebAPIRequestError');
    expect(fake.channel('C1').messages).toEqual([]);
    fake.fail('chat.postMessage', { drop: 'after' });
    await failure(say(client, 'answer lost'));
    expect(fake.channel('C1').messages.map(({ text }) => text)).toEqual(['answer lost']);
  });

  test('held at the door', async () => {
    const fake = await workspace();
    const door = fake.hold('chat.postMessage');
    const call = say(clientOf(fake));
    await door.arrived;
    expect(fake.channel('C1').messages).toEqual([]);
    door.release();
    await call;
    expect(fake.channel('C1').messages).toHaveLength(1);
  });

  test('slow: the client gives up, and the work is done all the same', async () => {
    const fake = await workspace();
    const door = fake.hold('chat.postMessage');
    const call = failure(say(clientOf(fake, fake.botToken, { timeout: 500 })));
    await door.arrived;
    expect((await call).name).toBe('WebAPIRequestError');
    door.release();
    await until('the work', () => fake.channel('C1').messages.length === 1);
  });
});

describe('rates', () => {
  test('one post a second and channel, after a burst', async () => {
    let now = Date.now();
    const fake = await workspace({ now: () => now, rates: { on: true, burst: 2 } });
    const client = clientOf(fake);
    await say(client);
    await say(client);
    expect((await failure(say(client))).retryAfter).toBe(1);
    await say(client, 'elsewhere', 'C2');
    now += 1000;
    await say(client);
    expect((await failure(say(client))).retryAfter).toBe(1);
  });

  test('each method by its tier, and the workspace as a whole', async () => {
    let now = Date.now();
    const fake = await workspace({ now: () => now, rates: { on: true, workspacePerMinute: 2 } });
    const client = clientOf(fake);
    for (let n = 0; n < 20; n++) await client.users.list({});
    expect((await failure(client.users.list({}))).retryAfter).toBe(3);
    now += 3000;
    await client.users.list({});
    await say(client, 'x', 'C1');
    await say(client, 'x', 'C2');
    expect((await failure(say(client, 'x', 'G2'))).retryAfter).toBe(30);
  });
});

describe('a workspace that changes', () => {
  test('the bot is put out, a channel is archived, renamed', async () => {
    const fake = await workspace();
    const app = await httpApp(fake);
    const heard: string[] = [];
    for (const type of ['channel_left', 'group_left', 'channel_archive', 'channel_rename', 'member_joined_channel'] as const) {
      app.event(type, async ({ event }) => {
        heard.push(event.type);
      });
    }
    await fake.kick('C1');
    await fake.kick('G2');
    await fake.archive('C2');
    await fake.rename('C1', 'ops-2');
    await fake.user('U1').invite('bot', 'C1');
    expect(heard).toEqual(['channel_left', 'group_left', 'channel_archive', 'channel_rename', 'member_joined_channel']);
    expect((await refusal(say(clientOf(fake), 'x', 'G2'))).error).toBe('channel_not_found');
    expect((await refusal(say(clientOf(fake), 'x', 'C2'))).error).toBe('is_archived');
    await say(clientOf(fake), 'x', 'C1');
  });

  test('the app is removed', async () => {
    const fake = await workspace();
    const app = await httpApp(fake, { ignoreSelf: false });
    const heard: string[] = [];
    app.event('tokens_revoked', async () => {
      heard.push('tokens_revoked');
    });
    app.event('app_uninstalled', async () => {
      heard.push('app_uninstalled');
    });
    expect(await fake.uninstall()).toMatchObject({ acked: true });
    expect(heard).toEqual(['tokens_revoked', 'app_uninstalled']);
    expect((await refusal(say(clientOf(fake)))).error).toBe('account_inactive');
  });

  test('nobody is told of what they are not subscribed to, not in, not allowed', async () => {
    const fake = await workspace({ events: ['app_home_opened'] });
    await httpApp(fake);
    expect(await fake.kick('C1')).toMatchObject({ acked: false, error: 'not_subscribed' });
    const elsewhere = await workspace({ scopes: ['channels:read'] });
    expect(await elsewhere.user('U1').invite('U2', 'C2')).toMatchObject({ error: 'not_in_channel' });
    expect(await elsewhere.user('U1').invite('U2', 'G2')).toMatchObject({ error: 'missing_scope' });
    expect([...fake.deliveries(), ...elsewhere.deliveries()]).toEqual([]);
  });
});

describe('deliveries in trouble', () => {
  test('forged, old, tampered with; from the future and replayed, which Bolt lets pass', async () => {
    const fake = await workspace();
    const app = await httpApp(fake);
    let heard = 0;
    app.command('/x', async ({ ack }) => {
      heard += 1;
      await ack();
    });
    expect(await fake.verifyUrl()).toMatchObject({ acked: true });
    const delivery = await fake.user('U1').command('C1', '/x');
    expect(heard).toBe(1);
    for (const forgery of [
      { secret: 'wrong' },
      { unsigned: true },
      { shift: -301 },
      { tamper: (raw: string) => raw.replace('U1', 'U2') },
    ]) {
      expect(await fake.replay(delivery, forgery)).toMatchObject({ acked: false, status: 401, error: 'http_401' });
    }
    expect(heard).toBe(1);
    const again = await fake.replay(delivery);
    expect([again.raw, again.headers]).toEqual([delivery.raw, delivery.headers]);
    expect(await fake.replay(delivery, { shift: 600 })).toMatchObject({ acked: true });
    expect(heard).toBe(3);
  });

  test('redelivered, with the number of the attempt', async () => {
    const fake = await workspace();
    const app = await httpApp(fake);
    const tries: unknown[] = [];
    app.event('member_joined_channel', async ({ body, context }) => {
      tries.push([body.event_id, context.retryNum, context.retryReason]);
    });
    const delivery = await fake.user('U1').invite('U3', 'C1');
    await fake.replay(delivery, { retry: { num: 1, reason: 'http_timeout' } });
    const id = delivery.body.event_id;
    expect(tries).toEqual([
      [id, undefined, undefined],
      [id, 1, 'http_timeout'],
    ]);
  });

  test('not acked in time, or not at all', async () => {
    const fake = await workspace({ ackWithinMs: 500 });
    await httpApp(fake);
    expect(await fake.user('U1').command('C1', '/unknown')).toMatchObject({ acked: false, error: 'timeout', status: 0 });
    fake.requestUrl = 'http://127.0.0.1:1/';
    expect(await fake.user('U1').command('C1', '/x')).toMatchObject({ error: 'connection_failed' });
    fake.requestUrl = undefined;
    expect(await fake.user('U1').command('C1', '/x')).toMatchObject({ error: 'no_url' });
  });
});

describe('what a user cannot do', () => {
  test('press what is not there, not theirs, or gone', async () => {
    const fake = await workspace({ commands: ['/x'] });
    const client = clientOf(fake);
    const card = { text: 'x', blocks: [mrkdwn('x'), buttons(button('Go', 'go'), button('Stop', 'stop'))] };
    await client.chat.postEphemeral({ channel: 'C1', user: 'U1', ...card });
    const message = fake.lastSeenBy('U1', 'C1');
    await expect(fake.user('U1').press(message, 'Gone')).rejects.toThrow(
      'nothing here is called "Gone"; there are: "Go", "Stop"',
    );
    await expect(fake.user('U2').press(message, 'Go')).rejects.toThrow('U2 does not see this message');
    await expect(fake.user('U3').command('C1', '/x')).rejects.toThrow('U3 sees no channel C1');
    await expect(fake.user('U1').command('C1', '/y')).rejects.toThrow('/y is not a valid command');
    await expect(fake.user('U1').command('C3', '/x')).rejects.toThrow('nobody can write in an archived channel');
    message.deleted = true;
    await expect(fake.user('U1').press(message, 'Go')).rejects.toThrow('U1 does not see this message');
  });
});
