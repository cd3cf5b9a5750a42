import { verifySlackRequest } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { describeMessage } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { button, buttons, httpApp, mrkdwn, socketApp, workspace } from './fixture.ts';

describe('an app on Bolt, driven by users', () => {
  test('hears a command over HTTP, answers it, and its button', async () => {
    const fake = await workspace();
    const app = await httpApp(fake);
    app.command('/pipeline', async ({ ack, command, respond }) => {
      await ack();
      await respond({
        text: `You asked: ${command.text}`,
        blocks: [mrkdwn(`You asked: ${command.text}`), buttons(button('Again', 'again', { value: 'v1' }))],
      });
    });
    const values: string[] = [];
    app.action('again', async ({ ack, action, respond, body }) => {
      await ack();
      values.push((action as { value: string }).value, String(body.type === 'block_actions' && body.container.is_ephemeral));
      await respond({ replace_original: true, text: 'Done' });
    });

    const delivery = await fake.user('U1').command('C1', '/pipeline web amplitude');
    expect(delivery).toMatchObject({ acked: true, status: 200, ackBody: '' });
    await until('the answer', () => fake.seenBy('U1', 'C1').length > 0);
    const message = fake.lastSeenBy('U1', 'C1');
    expect(describeMessage(message)).toBe('(only U1)\nYou asked: web amplitude\n[Again]');
    expect(fake.seenBy('U2', 'C1')).toEqual([]);

    expect(await fake.user('U1').press(message, 'Again')).toMatchObject({ acked: true });
    await until('the edit', () => message.edits.length > 0);
    expect(message.text).toBe('Done');
    expect(values).toEqual(['v1', 'true']);
    expect(fake.problems).toEqual([]);
  });

  test('signs as Bolt verifies', async () => {
    const fake = await workspace({ requestUrl: 'http://127.0.0.1:9/' });
    const { headers, raw } = await fake.user('U1').command('C1', '/pipeline ü & =');
    verifySlackRequest({
      signingSecret: fake.signingSecret,
      body: raw,
      headers: {
        'x-slack-signature': headers['x-slack-signature'] ?? '',
        'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
      },
    });
  });

  test('hears a command and a press over Socket Mode', async () => {
    const fake = await workspace({ delivery: 'socket' });
    await socketApp(fake, (app) => {
      app.command('/pipeline', async ({ ack }) => {
        await ack({ response_type: 'in_channel', text: 'here', blocks: [mrkdwn('here'), buttons(button('Go', 'go'))] });
      });
      app.action('go', async ({ ack, client, body }) => {
        await ack();
        await client.chat.postMessage({
          channel: body.channel?.id ?? '',
          text: 'gone',
          unfurl_links: false,
          unfurl_media: false,
        });
      });
    });
    expect(await fake.user('U1').command('C1', '/pipeline')).toMatchObject({ acked: true, via: 'socket' });
    const [message] = fake.channel('C1').messages;
    if (!message) throw new Error('nothing was said');
    expect(await fake.user('U2').press(message, 'Go')).toMatchObject({ acked: true });
    await until('the post', () => fake.channel('C1').messages.length === 2);
    expect(fake.problems).toEqual([]);
  });
});
