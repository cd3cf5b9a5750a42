import { describe, expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { clientOf, mrkdwn, refusal, workspace } from './fixture.ts';

const still = { unfurl_links: false, unfurl_media: false };

describe('tokens', () => {
  test('each wrong token has its own word', async () => {
    const fake = await workspace();
    const ask = async (token: string) => (await refusal(clientOf(fake, token).auth.test())).error;
    expect(await ask('xoxb-other')).toBe('invalid_auth');
    expect(await ask(fake.appToken)).toBe('not_allowed_token_type');
    expect((await (await fetch(`${fake.apiUrl}auth.test`, { method: 'POST' })).json()) as object).toEqual({
      ok: false,
      error: 'not_authed',
    });
    expect((await refusal(clientOf(fake).apps.connections.open())).error).toBe('not_allowed_token_type');
    fake.revokeToken();
    expect(await ask(fake.botToken)).toBe('token_revoked');
    fake.restoreToken();
    expect(await clientOf(fake).auth.test()).toMatchObject({ team_id: 'T0TEAM', user_id: 'U0BOT', bot_id: 'B0BOT' });
  });

  test('scopes are asked for by name', async () => {
    const fake = await workspace({ scopes: ['chat:write', 'channels:read'] });
    const client = clientOf(fake);
    expect(await refusal(client.users.info({ user: 'U1' }))).toMatchObject({ error: 'missing_scope', needed: 'users:read' });
    expect(await refusal(client.conversations.list({ types: 'public_channel,private_channel' }))).toMatchObject({
      needed: 'groups:read',
    });
    expect(await refusal(client.files.info({ file: 'F1' }))).toMatchObject({
      needed: 'files:read',
      provided: 'chat:write,channels:read',
    });
    expect((await refusal(client.apiCall('chat.postLoudly'))).error).toBe('unknown_method');
    expect(fake.problems).toHaveLength(4);
  });
});

describe('where the bot may write', () => {
  test('members only, but for public channels with their scope', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const post = (channel: string) => client.chat.postMessage({ channel, text: 'hello' });
    expect((await refusal(post('C404'))).error).toBe('channel_not_found');
    expect((await refusal(post('C3'))).error).toBe('is_archived');
    expect((await refusal(post('G1'))).error).toBe('channel_not_found');
    expect(await post('C2')).toMatchObject({ ok: true });
    fake.setScopes(['chat:write', 'channels:join']);
    expect((await refusal(post('C2'))).error).toBe('not_in_channel');
    await client.conversations.join({ channel: 'C2' });
    await post('C2');
    expect(fake.channel('#general').messages).toHaveLength(2);
    expect((await refusal(client.conversations.join({ channel: 'G2' }))).error).toBe('method_not_supported_for_channel_type');
  });

  test('a user is written to in their direct messages', async () => {
    const fake = await workspace();
    const { channel } = await clientOf(fake).chat.postMessage({ channel: 'U1', text: 'hello' });
    expect(channel).toBe(fake.user('U1').dm());
    expect(fake.seenBy('U1', channel ?? '')).toHaveLength(1);
    expect(fake.seenBy('U2', channel ?? '')).toEqual([]);
    expect((await refusal(clientOf(fake).chat.postMessage({ channel: 'U4', text: 'x' }))).error).toBe('channel_not_found');
  });

  test('ephemeral messages: to members, from members, out of reach afterwards', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    expect((await refusal(client.chat.postEphemeral({ channel: 'C1', user: 'U3', text: 'x' }))).error).toBe(
      'user_not_in_channel',
    );
    expect((await refusal(client.chat.postEphemeral({ channel: 'C2', user: 'U1', text: 'x' }))).error).toBe('not_in_channel');
    const { message_ts } = await client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'psst' });
    expect([fake.seenBy('U1', 'C1').length, fake.seenBy('U2', 'C1').length, fake.channel('C1').messages.length]).toEqual([
      1, 0, 0,
    ]);
    expect((await refusal(client.chat.update({ channel: 'C1', ts: message_ts ?? '', text: 'y' }))).error).toBe(
      'message_not_found',
    );
  });
});

