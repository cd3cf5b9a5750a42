import { describe, expect, test } from 'vitest';
import { createConsole } from '../../src/chat/console/adapter.ts';
import { History } from '../../src/chat/console/history.ts';
import { Live } from '../../src/chat/console/live.ts';
import { encodeAction } from '../../src/core/messages/action-id.ts';
import { ada, channels, draw, HandClock, MemoryLog, setUp } from './fakes.ts';
import { healthy, overview } from './samples.ts';

import { data, script, started } from './started.ts';

describe('the adapter', () => {
  test('has browser routes only, all with a strict policy', async () => {
    const { adapter, call } = await started();
    expect(new Set(adapter.routes.map(({ audience }) => audience))).toEqual(new Set(['browser']));
    for (const line of ['GET /', 'GET /c/general', 'GET /figures/x.png', 'GET /assets/1/console.js']) {
      const { headers } = await call(line);
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      });
    }
  });

  test('a command is appended, shown and handed to the listener, in this order', async () => {
    const { log, listener, say, listen } = await started();
    const stream = await listen('general');
    expect((await say('  /pipeline web ')).body).toBe('{}');
    expect(log.entries[0]).toMatchObject({ author: 'ada', channel: 'general', body: { kind: 'said', text: '/pipeline web' } });
    expect(data(await stream.next()).html).toContain('/pipeline web');
    expect(data(await stream.next()).html).toContain('delivered 77.6 %');
    expect(listener.calls).toEqual([
      { text: '/pipeline web', place: { platform: 'console', team: 'Northwind', channel: 'general' } },
    ]);
  });

  test('posts once per key, edits in place and says what is gone', async () => {
    const { adapter, log, place, listen } = await started();
    const stream = await listen('alerts');
    const id = await adapter.post(place('general'), overview(), 'k');
    expect(await adapter.post(place('general'), overview(), 'k')).toBe(id);
    expect(log.entries).toHaveLength(1);
    await adapter.edit(place('general'), id, healthy);
    expect(log.entries[0]?.editedAt).not.toBeNull();
    // A page of another channel learns that there is something, not what.
    expect(data(await stream.next())).toEqual({ channel: 'general', id: 1 });
    for (const gone of ['99', '', 'x', '1e99'])
      await expect(adapter.edit(place('general'), gone, healthy)).rejects.toMatchObject({ kind: 'message' });
    await expect(adapter.post(place('nowhere'), healthy, 'x')).rejects.toMatchObject({ kind: 'place' });
  });

  test('what cannot be taken is told and not posted', async () => {
    const { log, listener, say, press } = await started();
    expect((await say('hello')).body).toBe('{"note":"Commands begin with /. Try /pipeline."}');
    expect((await say('')).body).toContain('Commands begin with /');
    expect((await say(`/${'x'.repeat(2000)}`)).body).toContain('That is 2001 characters');
    for (const id of ['', 'nonsense', 'a.b', 'x'.repeat(5000)])
      expect((await press(id)).body).toBe('{"note":"This button is no longer valid."}');
    expect((await press('pipeline.destination:v1', 'x'.repeat(101))).body).toContain('no longer valid');
    expect((await press('pipeline.destination:v1', 'a\u0000')).body).toContain('no longer valid');
    expect(log.entries).toEqual([]);
    expect(listener.calls).toEqual([]);
  });

  test('control characters do not get into the log', async () => {
    const { log, say } = await started();
    await say('/pipe\u0000line\r\nweb\u0007');
    expect(log.entries[0]?.body).toEqual({ kind: 'said', text: '/pipe line web' });
  });

  test('presses and choices reach the listener; its refusal is told to the presser', async () => {
    const { listener, press } = await started();
    const id = { verb: 'alert.ack', id: 'a7' };
    await press(encodeAction(id));
    await press(encodeAction(id), 'later: soon');
    expect(listener.calls).toMatchObject([{ action: id }, { action: { ...id, choice: 'later: soon' } }]);
    expect((await press('pipeline.refresh:v1')).body).toBe('{"note":"This view has ended. Send /pipeline again."}');
  });

  test('a fault of ours is not passed off as theirs', async () => {
    const { listener, say } = await started();
    listener.command = async () => Promise.reject(new Error('bug'));
    await expect(say('/pipeline')).rejects.toThrow('bug');
  });

  test('before the start it asks for patience', async () => {
    const { call, log } = setUp();
    const { body } = await call('POST /c/general', { form: { text: '/pipeline' }, headers: script });
    expect(body).toContain('still starting');
    expect(log.entries).toEqual([]);
  });

  test('completes', async () => {
    const { call } = await started();
    const complete = async (text: string) =>
      JSON.parse(String((await call(`GET /console/complete?text=${encodeURIComponent(text)}`)).body)).suggestions;
    expect(await complete('/pipeline w')).toMatchObject([
      { text: '/pipeline web ', value: 'web', label: 'web', hint: 'Source · 3 destinations' },
    ]);
    for (const text of ['', 'pipe', '/\u0000', `/${'x'.repeat(3000)}`]) expect(await complete(text)).toEqual([]);
  });
});

