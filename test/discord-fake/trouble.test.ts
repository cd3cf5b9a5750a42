import { type DiscordAPIError, REST, type TextChannel } from 'discord.js';
import { describe, expect, test } from 'vitest';
import type { FakeDiscordOptions } from '../support/discord/index.ts';
import { refusal, refusedWith, restOf, startBot, startFake } from './bot.ts';
import { plain } from './parts.ts';

const send = 'POST /channels/:id/messages';

async function start(options: FakeDiscordOptions = {}) {
  const fake = await startFake(options);
  const rest = restOf(fake);
  const path = `/channels/${fake.channel('ops').id}/messages` as const;
  return {
    fake,
    rest,
    path,
    post: (content: string, more = {}) => rest.post(path, { body: plain(content, more) }) as Promise<{ id: string }>,
  };
}

describe('a nonce', () => {
  test('brings the first message back for some minutes', async () => {
    let now = Date.now();
    const { fake, post } = await start({ now: () => now });
    const nonce = { nonce: 'delivery-1', enforce_nonce: true };
    const first = await post('once', nonce);
    expect((await post('once', nonce)).id).toBe(first.id);
    expect((await post('twice', { nonce: 'delivery-1' })).id).not.toBe(first.id);
    now += 6 * 60_000;
    expect((await post('again', nonce)).id).not.toBe(first.id);
    expect(fake.channel('ops').messages.map((one) => one.content)).toEqual(['once', 'twice', 'again']);
  });

  test('makes a lost answer harmless', async () => {
    const { fake, post } = await start();
    fake.fail(send, { drop: 'after' });
    const nonce = { nonce: 'delivery-2', enforce_nonce: true };
    await expect(post('lost', nonce)).rejects.toThrow('other side closed');
    expect(fake.channel('ops').messages).toHaveLength(1);
    const again = await post('lost', nonce);
    expect(again.id).toBe(fake.channel('ops').messages[0]?.id);
    expect(fake.requests(send).map((one) => one.trouble)).toEqual(['dropped after', undefined]);
  });
});

describe('trouble on command', () => {
  test('a connection cut before the work leaves nothing', async () => {
    const { fake, post } = await start();
    fake.fail(send, { drop: 'before' });
    await expect(post('never')).rejects.toThrow('other side closed');
    expect(fake.channel('ops').messages).toEqual([]);
    await post('now');
  });

  test('the library itself repeats a reset connection', async () => {
    const { fake, path } = await start();
    fake.fail(send, { drop: 'before', reset: true });
    const rest = new REST({ api: fake.apiUrl, retries: 1 }).setToken(fake.token);
    await rest.post(path, { body: plain('repeated') });
    expect(fake.requests(send)).toHaveLength(2);
  });

  test('any answer, so often as wanted, for whom it is meant', async () => {
    const { fake, post } = await start();
    fake.fail(send, { status: 503, times: 2, when: (request) => request.body.content === 'b' });
    await post('a');
    await expect(post('b')).rejects.toMatchObject({ status: 503 });
    await expect(post('b')).rejects.toMatchObject({ status: 503 });
    await post('b');
    fake.fail('*', { code: 50013, status: 403 });
    expect(await refusedWith(post('c'))).toBe('50013');
    fake.fail('*', { code: 50013, status: 403 });
    fake.heal();
    await post('d');
  });

  test('a door held shut, and one passed late', async () => {
    const { fake, post } = await start();
    const door = fake.hold(send);
    const waiting = post('held');
    await door.arrived;
    expect(fake.channel('ops').messages).toEqual([]);
    door.release();
    await waiting;
    fake.fail(send, { delay: 20 });
    await post('late');
    expect(fake.requests(send).at(-1)?.trouble).toBe('delayed 20 ms');
  });
});

