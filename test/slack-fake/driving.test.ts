import { verifySlackRequest } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { controlsOf, describeMessage, type FakeMessage } from '../support/slack/index.ts';
import { until } from '../support/wait.ts';
import { button, buttons, clientOf, httpApp, loose, mrkdwn, plain, socketApp, workspace } from './fixture.ts';

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

describe('what a press tells', () => {
  const choice = (value: string) => ({ text: plain(`The ${value}`), value });
  const selects = [
    {
      type: 'section',
      block_id: 'mode',
      text: plain('Mode'),
      accessory: { type: 'static_select', action_id: 'mode', options: [choice('a'), choice('b')] },
    },
    buttons(
      { type: 'external_select', action_id: 'pipe', placeholder: plain('Pipeline') },
      { type: 'overflow', action_id: 'more', options: [choice('c')] },
    ),
  ];

  test('options chosen from lists, our own or the app’s', async () => {
    const fake = await workspace();
    const app = await httpApp(fake);
    const heard: unknown[] = [];
    app.options('pipe', async ({ ack, payload }) => {
      await ack({ options: [choice(payload.value)] });
    });
    app.action(/.*/, async ({ ack, action, body }) => {
      await ack();
      heard.push([
        action.type,
        'selected_option' in action && action.selected_option,
        body.type === 'block_actions' && body.state?.values,
      ]);
    });
    await clientOf(fake).chat.postMessage({ channel: 'C1', text: 'x', blocks: loose(...selects) });
    const [message] = fake.channel('C1').messages;
    if (!message) throw new Error('nothing was said');
    expect(controlsOf(message).map(({ type, label }) => [type, label])).toEqual([
      ['static_select', 'Mode'],
      ['external_select', 'Pipeline'],
      ['overflow', ''],
    ]);
    const ana = fake.user('U1');
    await ana.select(message, 'Mode', 'The b');
    await ana.select(message, 'Pipeline', 'The web', 'web');
    await ana.select(message, 'more', 'c');
    await expect(ana.options(message, 'Pipeline', 'we')).rejects.toThrow('Slack asks only from 3 characters on');
    const mode = { mode: { type: 'static_select', selected_option: choice('b') } };
    const values = { mode, buttons: { pipe: { type: 'external_select', selected_option: choice('web') } } };
    expect(heard).toEqual([
      ['static_select', choice('b'), { mode, buttons: { pipe: { type: 'external_select', selected_option: null } } }],
      ['external_select', choice('web'), values],
      ['overflow', choice('c'), values],
    ]);
    expect(fake.problems).toEqual([]);
  });

  test('where it stood: its message and thread, none of an ephemeral one', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const card = { channel: 'C1', text: 'x', blocks: loose(buttons(button('Go', 'go'))) };
    const { ts = '' } = await client.chat.postMessage(card);
    const ana = fake.user('U1');
    const press = async (message: FakeMessage) => (await ana.press(message, 'Go')).body;
    const parent = fake.lastSeenBy('U1', 'C1');
    expect((await press(parent)).container).toEqual({ type: 'message', message_ts: ts, channel_id: 'C1', is_ephemeral: false });
    await client.chat.postMessage({ ...card, thread_ts: ts });
    expect(await press(fake.lastSeenBy('U1', 'C1'))).toMatchObject({
      container: { thread_ts: ts },
      message: { thread_ts: ts, parent_user_id: 'U0BOT' },
    });
    // A parent with replies names itself: its thread_ts is no sign of being a reply.
    expect(await press(parent)).toMatchObject({ message: { ts, thread_ts: ts, reply_count: 1 } });
    await client.chat.postEphemeral({ ...card, user: 'U1' });
    const body = await press(fake.lastSeenBy('U1', 'C1'));
    expect([body.message, (body.container as { is_ephemeral: boolean }).is_ephemeral]).toEqual([undefined, true]);
    expect((await ana.command(ana.dm(), '/x')).body).toMatchObject({ channel_name: 'directmessage', user_name: 'ana' });
    expect((await ana.command('G2', '/x')).body).toMatchObject({ channel_name: 'privategroup', is_enterprise_install: 'false' });
  });

  test('a press on what stood there before still goes out', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'x', blocks: loose(buttons(button('Go', 'go'))) });
    const before = structuredClone(fake.lastSeenBy('U2', 'C1'));
    await client.chat.update({ channel: 'C1', ts, text: 'done' });
    await expect(fake.user('U2').press(fake.lastSeenBy('U2', 'C1'), 'Go')).rejects.toThrow(
      'nothing here is called "Go"; there are: none',
    );
    const { responseUrl } = await fake.user('U2').press(before, 'Go');
    await fetch(responseUrl ?? '', {
      method: 'POST',
      body: JSON.stringify({ text: 'done twice', replace_original: true }),
      headers: { 'content-type': 'application/json' },
    });
    expect(fake.lastSeenBy('U2', 'C1').text).toBe('done twice');
  });

  test('a body in the ack of an action is lost, and a problem', async () => {
    const fake = await workspace();
    const app = await httpApp(fake);
    app.action('go', async ({ ack }) => {
      await (ack as (body: object) => Promise<void>)({ text: 'thanks' });
    });
    await clientOf(fake).chat.postMessage({ channel: 'C1', text: 'x', blocks: loose(buttons(button('Go', 'go'))) });
    await fake.user('U1').press(fake.lastSeenBy('U1', 'C1'), 'Go');
    expect(fake.problems).toEqual(['the ack of an action has a body, which Slack drops: {"text":"thanks"}']);
  });
});