describe('messages', () => {
  test('have words, also beside blocks', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    expect((await refusal(client.chat.postMessage({ channel: 'C1', text: ' ' }))).error).toBe('no_text');
    const { error, response_metadata } = await refusal(
      client.chat.postMessage({ channel: 'C1', blocks: [mrkdwn('x')], text: '' }),
    );
    expect([error, response_metadata?.messages?.[0]]).toEqual([
      'no_text',
      '[ERROR] strict: `text` must stand beside blocks [json-pointer:/text]',
    ]);
  });

  test('with links are not unfurled', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const text = 'see <https://acme.example|here>';
    expect((await refusal(client.chat.postMessage({ channel: 'C1', text }))).error).toBe('invalid_arguments');
    await client.chat.postMessage({ channel: 'C1', text, ...still });
    const lax = await workspace({ strict: { unfurl: false } });
    await clientOf(lax).chat.postMessage({ channel: 'C1', text });
  });

  test('are updated by their author, within 4,000 bytes of escaped text', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'one', blocks: [mrkdwn('one')] });
    await client.chat.update({ channel: 'C1', ts, text: 'x'.repeat(4000) });
    expect(fake.message('C1', ts)).toMatchObject({ blocks: [], edits: [{ text: 'one' }] });
    expect((await refusal(client.chat.update({ channel: 'C1', ts, text: 'é'.repeat(2001) }))).error).toBe('msg_too_long');
    expect((await refusal(client.chat.update({ channel: 'C1', ts, text: '& '.repeat(700) }))).error).toBe('msg_too_long');
    expect((await refusal(client.chat.update({ channel: 'C1', ts: '1.000001', text: 'x' }))).error).toBe('message_not_found');
    const { message } = await fake.user('U1').say('C1', 'mine');
    expect((await refusal(client.chat.update({ channel: 'C1', ts: message.ts, text: 'x' }))).error).toBe('cant_update_message');
    await client.chat.delete({ channel: 'C1', ts });
    expect((await refusal(client.chat.update({ channel: 'C1', ts, text: 'x' }))).error).toBe('message_not_found');
  });

  test('too long a text is cut, and noted', async () => {
    const fake = await workspace();
    await clientOf(fake).chat.postMessage({ channel: 'C1', text: 'x'.repeat(40_001) });
    expect(fake.channel('C1').messages[0]?.text).toHaveLength(40_000);
    expect(fake.problems).toEqual(['a text of 40001 characters is cut at 40000']);
  });

  test('stand in the thread of a parent', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const { ts: parent = '' } = await client.chat.postMessage({ channel: 'C1', text: 'parent' });
    const { ts: reply = '' } = await client.chat.postMessage({ channel: 'C1', text: 'reply', thread_ts: parent });
    expect(fake.thread('C1', parent).map((message) => message.text)).toEqual(['parent', 'reply']);
    expect((await refusal(client.chat.postMessage({ channel: 'C1', text: 'x', thread_ts: reply }))).error).toBe(
      'cannot_reply_to_message',
    );
    expect((await refusal(client.chat.postMessage({ channel: 'C1', text: 'x', thread_ts: '1.000001' }))).error).toBe(
      'thread_not_found',
    );
    expect((await refusal(client.chat.postMessage({ channel: 'C1', text: 'x', thread_ts: 'yesterday' }))).error).toBe(
      'invalid_thread_ts',
    );
    const { permalink } = await client.chat.getPermalink({ channel: 'C1', message_ts: reply });
    expect(permalink).toBe(`https://acme.slack.com/archives/C1/p${reply.replace('.', '')}?thread_ts=${parent}&cid=C1`);
  });

  test('metadata is one level of fields', async () => {
    const fake = await workspace();
    const post = (event_payload: object) =>
      clientOf(fake).chat.postMessage({
        channel: 'C1',
        text: 'x',
        metadata: { event_type: 'alert', event_payload: event_payload as Record<string, string> },
      });
    await post({ id: 'al_1' });
    expect(fake.channel('C1').messages[0]?.metadata).toEqual({ event_type: 'alert', event_payload: { id: 'al_1' } });
    expect((await refusal(post({ id: 'x'.repeat(9000) }))).error).toBe('metadata_too_large');
  });
});

