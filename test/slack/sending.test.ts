import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/core/messages/message.ts';
import { sentence } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import { alarm, overview } from '../console/samples.ts';
import { describeMessage } from '../support/slack/index.ts';
import { gate, until } from '../support/wait.ts';
import { type Desk, desk, draw, first, png } from './desk.ts';

const channel: Place = { platform: 'slack', team: 'T0TEAM', channel: 'C1' };
const types = ({ fake }: Desk): string[] => fake.lastSeenBy('U1', 'C1').blocks.map(({ type }) => String(type));
const shown = ({ fake }: Desk): string => describeMessage(fake.lastSeenBy('U1', 'C1'));
const brought = (at: Desk) => until('the picture is there', () => types(at).includes('image'));

/** Everything in which Slack looks for markup. */
const parsed = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  return type === 'mrkdwn' ? [String(text)] : Object.values(value).flatMap(parsed);
};

describe('a post', () => {
  test('is seen by all, unfolds no links, carries its key, and is edited in place', async () => {
    const at = await desk();
    const id = await at.adapter.post(channel, alarm, 'post-7');
    const [request] = at.fake.requests('chat.postMessage');
    expect(request?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
    expect(at.fake.lastSeenBy('U2', 'C1').metadata).toEqual({ event_type: 'pipewarden_post', event_payload: { key: 'post-7' } });
    await at.adapter.edit(channel, id, sentence('Over', 'ok'));
    expect(at.fake.seenBy('U2', 'C1').map(describeMessage)).toEqual([expect.stringContaining('✓ Over')]);
    expect(at.fake.problems).toEqual([]);
  });

  test('in a thread hangs on its parent, however the thread is named', async () => {
    const at = await desk();
    const parent = await at.adapter.post(channel, alarm, 'a');
    const reply = await at.adapter.post({ ...channel, thread: parent }, alarm, 'b');
    await at.adapter.post({ ...channel, thread: reply }, alarm, 'c');
    const [top] = at.fake.channel('C1').messages;
    await at.adapter.post({ ...channel, thread: top?.ts as string }, alarm, 'd');
    expect(at.fake.thread('C1', top?.ts as string)).toHaveLength(4);
    expect(at.fake.problems).toEqual([]);
  });

  test.each([
    ['rate limited', { status: 429, retryAfter: 7 }, { kind: 'later', retryAfterMs: 7_000 }],
    ['away', { status: 503 }, { kind: 'later' }],
    ['cut before it was heard', { drop: 'before' as const }, { kind: 'unknown' }],
    ['cut after it was heard', { drop: 'after' as const }, { kind: 'unknown' }],
    ['half done', { error: 'fatal_error' }, { kind: 'unknown' }],
    [
      'not in the channel',
      { error: 'not_in_channel' },
      { kind: 'place', message: expect.stringContaining('/invite @pipewarden') },
    ],
    ['archived', { error: 'is_archived' }, { kind: 'place' }],
    ['revoked', { error: 'token_revoked' }, { kind: 'team', message: expect.stringContaining('SLACK_BOT_TOKEN') }],
    [
      'short of a scope',
      { error: 'missing_scope', fields: { needed: 'chat:write' } },
      { kind: 'team', message: expect.stringContaining('chat:write') },
    ],
  ])('that is %s fails in the words that decide what is done next', async (_, fault, expected) => {
    const at = await desk();
    at.fake.fail('chat.postMessage', fault);
    await expect(at.adapter.post(channel, alarm, 'k')).rejects.toMatchObject({ name: 'SendError', ...expected });
  });

  test('to nobody is tried later', async () => {
    const at = await desk();
    await at.fake.close();
    await expect(at.adapter.post(channel, alarm, 'k')).rejects.toMatchObject({ kind: 'later' });
  });

  test('is shown plainer where Slack refuses its newer blocks, from then on at once', async () => {
    const at = await desk({ unknownBlocks: ['data_table', 'data_visualization'] });
    await at.adapter.post(channel, overview(), 'k1');
    await brought(at);
    expect(shown(at)).toContain('NO_MATCHING_MAPPING  Filtered');
    const before = at.fake.problems.length;
    await at.adapter.post(channel, overview(), 'k2');
    expect(at.fake.problems).toHaveLength(before);
  });

  test('that Slack refuses in every form is our mistake', async () => {
    const at = await desk();
    at.fake.fail('chat.postMessage', { error: 'invalid_blocks', times: 5 });
    await expect(at.adapter.post(channel, overview(), 'k')).rejects.toMatchObject({ kind: 'message' });
  });

  test('to a person alone goes to direct messages', async () => {
    const at = await desk();
    const id = await at.adapter.post({ ...channel, channel: '', person: 'slack:U2' }, alarm, 'k');
    const dm = at.fake.user('U2').dm();
    expect(id.startsWith(`${dm}:`)).toBe(true);
    expect(at.fake.seenBy('U2', dm)).toHaveLength(1);
    expect(at.fake.channel('C1').all).toEqual([]);
  });

  test('says what to type with the prefix of this workspace, in an edit too', async () => {
    const at = await desk({ prefix: 'cdp-' });
    const told = sentence('Next', 'info', [
      { kind: 'text', text: ['Type ', { code: '/audit show 1' }, ' or ', { code: '/invite' }] },
    ]);
    const id = await at.adapter.post(channel, alarm, 'k');
    await at.adapter.edit(channel, id, told);
    await at.adapter.post(channel, told, 'k2');
    for (const one of at.fake.seenBy('U1', 'C1')) expect(describeMessage(one)).toContain('Type `/cdp-audit show 1` or `/invite`');
  });

  test('that is hostile pings and forges nothing', async () => {
    const at = await desk();
    const evil = '<!here> <@U1> <https://evil.example|ok> *b* `c` \u202Ex';
    const message: Message = {
      title: evil,
      tone: 'info',
      blocks: [
        { kind: 'text', text: [evil, { strong: evil }, { code: evil }, { link: evil, url: 'https://example.com/?q=<!here>|x' }] },
        { kind: 'fields', fields: [{ label: evil, value: evil }] },
        { kind: 'table', caption: evil, columns: [{ label: evil, align: 'left' }], rows: [[evil]] },
        { kind: 'context', text: [evil, { time: evil, as: 'ago' }] },
      ],
    };
    await at.adapter.post(channel, message, 'k');
    const { text, blocks } = at.fake.lastSeenBy('U1', 'C1');
    for (const part of [text, ...parsed(blocks)]) expect(part).not.toMatch(/<(?!https:\/\/example\.com)/);
    expect(at.fake.problems).toEqual([]);
  });
});

describe('a workspace that has had enough', () => {
  const names = Array.from({ length: 30 }, (_, n) => `C${100 + n}`);

  /** Two posts in each channel, each tried again when it is told to. Returns how many requests that took. */
  async function storm(at: Desk): Promise<number> {
    const waiting = names.flatMap((name) => [0, 1].map((n) => ({ name, n, due: 0 })));
    while (waiting.length > 0) {
      waiting.sort((a, b) => a.due - b.due);
      const [{ name, n, due }] = waiting as [(typeof waiting)[0]];
      at.clock.advance(Math.max(0, due - Number(at.clock.now())));
      const retryAfterMs = await at.adapter.post({ ...channel, channel: name }, sentence(`${n}`), `${name} ${n}`).then(
        () => undefined,
        (error) => error.retryAfterMs as number,
      );
      if (retryAfterMs === undefined) waiting.shift();
      else (waiting[0] as (typeof waiting)[0]).due = Number(at.clock.now()) + retryAfterMs;
    }
    return at.fake.requests('chat.postMessage').length;
  }

  test('is asked less than twice for each post, however few it takes', async () => {
    const at = await desk({
      channels: names.map((id) => ({ id, name: id.toLowerCase(), members: ['bot', 'U1'] })),
      rates: { on: true, burst: 3, workspacePerMinute: 20 },
    });
    const requests = await storm(at);
    for (const name of names) expect(at.fake.channel(name).all).toHaveLength(2);
    expect(requests).toBeLessThan(60 * 2);
  });

  test('is left in peace only as long as it says: one channel alone waits no longer', async () => {
    const at = await desk();
    at.fake.fail('chat.postMessage', { status: 429, retryAfter: 7 });
    await expect(at.adapter.post(channel, alarm, 'a')).rejects.toMatchObject({ retryAfterMs: 7_000 });
    at.clock.advance(6_999);
    await expect(at.adapter.post(channel, alarm, 'a')).rejects.toMatchObject({ retryAfterMs: 1 });
    at.clock.advance(1);
    await at.adapter.post(channel, alarm, 'a');
    expect(at.fake.channel('C1').all).toHaveLength(1);
  });
});

describe('a picture', () => {
  test('comes after the words, says its finding, and is uploaded once', async () => {
    const at = await desk();
    await at.adapter.post(channel, overview(), 'k1');
    expect(types(at)).not.toContain('image');
    expect(shown(at)).toContain('Of 1.25 M events received');
    await brought(at);
    const [file] = at.fake.files.values();
    expect(file?.bytes).toEqual(png);
    expect(file?.channels).toEqual([]);
    expect(at.fake.lastSeenBy('U1', 'C1').blocks).toContainEqual(
      expect.objectContaining({
        type: 'image',
        alt_text: expect.stringContaining('Of 1.25 M events received'),
        slack_file: { id: file?.id },
      }),
    );
    await at.adapter.post(channel, overview(), 'k2');
    expect(types(at)).toContain('image');
    expect(at.fake.files.size).toBe(1);
    expect(at.fake.problems).toEqual([]);
  });

  test('of an older revision never replaces a newer one', async () => {
    const door = gate();
    const slow = { ...draw, png: async () => door.opened.then(() => png) };
    const at = await desk({ drawing: slow });
    const id = await at.adapter.post(channel, overview(), 'k');
    await at.adapter.edit(channel, id, sentence('Newer', 'ok'));
    door.open();
    await at.adapter.stop();
    expect(shown(at)).toContain('Newer');
    expect(at.fake.files.size).toBe(1);
  });

  test('is waited for while Slack looks at it', async () => {
    const at = await desk({ filePolls: 2 });
    await at.adapter.post(channel, overview(), 'k');
    for (const wait of [250, 500]) {
      await until('it waits', async () => Number(await at.clock.nextTimer()) - Number(at.clock.now()) === wait);
      at.clock.advance(wait);
    }
    await brought(at);
  });

  test('that cannot be uploaded is drawn by Slack, else told with a link', async () => {
    const at = await desk({ publicUrl: 'https://pipewarden.example' });
    at.fake.fail('files.getUploadURLExternal', { error: 'missing_scope', fields: { needed: 'files:write' } });
    await at.adapter.post(channel, overview(), 'k');
    await until('the chart is there', () => types(at).includes('data_visualization'));
    expect(shown(at)).toContain('https://pipewarden.example/');
    expect(JSON.stringify(at.logged)).toContain('a figure is shown without its picture');
  });

  test('that Slack refuses after all is left out', async () => {
    const at = await desk();
    await at.adapter.post(channel, overview(), 'k1');
    await brought(at);
    at.fake.fail('chat.postMessage', { error: 'invalid_blocks' });
    await at.adapter.post(channel, overview(), 'k2');
    expect(types(at)).toContain('data_visualization');
  });

  /** Moves on to what the adapter waits for, which is so far away. */
  const pass = async (at: Desk, ms: number) => {
    await until(`something waits ${ms} ms`, async () => Number(await at.clock.nextTimer()) - Number(at.clock.now()) === ms);
    at.clock.advance(ms);
  };

  test('whose message Slack does not change for now comes when it does', async () => {
    const at = await desk();
    at.fake.fail('chat.update', { status: 429, retryAfter: 7 });
    at.fake.fail('chat.update', { status: 503 });
    await at.adapter.post(channel, overview(), 'k');
    await pass(at, 7_000);
    await pass(at, 4_000);
    await brought(at);
    expect(at.fake.requests('chat.update')).toHaveLength(3);
    expect(at.fake.problems).toEqual([]);
  });

  test('takes its turn among the changes of other channels', async () => {
    const members = ['bot', 'U1'];
    const at = await desk({ channels: ['C1', 'C3'].map((name) => ({ id: name, name, members })) });
    const id = await at.adapter.post(channel, alarm, 'a');
    at.fake.fail('chat.update', { status: 429, retryAfter: 7 });
    await expect(at.adapter.edit(channel, id, alarm)).rejects.toMatchObject({ retryAfterMs: 7_000 });
    await at.adapter.post({ ...channel, channel: 'C3' }, overview(), 'k');
    await pass(at, 8_200);
    await until('the picture is there', () => at.fake.lastSeenBy('U1', 'C3').blocks.some(({ type }) => type === 'image'));
    expect(at.fake.requests('chat.update')).toHaveLength(2);
  });

  test('that waits for Slack is left when something newer is shown', async () => {
    const at = await desk();
    at.fake.fail('chat.update', { status: 429, retryAfter: 7 });
    const id = await at.adapter.post(channel, overview(), 'k');
    await at.clock.nextTimer();
    at.clock.advance(6_999);
    await expect(at.adapter.edit(channel, id, sentence('Newer', 'ok'))).rejects.toMatchObject({ kind: 'later' });
    const nothing = new Promise((resolve) => setImmediate(resolve, 'nothing'));
    expect(await Promise.race([at.clock.nextTimer(), nothing])).toBe('nothing');
    at.clock.advance(1);
    await at.adapter.edit(channel, id, sentence('Newer', 'ok'));
    await at.adapter.stop();
    expect(shown(at)).toContain('Newer');
    expect(at.fake.requests('chat.update')).toHaveLength(2);
  });

  test('is given up after a few refusals', async () => {
    const at = await desk();
    at.fake.fail('chat.update', { status: 429, retryAfter: 7, times: 20 });
    await at.adapter.post(channel, overview(), 'k');
    for (let n = 0; n < 5; n++) await pass(at, 7_000);
    await until('it is given up', () => JSON.stringify(at.logged).includes('could not be brought'));
    expect(at.fake.requests('chat.update')).toHaveLength(6);
  });

  test('that waits for Slack is left at the stop', async () => {
    const at = await desk();
    at.fake.fail('chat.update', { status: 429, retryAfter: 7 });
    await at.adapter.post(channel, overview(), 'k');
    await at.clock.nextTimer();
    await at.adapter.stop();
    expect(at.fake.requests('chat.update')).toHaveLength(1);
  });

  test.each(['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal', 'files.info'])(
    'is uploaded once Slack takes it, where it had enough at %s',
    async (method) => {
      const at = await desk();
      at.fake.fail(method, { status: 429, retryAfter: 30 });
      await at.adapter.post(channel, overview(), 'k');
      await pass(at, 30_000);
      // From then on a request about files at a time.
      await until('the picture is there', () => {
        at.clock.advance(100);
        return types(at).includes('image');
      });
      expect(at.fake.files.size).toBe(1);
      expect(at.fake.problems).toEqual([]);
    },
  );

  test('of a private answer comes below it once Slack takes more', async () => {
    const at = await desk();
    at.fake.fail('files.info', { status: 429, retryAfter: 30 });
    at.fake.fail('response_url', {
      status: 429,
      retryAfter: 5,
      when: ({ blocks }) => JSON.stringify(blocks).includes('"image"'),
    });
    await at.fake.user('U1').command('C1', '/pipeline');
    await until('it is heard', () => at.listener.commands.length > 0);
    await at.answer(first(at.listener.commands), overview());
    await pass(at, 30_000);
    await pass(at, 5_000);
    await brought(at);
    expect(at.fake.seenBy('U1', 'C1')).toHaveLength(2);
    expect(at.fake.seenBy('U2', 'C1')).toEqual([]);
    expect(at.fake.problems).toEqual([]);
  });

  test('in the making is finished before the stop', async () => {
    const at = await desk({ filePolls: 1 });
    await at.adapter.post(channel, overview(), 'k');
    await at.adapter.stop();
    expect(types(at)).toContain('image');
  });
});