describe('rate limits', () => {
  test('a 429 is waited out by the library, or thrown on wish', async () => {
    const { fake, post, path } = await start();
    fake.fail(send, { retryAfter: 0.01 });
    await post('patient');
    expect(fake.requests(send).map((one) => one.status)).toEqual([429, 200]);
    expect(fake.requests(send)[0]?.answer).toEqual({ message: 'You are being rate limited.', retry_after: 0.01, global: false });
    fake.fail(send, { retryAfter: 5, global: true });
    const hasty = new REST({ api: fake.apiUrl, rejectOnRateLimit: ['/'] }).setToken(fake.token);
    await expect(hasty.post(path, { body: plain('hasty') })).rejects.toMatchObject({ global: true, scope: 'global' });
  });

  test('buckets announce themselves, so the library never runs into them', async () => {
    const { fake, rest, path } = await start({ limits: { bucket: { limit: 2, perMs: 400 } } });
    for (const content of ['1', '2', '3']) await rest.post(path, { body: plain(content) });
    expect(fake.requests(send).map((one) => one.status)).toEqual([200, 200, 200]);
    const raw = () =>
      fetch(`${fake.apiUrl}/v10${path}`, {
        method: 'POST',
        headers: { authorization: `Bot ${fake.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(plain('x')),
      });
    // Many at once: a slow machine must not spread them over several windows.
    const answers = await Promise.all(Array.from({ length: 8 }, raw));
    const refused = answers.find(({ status }) => status === 429) as Response;
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(await refused.json()).toMatchObject({ retry_after: expect.any(Number), global: false });
  });

  test('old messages take only so many edits: 30046', async () => {
    let now = Date.now();
    const { fake, post, path } = await start({ now: () => now, limits: { oldEdits: 1, oldEditMs: 60_000 } });
    const hasty = new REST({ api: fake.apiUrl, rejectOnRateLimit: ['/'] }).setToken(fake.token);
    const { id } = await post('old');
    const edit = (content: string) => hasty.patch(`${path}/${id}`, { body: plain(content) });
    await edit('young');
    now += 3_600_000;
    await edit('first');
    await expect(edit('second')).rejects.toMatchObject({ retryAfter: expect.any(Number) });
    expect(fake.requests().at(-1)?.answer).toMatchObject({ code: 30046, retry_after: 60 });
    now += 60_000;
    expect(fake.message(id)?.content).toBe('first');
  });
});

describe('threads', () => {
  test('one per message; written in, archived, woken, locked', async () => {
    const { fake, client } = await startBot();
    const channel = client.channels.cache.get(fake.channel('ops').id) as TextChannel;
    const message = await channel.send('incident');
    const thread = await message.startThread({ name: 'Incident', autoArchiveDuration: 60 });
    expect(thread.id).toBe(message.id);
    const stored = fake.message(message.id);
    if (!stored) throw new Error('no message');
    expect(fake.threadOf(stored)).toMatchObject({ name: 'Incident', kind: 'thread', autoArchiveMinutes: 60 });
    const again = client.rest.post(`/channels/${channel.id}/messages/${message.id}/threads`, { body: { name: 'Again' } });
    expect(await refusal(again)).toMatchObject({ code: 160004 });
    const line = await thread.send('first line');
    await thread.setArchived(true);
    expect(await refusal(line.edit('edited'))).toMatchObject({ code: 50083 });
    await thread.send('wakes it');
    expect(fake.threadOf(stored).archived).toBe(false);
    await line.edit('edited');
    fake.archiveThread(thread.id, { locked: true });
    expect(await refusal(thread.send('no'))).toMatchObject({ code: 160005 });
    expect(fake.channel(thread.id).messages.map((one) => one.content)).toEqual(['edited', 'wakes it']);
  });

  test('need their permissions', async () => {
    const { fake, rest, path, post } = await start();
    fake.setMissing('ops', ['CREATE_PUBLIC_THREADS', 'SEND_MESSAGES_IN_THREADS']);
    const { id } = await post('incident');
    const begin = () => rest.post(`${path}/${id}/threads`, { body: { name: 'x' } });
    expect(await refusedWith(begin())).toBe('50013');
    fake.setMissing('ops', ['SEND_MESSAGES_IN_THREADS']);
    await begin();
    expect(await refusedWith(rest.post(`/channels/${id}/messages`, { body: plain('x') }))).toBe('50013');
  });
});

test('direct messages reach those who take them', async () => {
  const { fake, client } = await startBot({ users: [{ name: 'cy', closedToDms: true }] });
  const write = async (name: string) => (await client.users.fetch(fake.user(name).id)).send('hello');
  await write('ana');
  expect(fake.seenBy('ana', fake.user('ana').dm().id).map((one) => one.content)).toEqual(['hello']);
  const error = await write('cy').catch((reason: DiscordAPIError) => reason);
  expect(error).toMatchObject({ code: 50007, status: 403 });
});