describe('the workspace', () => {
  test('lists page by page', async () => {
    const fake = await workspace({ users: Array.from({ length: 5 }, (_, n) => ({ id: `U${n}` })) });
    const seen: string[] = [];
    for await (const page of clientOf(fake).paginate('users.list', { limit: 2 })) {
      seen.push(...(page as unknown as { members: { id: string }[] }).members.map((user) => user.id));
    }
    expect(seen).toEqual(['U0BOT', 'U0', 'U1', 'U2', 'U3', 'U4']);
    expect((await refusal(clientOf(fake).users.list({ cursor: 'nonsense' }))).error).toBe('invalid_cursor');
  });

  test('shows of private channels only the own', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const { channels = [] } = await client.conversations.list({
      types: 'public_channel,private_channel',
      exclude_archived: true,
    });
    expect(channels.map((channel) => channel.name)).toEqual(['ops', 'general', 'war-room']);
    expect((await client.conversations.info({ channel: 'C2' })).channel?.is_member).toBe(false);
    expect((await refusal(client.conversations.info({ channel: 'G1' }))).error).toBe('channel_not_found');
  });

  test('knows guests, strangers, the deleted and groups', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const of = async (user: string) => (await client.users.info({ user })).user;
    expect(await of('U1')).toMatchObject({ tz: 'Europe/Lisbon', is_restricted: false, profile: { email: 'ana@acme.test' } });
    expect(await of('U3')).toMatchObject({ is_restricted: true, is_ultra_restricted: false });
    expect(await of('U4')).toMatchObject({ deleted: true });
    expect(await of('U9')).toMatchObject({ team_id: 'T9', is_stranger: true });
    expect((await refusal(of('U404'))).error).toBe('user_not_found');
    expect((await client.usergroups.users.list({ usergroup: 'S1' })).users).toEqual(['U1']);
    fake.group('S1').users.push('U2');
    expect((await client.usergroups.list({ include_users: true })).usergroups?.[0]?.users).toEqual(['U1', 'U2']);
    expect([fake.seenBy('U3', 'C2'), fake.seenBy('U9', 'C1')]).toEqual([[], []]);
  });
});

describe('files', () => {
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex');

  test('are uploaded, looked at in time, and shown', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const show = (id: string) =>
      client.chat.postMessage({
        channel: 'C1',
        text: 'chart',
        blocks: [{ type: 'image', alt_text: 'falling', slack_file: { id } }],
      });
    const { files } = (await client.filesUploadV2({ file: png, filename: 'chart.png', alt_text: 'falling' })) as unknown as {
      files: { files: { id: string }[] }[];
    };
    const id = files[0]?.files[0]?.id ?? '';
    expect((await refusal(show(id))).response_metadata?.messages).toEqual([
      '[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]',
    ]);
    const polls: unknown[] = [];
    while (!polls.at(-1)) polls.push((await client.files.info({ file: id })).file?.mimetype);
    expect(polls).toEqual(['', '', 'image/png']);
    await show(id);
    expect(fake.file(id)).toMatchObject({ altText: 'falling', bytes: png });
  });

  test('need membership to be shared, and appear after the answer', async () => {
    const fake = await workspace();
    const client = clientOf(fake);
    const share = (channel_id: string) =>
      client.filesUploadV2({ file: png, filename: 'chart.png', channel_id, initial_comment: 'see' });
    expect((await refusal(share('C2'))).error).toBe('not_in_channel');
    expect((await refusal(share('U1'))).error).toBe('invalid_arguments');
    await share('C1');
    await until('the message', () => fake.channel('C1').messages.length === 1);
    expect(fake.channel('C1').messages[0]).toMatchObject({ text: 'see', via: 'files' });
  });

  test('of others are seen where they are shared', async () => {
    const fake = await workspace();
    const show = (id: string) =>
      clientOf(fake).chat.postMessage({
        channel: 'C1',
        text: 'x',
        blocks: [{ type: 'image', alt_text: 'x', slack_file: { id } }],
      });
    fake.addFile({ id: 'F0PRIVATE', user: 'U1', bytes: png, channels: ['G1'] });
    fake.addFile({ id: 'F0SHARED', user: 'U1', bytes: png, channels: ['G2'] });
    expect((await refusal(show('F0PRIVATE'))).error).toBe('invalid_blocks');
    await show('F0SHARED');
  });
});
