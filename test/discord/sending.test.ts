import { createRequire } from 'node:module';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sentence } from '../../src/core/messages/message.ts';
import { describeMessage } from '../support/discord/index.ts';
import { until } from '../support/wait.ts';
import { card, type Desk, desk, figured, png, rejection } from './desk.ts';

const hello = sentence('Hello');
const texts = (d: Desk, channel = 'ops'): string[] => d.fake.channel(channel).messages.map(describeMessage);
const CREATE = 'POST /channels/:id/messages';

describe('a message for everyone', () => {
  test('is posted, and edited in place', async () => {
    const d = await desk();
    const id = await d.adapter.post(d.at('ops'), hello, 'k1');
    await d.adapter.edit(d.at('ops'), id, card('Changed'));
    expect(texts(d)).toEqual([expect.stringMatching(/^\(edited ×1\)\n│ ## ✓ Changed/)]);
    expect(d.fake.problems).toEqual([]);
  });

  test('the same key twice gives one message, also where the first answer was lost', async () => {
    const d = await desk();
    d.fake.fail(CREATE, { drop: 'after' });
    await expect(d.adapter.post(d.at('ops'), hello, 'k1')).rejects.toMatchObject({ kind: 'unknown' });
    const id = await d.adapter.post(d.at('ops'), hello, 'k1');
    expect(await d.adapter.post(d.at('ops'), hello, 'k1')).toBe(id);
    expect(texts(d)).toHaveLength(1);
    await d.adapter.post(d.at('ops'), hello, 'k2');
    expect(texts(d)).toHaveLength(2);
  });

  test('that somebody deleted is posted anew, once', async () => {
    const d = await desk();
    const id = await d.adapter.post(d.at('ops'), hello, 'k1');
    const [first] = d.fake.channel('ops').messages;
    if (first) d.fake.messageDelete(first);
    await d.adapter.edit(d.at('ops'), id, card('Anew'));
    await d.adapter.edit(d.at('ops'), id, card('Newer'));
    expect(texts(d)).toEqual([expect.stringContaining('Newer')]);
  });
});

describe('a figure', () => {
  test('is attached with its conclusion as alt text; an edit keeps, changes or drops it', async () => {
    const d = await desk();
    const id = await d.adapter.post(d.at('ops'), figured('one'), 'k1');
    const [message] = d.fake.channel('ops').messages;
    expect(message?.attachments).toMatchObject([
      { description: 'Fell from 98 % to 61 %.', bytes: png, contentType: 'image/png' },
    ]);
    const first = message?.attachments[0]?.id;
    await d.adapter.edit(d.at('ops'), id, figured('one'));
    expect(message?.attachments.map((file) => file.id)).toEqual([first]);
    await d.adapter.edit(d.at('ops'), id, figured('two'));
    expect(message?.attachments).toHaveLength(1);
    expect(message?.attachments[0]?.id).not.toBe(first);
    await d.adapter.edit(d.at('ops'), id, hello);
    expect(message?.attachments).toEqual([]);
    expect(d.fake.requests('PATCH /channels/:id/messages/:id').map(({ files }) => files.length)).toEqual([0, 1, 0]);
    expect(d.fake.problems).toEqual([]);
  });

  test('is sent also where Slack’s library has put its own HTTP client in the place that all share', async () => {
    const d = await desk();
    const slacks = ['@slack/bolt', '@slack/socket-mode'].reduce(
      (require, name) => createRequire(require.resolve(name)),
      createRequire(import.meta.url),
    );
    const { Agent, getGlobalDispatcher, setGlobalDispatcher } = slacks('undici');
    const before = getGlobalDispatcher();
    setGlobalDispatcher(new Agent());
    onTestFinished(() => setGlobalDispatcher(before));
    await d.adapter.post(d.at('ops'), figured('one'), 'k1');
    expect(d.fake.channel('ops').messages[0]?.attachments).toHaveLength(1);
  });

  test('that cannot be drawn, or may not be sent, is told in words', async () => {
    const d = await desk();
    await d.adapter.post(d.at('ops'), figured('x', 'An undrawable one.'), 'k1');
    expect(texts(d)).toEqual([expect.stringContaining('-# Without its picture: An undrawable one.')]);
    await d.adapter.post(d.at('plain'), figured('x'), 'k2');
    expect(texts(d, 'plain')).toEqual([expect.stringContaining('-# Without its picture: Fell from 98 % to 61 %.')]);
    expect(d.logged.map(({ message }) => message)).toEqual(['a figure could not be drawn; its words are shown']);
  });

  test('stands in private answers too, and is kept when they are edited', async () => {
    const d = await desk();
    let id = '';
    d.listener.onCommand = async (call) => {
      id = await d.answer(call, { ...figured('one'), blocks: [...figured('one').blocks, ...card('x').blocks] });
    };
    const answer = await (await d.fake.user('dana').command('ops', '/pipeline show')).answer();
    await until('it is known', () => id !== '');
    const [file] = answer.attachments;
    d.listener.onPress = ({ place }) => d.adapter.edit(place, id, figured('one'));
    await d.fake.user('dana').press(answer, 'Refresh');
    await until('it is edited', () => answer.edits.length === 1);
    expect(answer.attachments).toEqual([file]);
  });
});

describe('a thread', () => {
  test('is begun once on its message, woken when it sleeps, and found again by another process', async () => {
    const d = await desk();
    const parent = await d.adapter.post(d.at('ops'), hello, 'k1');
    const inside = d.at('ops', { thread: parent });
    const first = await d.adapter.post(inside, sentence('It began'), 'k2');
    await d.adapter.post(inside, sentence('It went on'), 'k3');
    const [message] = d.fake.channel('ops').messages;
    if (!message) throw new Error('no message');
    const thread = d.fake.threadOf(message);
    expect(thread).toMatchObject({ name: 'It began', parentId: d.fake.channel('ops').id });
    expect(thread.messages).toHaveLength(2);
    d.fake.archiveThread(thread.id);
    await d.adapter.edit(inside, first, sentence('It began earlier'));
    expect(thread.messages.map(describeMessage)[0]).toContain('It began earlier');
    expect(thread.archived).toBe(false);
    expect(d.fake.requests('POST /channels/:id/messages/:id/threads')).toHaveLength(1);
    d.fake.fail('POST /channels/:id/messages/:id/threads', { code: 160_004, status: 400 });
    await d.adapter.post(d.at('ops', { thread: thread.id }), sentence('By its own id'), 'k4');
    expect(thread.messages).toHaveLength(3);
  });

  test('that is locked or gone does not swallow what is said', async () => {
    const d = await desk();
    const parent = await d.adapter.post(d.at('ops'), hello, 'k1');
    const inside = d.at('ops', { thread: parent });
    await d.adapter.post(inside, sentence('One'), 'k2');
    const [message] = d.fake.channel('ops').messages;
    const thread = message && d.fake.threadOf(message);
    d.fake.archiveThread(thread?.id ?? '', { locked: true });
    await d.adapter.post(inside, sentence('Two'), 'k3');
    d.fake.channelDelete(thread?.id ?? '');
    await d.adapter.post(inside, sentence('Three'), 'k4');
    expect(texts(d).join()).toMatch(/Two.*Three/s);
  });
});

describe('a direct message', () => {
  test('is opened for the person, and edited there without a click', async () => {
    const d = await desk();
    const direct = d.at('ops', { channel: '', person: `discord:${d.fake.user('dana').id}` });
    const id = await d.adapter.post(direct, hello, 'k1');
    await d.adapter.edit(direct, id, card('Changed'));
    expect(d.fake.user('dana').dm().messages.map(describeMessage)).toEqual([expect.stringContaining('Changed')]);
    expect(texts(d)).toEqual([]);
  });

  test('that is not taken says what they can do', async () => {
    const d = await desk({ users: [{ name: 'dana', closedToDms: true }, { name: 'sam' }] });
    const direct = d.at('ops', { channel: '', person: `discord:${d.fake.user('dana').id}` });
    expect(await rejection(d.adapter.post(direct, hello, 'k1'))).toMatchObject({
      kind: 'place',
      message: expect.stringContaining('no direct messages'),
    });
  });
});

describe('what goes wrong', () => {
  test.each([
    [{ status: 429, retryAfter: 2 }, 'later', /slow down/],
    [{ status: 503 }, 'unknown', /503/],
    [{ drop: 'before' }, 'unknown', /No answer/],
    [{ code: 10_003, status: 404 }, 'place', /does not exist/],
    [{ code: 50_001, status: 403 }, 'place', /Give me View Channel, Send Messages.* in the settings of #ops/],
    [{ code: 20_028, status: 403 }, 'place', /may not post there/],
    [{ code: 50_035, status: 400 }, 'message', /50035/],
    [{ status: 401, code: 0 }, 'team', /DISCORD_TOKEN/],
  ] as const)('%j is told as %s', async (fault, kind, sentenceSaid) => {
    const d = await desk();
    d.fake.fail(CREATE, fault);
    const error = await rejection(d.adapter.post(d.at('ops'), hello, 'k1'));
    expect(error).toMatchObject({ kind, message: expect.stringMatching(sentenceSaid) });
    if (kind === 'later') expect(error.retryAfterMs).toBeGreaterThanOrEqual(2_000);
  });

  test('names what is missing in a channel', async () => {
    const d = await desk();
    const error = await rejection(d.adapter.post(d.at('mute'), hello, 'k1'));
    expect(error).toMatchObject({
      kind: 'place',
      message: 'I may not post there. Give me Send Messages, Attach Files in the settings of #mute.',
    });
  });

  test('after a refused token nothing is asked again', async () => {
    const d = await desk();
    d.fake.fail(CREATE, { status: 401, code: 0 });
    await rejection(d.adapter.post(d.at('ops'), hello, 'k1'));
    expect(await rejection(d.adapter.post(d.at('ops'), hello, 'k1'))).toMatchObject({ kind: 'team' });
    expect(d.fake.requests(CREATE)).toHaveLength(1);
  });

  test('a Discord that is not there is tried later', async () => {
    const d = await desk();
    await d.fake.close();
    expect(await rejection(d.adapter.post(d.at('ops'), hello, 'k1'))).toMatchObject({
      kind: expect.stringMatching(/later|unknown/),
    });
    expect(await rejection(d.adapter.post(d.at('ops'), hello, 'k1'))).toMatchObject({
      kind: 'later',
      message: 'Discord cannot be reached.',
    });
  });

  test('a full bucket is known without asking', async () => {
    const d = await desk({ limits: { bucket: { limit: 2, perMs: 60_000 } } });
    await d.adapter.post(d.at('ops'), hello, 'k1');
    await d.adapter.post(d.at('ops'), hello, 'k2');
    const error = await rejection(d.adapter.post(d.at('ops'), hello, 'k3'));
    expect(error.kind).toBe('later');
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(d.fake.requests(CREATE)).toHaveLength(2);
  });
});
