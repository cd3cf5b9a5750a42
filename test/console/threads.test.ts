import { describe, expect, test } from 'vitest';
import { createConsole } from '../../src/chat/console/adapter.ts';
import type { Figure } from '../../src/core/messages/figure.ts';
import { ada, channels, draw, HandClock } from './fakes.ts';
import { alarm, healthy, overview } from './samples.ts';
import { data, script, started } from './started.ts';

const under = (thread: string, person?: string) => ({
  platform: 'console',
  team: 'Northwind',
  channel: 'general',
  thread,
  person,
});
const titled = (title: string) => ({ ...healthy, title });

describe('a thread', () => {
  test('stands under its message, for those who may see the reply', async () => {
    const { adapter, place, call } = await started();
    const first = await adapter.post(place('general'), alarm, 'first');
    await adapter.post(place('general'), titled('Second'), 'second');
    const reply = await adapter.post(under(first), titled('A reply'), 'reply');
    await adapter.post(under(reply), titled('To the reply'), 'beside');
    await adapter.post(under(first, 'console:other'), titled('For another'), 'theirs');
    const body = String((await call('GET /c/general')).body);
    expect([...body.matchAll(/ id="([mt]\d+)"/g)].map(([, id]) => id)).toEqual(['m1', 't1', 'm3', 'm4', 'm2']);
    expect(body).toContain('<span class="count">2 replies</span>');
    expect(body).not.toContain('For another');
  });

  test('waits behind its number once it has more than three, and says when it has more than fit', async () => {
    const { adapter, place, call } = await started();
    const first = await adapter.post(place('general'), alarm, 'first');
    const thread = async () => /<details[^>]*>\s*<summary>.*<\/summary>/.exec(String((await call('GET /c/general')).body))?.[0];
    const reply = (at: number) => adapter.post(under(first), titled(`Reply ${at}`), `${at}`);
    await reply(1);
    expect(await thread()).toMatch(/ open>\n.*>1 reply<.*>Reply 1</);
    for (const at of [2, 3, 4]) await reply(at);
    expect(await thread()).toMatch(/\d">\n.*>4 replies<.*>Reply 4</);
    for (let at = 5; at <= 51; at += 1) await reply(at);
    expect(await thread()).toContain('>More than 50 replies<');
  });

  test('is told live as the thread that the reply is in, and only to its channel', async () => {
    const { adapter, place, listen } = await started();
    const first = await adapter.post(place('general'), alarm, 'first');
    const [here, elsewhere] = [await listen('general'), await listen('alerts')];
    await adapter.post(under(first), titled('A reply'), 'reply');
    expect(data(await here.next())).toMatchObject({ id: 2, html: expect.stringMatching(/^<details class="thread" id="t1"/) });
    expect(data(await elsewhere.next())).toEqual({ channel: 'general', id: 2 });
  });

  test('keeps what is pressed in it, and what is filled in', async () => {
    const { adapter, place, call, listener } = await started();
    const first = await adapter.post(place('general'), alarm, 'first');
    await adapter.post(under(first, ada.account), overview(), 'reply');
    const form = { mine: '1', thread: first };
    await call('POST /c/general', { form: { ...form, action: 'alert.ack:a7' }, headers: script });
    const there = { channel: 'general', thread: first, person: ada.account };
    expect(listener.calls.at(-1)).toMatchObject({ place: there });
    const { ask } = JSON.parse(
      String((await call('POST /c/general', { form: { ...form, action: 'pipeline.window:v1' }, headers: script })).body),
    );
    expect(ask).toContain('<input type="hidden" name="thread" value="1">');
    await call('POST /c/general', { form: { ...form, submit: 'pipeline.window:v1', 'value.from': 'x' }, headers: script });
    expect(listener.calls.at(-1)).toMatchObject({ place: there });
    for (const odd of ['x', '-1', '1.5', '1e300']) {
      await call('POST /c/general', { form: { thread: odd, action: 'alert.ack:a7' }, headers: script });
      expect(listener.calls.at(-1)?.place).not.toHaveProperty('thread');
    }
  });
});

test('what is for one person alone, of no channel, stands where people come in', async () => {
  const { adapter, place, log } = await started();
  await adapter.post(place('', 'console:dana'), healthy, 'direct');
  expect(log.entries[0]).toMatchObject({ channel: 'general', person: 'console:dana' });
  await expect(adapter.post(place(''), healthy, 'nowhere')).rejects.toMatchObject({ kind: 'place' });
});

test('a figure that cannot be laid out is told in words', async () => {
  const { log, adapter, place } = await started();
  const sizeOf = ({ kind }: Figure) => {
    if (kind !== 'series') throw new TypeError('a figure of another version');
    return { width: 1, height: 1 };
  };
  const other = createConsole({
    log,
    draw: { ...draw, sizeOf },
    clock: new HandClock(),
    people: [ada],
    channels,
    team: 'Northwind',
  });
  await adapter.post(place('general'), overview(), 'k');
  const page = other.routes.find(({ method, path }) => method === 'GET' && path === '/c/:channel');
  const request = {
    params: { channel: 'general' },
    query: {},
    headers: {},
    body: Buffer.alloc(0),
    address: '127.0.0.1',
    signal: new AbortController().signal,
  };
  const body = String((await page?.handle(request))?.body);
  expect(body).toContain('<p class="text">Of 1.25 M events received');
  expect(body).not.toContain('<img');
});