describe('a private message', () => {
  const other = 'console:other';

  test('is shown to its person alone: on pages, live, and as news of a channel', async () => {
    const { adapter, log, place, call, listen } = await started();
    const stream = await listen('general');
    await adapter.post(place('general', other), overview(), 'theirs');
    await adapter.post(place('alerts', other), overview(), 'news of theirs');
    await adapter.post(place('general', ada.account), healthy, 'ours');
    expect(log.entries.map(({ person }) => person)).toEqual([other, other, ada.account]);
    expect(data(await stream.next())).toMatchObject({ id: 3, html: expect.stringContaining('Only you can see this') });
    for (const line of ['GET /c/general', 'GET /c/general/messages', 'GET /c/general/messages?before=3']) {
      const { body } = await call(line);
      expect(body).not.toContain('delivered 77.6 %');
    }
    const { newest, html } = JSON.parse(String((await call('GET /c/general/messages')).body));
    expect(newest).toEqual({ general: 3, alerts: 0, releases: 0, sandbox: 0 });
    expect(html).toContain('Only you can see this');
  });

  test('stays private when it is edited, wherever the edit says it is', async () => {
    const { adapter, log, place, call, listen } = await started();
    const stream = await listen('general');
    const id = await adapter.post(place('general', other), overview(), 'theirs');
    await adapter.edit(place('general'), id, healthy);
    await adapter.post(place('general', other), overview(), 'theirs');
    await adapter.post(place('general'), healthy, 'for all');
    expect(log.entries[0]).toMatchObject({ person: other, body: { message: healthy } });
    const next = data(await stream.next());
    expect(next).toMatchObject({ id: 2 });
    expect(next.html).not.toContain('Only you');
    expect((await call('GET /c/general')).body).not.toContain('id="m1"');
  });

  test('reaches every page of its person and no other, as the hub and the history tell people apart', async () => {
    const { log } = setUp();
    const live = new Live(new HandClock());
    const open = (account: string, channel: string) => live.open({ account, channel }, new AbortController().signal);
    const readers = [open('a', 'general'), open('a', 'alerts'), open('b', 'general'), open('b', 'alerts')];
    const streams = readers.map((reader) => reader[Symbol.asyncIterator]());
    for (const stream of streams) await stream.next();
    live.send({ channel: 'general', person: 'a' }, (here) => ({ secret: here }));
    live.send({ channel: 'general', person: null }, (here) => ({ here }));
    const heard = await Promise.all(streams.map(async (stream) => data(await stream.next())));
    expect(heard).toEqual([{ secret: true }, { secret: false }, { here: true }, { here: false }]);

    const body = { kind: 'message', message: healthy } as const;
    const entry = { channel: 'general', author: 'Pipewarden', body, at: new Date() };
    for (const person of [undefined, 'a', 'b']) await log.append({ ...entry, key: `${person}`, person });
    const history = new History(log, channels, () => ({ url: '', width: 1, height: 1 }));
    const seen = async (account: string) => {
      const { html, newest } = await history.read(account, 'general', 50);
      return { ids: [...html.text.matchAll(/id="(m\d+)"/g)].map(([, id]) => id), newest: newest.general };
    };
    expect(await seen('a')).toEqual({ ids: ['m1', 'm2'], newest: 2 });
    expect(await seen('b')).toEqual({ ids: ['m1', 'm3'], newest: 3 });
    expect(await seen('c')).toEqual({ ids: ['m1'], newest: 1 });
  });
});