test('people talk to the bot, and use shortcuts', async () => {
  const fake = await workspace();
  const app = await httpApp(fake);
  const heard: unknown[] = [];
  app.event('app_mention', async ({ event }) => {
    heard.push([event.type, event.text]);
  });
  app.message(async ({ message, say }) => {
    heard.push([message.type, message.channel_type]);
    await say('hello');
  });
  app.shortcut('share', async ({ ack, shortcut }) => {
    await ack();
    heard.push([shortcut.type, 'message' in shortcut && shortcut.message.text]);
  });
  const ana = fake.user('U1');
  const { message } = await ana.say('C1', 'hey <@U0BOT>');
  await ana.say('C1', 'not to you');
  await ana.say(ana.dm(), 'hi');
  await until('the answer', () => fake.channel(ana.dm()).messages.length === 2);
  await ana.shortcut('share', message);
  expect(heard).toEqual([
    ['app_mention', 'hey <@U0BOT>'],
    ['message', 'im'],
    ['message_action', 'hey <@U0BOT>'],
  ]);
});

test('a message reads as people see it', async () => {
  const fake = await workspace();
  await clientOf(fake).chat.postMessage({
    channel: 'C1',
    text: 'x',
    blocks: loose(
      { type: 'header', text: plain('Webhooks') },
      { type: 'section', fields: [plain('Failing 40 %'), plain('Limit 25 %')] },
      {
        type: 'data_table',
        caption: 'Steps',
        rows: [
          ['Step', 'Events'],
          ['Sent', '90'],
        ].map((row) => row.map((text) => ({ type: 'raw_text', text }))),
      },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
          },
        ],
      },
      { type: 'context', elements: [plain('since 10:00'), plain('demo')] },
      { type: 'divider' },
      buttons(button('Revert', 'r', { style: 'danger' }), button('Open', 'o', { url: 'https://acme.example/' })),
    ),
    attachments: [{ color: '#f00', blocks: loose(mrkdwn('attached')) }],
    unfurl_links: false,
    unfurl_media: false,
  });
  expect(describeMessage(fake.lastSeenBy('U1', 'C1'))).toBe(
    [
      '# Webhooks',
      '  Failing 40 %',
      '  Limit 25 %',
      'Steps',
      'Step | Events',
      'Sent | 90',
      '• one',
      '~ since 10:00 · demo',
      '---',
      '[Revert !danger] [Open] → https://acme.example/',
      'attached',
    ].join('\n'),
  );
});