describe('pages', () => {
  test('lead to general, and to the channels there are', async () => {
    const { call } = await started();
    expect(await call('GET /')).toMatchObject({ status: 303, headers: { location: '/c/general' } });
    const lost = await call('GET /c/%3Cb%3E');
    expect(lost.status).toBe(404);
    expect(lost.body).toContain('There is no channel #&lt;b&gt;.');
    expect(lost.body).toContain('href="/c/alerts"');
    expect((await call('POST /c/nowhere', { form: { text: '/pipeline' } })).status).toBe(404);
  });

  test('without scripts a form leads back, or shows the note and the text', async () => {
    const { call } = await started();
    expect(await call('POST /c/alerts', { form: { text: '/pipeline' } })).toMatchObject({
      status: 303,
      headers: { location: '/c/alerts' },
    });
    const refused = await call('POST /c/alerts', { form: { text: '"hello' } });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('Commands begin with /.');
    expect(refused.body).toContain('value="&quot;hello"');
  });

  test('history comes fifty at a time, oldest first', async () => {
    const { adapter, call, place } = await started();
    for (let at = 1; at <= 120; at += 1) await adapter.post(place('general'), healthy, `${at}`);
    const ids = (body: unknown): number[] =>
      [...String(body).matchAll(/data-id=\\?"(\d+)/g)].map(([, id]) => Number(id)).filter(Boolean);
    const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const page = await call('GET /c/general');
    expect(ids(page.body)).toEqual(from(71, 120));
    expect(page.body).toContain('name="before" value="71"');
    expect(ids((await call('GET /c/general/messages?before=71')).body)).toEqual(from(21, 70));
    const last = await call('GET /c/general/messages?before=21');
    expect(ids(last.body)).toEqual(from(1, 20));
    expect(last.body).not.toContain('Show earlier');
    expect(ids((await call('GET /c/general/messages?count=100')).body)).toEqual(from(21, 120));
    for (const odd of ['count=1e9', 'count=-1', 'count=x', 'before=x', 'before=-3', 'before=1.5']) {
      expect(ids((await call(`GET /c/general/messages?${odd}`)).body)).toHaveLength(50);
    }
  });

  test('show figures, after a restart too, and no others', async () => {
    const log = new MemoryLog();
    const first = await started({ log });
    await first.adapter.post(first.place('general'), overview(), 'k');
    const { call } = await started({ log });
    const src = /src="(\/figures\/[a-z0-9]+\.png)\?of=\d+"/.exec(String((await call('GET /c/general')).body))?.[1];
    const image = await call(`GET ${src}`);
    expect(image).toMatchObject({
      status: 200,
      headers: { 'content-type': 'image/png', 'cache-control': expect.stringContaining('immutable') },
    });
    expect((image.body as Buffer).subarray(1, 4).toString()).toBe('PNG');
    for (const name of ['0000.png', src?.slice(9, -4), '..%2Fconsole.js'])
      expect((await call(`GET /figures/${name}`)).status).toBe(404);
  });

  test('show a figure of another process’s page, to whoever sees its message', async () => {
    const log = new MemoryLog();
    const { adapter, place, call: here } = await started({ log });
    await adapter.post(place('general', ada.account), overview(), 'k');
    const src = /src="(\/figures\/[^"]+)"/.exec(String((await here('GET /c/general')).body))?.[1] ?? '';
    const other = { ...ada, account: 'console:other' };
    expect((await (await started({ log, people: [other] })).call(`GET ${src}`)).status).toBe(404);
    const { call } = await started({ log });
    for (const wrong of [src.replace(/of=.*/, 'of=2'), src.replace(/of=.*/, 'of=x'), src.replace(/\?.*/, '')])
      expect((await call(`GET ${wrong}`)).status).toBe(404);
    expect((await call(`GET ${src}`)).status).toBe(200);
  });

  test('give a figure the room its image takes, and do without one that cannot be drawn', async () => {
    const { adapter, call, place, log } = await started();
    await adapter.post(place('general'), overview(), 'k');
    expect((await call('GET /c/general')).body).toContain('width="900" height="405"');
    const broken = { ...draw, png: () => Promise.reject(new Error('no fonts')) };
    const other = createConsole({ log, draw: broken, clock: new HandClock(), people: [ada], channels, team: 'Northwind' });
    expect(await other.post(place('alerts'), overview(), 'l')).toBe('2');
  });

  test('assets are kept for good under their own version only', async () => {
    const { call } = await started();
    const address = /src="(\/assets\/[^"]*console\.js)"/.exec(String((await call('GET /c/general')).body))?.[1] ?? '';
    expect((await call(`GET ${address}`)).headers?.['cache-control']).toContain('immutable');
    expect((await call('GET /assets/old/console.js')).headers?.['cache-control']).toBe('no-cache');
    expect((await call('GET /assets/old/adapter.ts')).status).toBe(404);
  });
});
