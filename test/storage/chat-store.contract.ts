import { beforeEach, describe, expect, test } from 'vitest';
import { sentence } from '../../src/core/messages/message.ts';
import type { Place } from '../../src/core/messages/place.ts';
import type { ChatStore, View } from '../../src/core/ports/stores.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

const now = new Date('2026-11-25T10:00:00Z');
const clock = fakeClock(now);
const place: Place = { platform: 'console', team: 'Pipewarden', channel: 'general' };

/** Views, posts and the console's messages. */
export function chatStoreContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(clock);
  });

  const within = <T>(work: (chat: ChatStore) => Promise<T>) => database.transaction(({ chat }) => work(chat));
  const unshown = (limit = 10, address = 'console:general') => database.read(({ chat }) => chat.unshown(address, limit));
  const put = (subject: string, title: string, where: Place = place) =>
    within((chat) => chat.putPost({ subject, place: where, message: sentence(title), at: now }));

  describe('a channel', () => {
    const team = 'T1';
    const closed = async () =>
      Object.fromEntries(
        (await database.read(({ chat }) => chat.channels())).map(({ address, closed }) => [address, closed !== null]),
      );

    test('that was closed with its team is opened with it, and no other', async () => {
      for (const address of ['slack:a', 'slack:b', 'slack:c', 'discord:d']) {
        await within((chat) => chat.openChannel({ address, team }));
      }
      await within((chat) => chat.openChannel({ address: 'slack:e', team: 'T2' }));
      await within((chat) => chat.closeChannels({ platform: 'slack', team, address: 'slack:c', why: 'deleted' }));
      for (const [platform, gone] of [
        ['slack', 'T1'],
        ['slack', 'T2'],
        ['discord', 'T1'],
      ] as const) {
        await within((chat) => chat.closeChannels({ platform, team: gone, why: 'removed' }));
      }
      const opened = await within((chat) => chat.openTeam({ platform: 'slack', team }));
      expect(opened.sort()).toEqual(['slack:a', 'slack:b']);
      expect(await within((chat) => chat.openTeam({ platform: 'slack', team }))).toEqual([]);
      expect(await closed()).toEqual({ 'slack:a': false, 'slack:b': false, 'slack:c': true, 'slack:e': true, 'discord:d': true });
    });
  });

  describe('an invitation to a channel', () => {
    const invited = () => within((chat) => chat.openChannel({ address: 'slack:a', team: 'T1' }));

    test('is the first one once, however the channel came to be known and however many are told at once', async () => {
      await within((chat) => chat.closeChannels({ platform: 'slack', team: 'T1', address: 'slack:a', why: 'not in it' }));
      await within((chat) => chat.bindChannel({ address: 'slack:a', team: 'T1', workspace: 'w' }));
      const firsts = await Promise.all([invited(), invited(), invited()]);
      expect(firsts.filter(Boolean)).toHaveLength(1);
      await within((chat) => chat.closeChannels({ platform: 'slack', team: 'T1', address: 'slack:a', why: 'removed' }));
      expect(await invited()).toBe(false);
      const channel = { address: 'slack:a', team: 'T1', workspace: 'w', closed: null };
      expect(await database.read(({ chat }) => chat.channel('slack:a'))).toEqual(channel);
    });
  });

  describe('long work', () => {
    const asked = { ...place, person: 'dana', reply: 'sealed' };
    const at = (seconds: number) => new Date(Number(now) + seconds * 1_000);
    const keep = (seconds: number) => within((chat) => chat.keepWork({ id: 'vw_1', place: asked, until: at(seconds) }));
    const take = (seconds: number) => within((chat) => chat.takeLostWork('vw_1', at(seconds)));

    test('is lost once nobody has said in time that it goes on, and is taken once', async () => {
      await keep(15);
      await keep(17);
      expect(await take(16)).toBeUndefined();
      expect(await database.read(({ chat }) => chat.workUntil('vw_1'))).toEqual(at(17));
      const taken = await Promise.all([take(17), take(17), take(17)]);
      expect(taken.filter(Boolean)).toEqual([asked]);
      expect(await database.read(({ chat }) => chat.workUntil('vw_1'))).toBeUndefined();
    });

    test('that ended is not lost', async () => {
      await keep(15);
      await within((chat) => chat.endWork('vw_1'));
      expect(await take(60)).toBeUndefined();
    });
  });

  describe('a view', () => {
    const view: View = {
      id: 'vw_1',
      command: 'pipeline',
      verb: 'show',
      args: { source: 'web', destination: '"💥" <b> \\ \'' },
      choices: ['a', 'b'],
      place: { ...place, thread: 't', person: 'dana' },
      expiresAt: new Date('2026-11-25T11:00:00Z'),
    };
    const read = (at: Date) => database.read(({ chat }) => chat.view('vw_1', at));

    test('comes back as it was, until it expires', async () => {
      await within((chat) => chat.saveView(view));
      expect(await read(now)).toEqual(view);
      expect(await read(new Date('2026-11-25T10:59:59.999Z'))).toEqual(view);
      expect(await read(view.expiresAt)).toBeUndefined();
    });

    test('saved again has its new arguments and lives longer', async () => {
      const next = { ...view, verb: 'steps', args: {}, choices: [], expiresAt: new Date('2026-11-25T12:00:00Z') };
      await within((chat) => chat.saveView(view));
      await within((chat) => chat.saveView(next));
      expect(await read(view.expiresAt)).toEqual(next);
    });

    test('that expired is forgotten by retention; a live one is kept', async () => {
      await within(async (chat) => {
        await chat.saveView(view);
        await chat.saveView({ ...view, id: 'vw_2', expiresAt: new Date('2026-11-25T11:00:00.001Z') });
      });
      await database.transaction(({ delivery }) => delivery.retain(new Date('2026-11-25T11:00:00.001Z')));
      expect(await database.kysely.selectFrom('view').select('id').execute()).toEqual([{ id: 'vw_2' }]);
    });
  });

  describe('a post', () => {
    test('of the same subject in the same place is one, with a new revision', async () => {
      await put('vw_1', 'first');
      await put('vw_1', 'second');
      const posts = await unshown();
      expect(posts).toMatchObject([
        { subject: 'vw_1', place, message: sentence('second'), revision: 2, shownRevision: 0, externalId: null },
      ]);
    });

    test('of the same subject elsewhere is another', async () => {
      await put('vw_1', 'here');
      await put('vw_1', 'there', { ...place, channel: 'sandbox' });
      expect(await unshown()).toHaveLength(1);
      expect(await unshown(10, 'console:sandbox')).toMatchObject([{ message: sentence('there') }]);
    });

    test('waits in the order of its first sending, whatever was edited since', async () => {
      for (const subject of ['a', 'b', 'c']) await put(subject, subject);
      await put('a', 'a again');
      expect((await unshown()).map((post) => post.subject)).toEqual(['a', 'b', 'c']);
      expect((await unshown(2)).map((post) => post.subject)).toEqual(['a', 'b']);
    });

    test('that is shown waits no more, until it has a newer revision', async () => {
      await put('a', 'one');
      const [first] = await unshown();
      await within((chat) => chat.markShown(first as { id: number; revision: number }, 'm-1'));
      expect(await unshown()).toEqual([]);
      await put('a', 'two');
      expect(await unshown()).toMatchObject([{ revision: 2, shownRevision: 1, externalId: 'm-1' }]);
    });

    test('edited while it was being sent waits for its newer revision', async () => {
      await put('a', 'one');
      const [first] = await unshown();
      await put('a', 'two');
      await within((chat) => chat.markShown(first as { id: number; revision: number }, 'm-1'));
      expect(await unshown()).toMatchObject([{ revision: 2, shownRevision: 1, message: sentence('two') }]);
    });

    test('never goes back to an older revision', async () => {
      await put('a', 'one');
      await put('a', 'two');
      const id = (await unshown())[0]?.id as number;
      await within((chat) => chat.markShown({ id, revision: 2 }, 'm-1'));
      await within((chat) => chat.markShown({ id, revision: 1 }, 'm-1'));
      expect(await unshown()).toEqual([]);
    });
  });

  describe('the log of the console', () => {
    const said = (text: string) => ({ kind: 'said', text }) as const;
    const append = (key: string, text = key, channel = 'general', person?: string) =>
      database.consoleLog.append({ channel, author: 'Dana', body: said(text), key, at: now, person });
    const list = (account = 'console:dana', limit = 10, before?: number) =>
      database.consoleLog.list('general', account, limit, before);

    test('appends once a key: the same key again gives the first entry', async () => {
      const first = await append('k-1', 'hello');
      expect(first).toMatchObject({
        channel: 'general',
        author: 'Dana',
        body: said('hello'),
        at: now,
        editedAt: null,
        person: null,
      });
      expect(await append('k-1', 'other')).toEqual(first);
      expect(await list()).toEqual([first]);
    });

    test('appends once a key, however many append at once', async () => {
      const entries = await Promise.all(Array.from({ length: 8 }, () => append('k-1')));
      expect(new Set(entries.map((entry) => entry.id)).size).toBe(1);
      expect(await list()).toHaveLength(1);
    });

    test('edits in place and says when; an entry that is not there is undefined', async () => {
      const { id } = await append('k-1');
      const later = new Date('2026-11-25T10:01:00Z');
      const edited = await database.consoleLog.edit(id, said('changed'), later);
      expect(edited).toMatchObject({ id, body: said('changed'), at: now, editedAt: later });
      expect(await list()).toEqual([edited]);
      expect(await database.consoleLog.edit(id + 1, said('nobody'), later)).toBeUndefined();
    });

    test('lists the newest of a channel, oldest first, and pages back to the first', async () => {
      for (let i = 1; i <= 7; i++) await append(`k-${i}`, String(i), i === 4 ? 'sandbox' : 'general');
      const texts: string[][] = [];
      let before: number | undefined;
      for (;;) {
        const page = await list('console:dana', 2, before);
        if (page.length === 0) break;
        texts.push(page.map((entry) => (entry.body.kind === 'said' ? entry.body.text : '')));
        before = page[0]?.id;
      }
      expect(texts).toEqual([
        ['6', '7'],
        ['3', '5'],
        ['1', '2'],
      ]);
    });

    test('shows what is for one account to that account alone, before and after an edit', async () => {
      const mine = await append('mine', 'mine', 'general', 'console:dana');
      const all = await append('all');
      const theirs = await append('theirs', 'theirs', 'general', 'console:eli');
      expect(mine).toMatchObject({ person: 'console:dana' });
      const edited = await database.consoleLog.edit(theirs.id, said('theirs still'), now);
      expect(edited).toMatchObject({ person: 'console:eli' });
      expect(await list('console:dana')).toEqual([mine, all]);
      expect(await list('console:eli')).toEqual([all, edited]);
      expect(await list('')).toEqual([all]);
      // A page is full of what its reader may see.
      expect(await list('console:dana', 1, theirs.id)).toEqual([all]);
      expect(await list('console:eli', 1, all.id)).toEqual([]);
    });

    test('lists the newest replies under each entry, as its reader may see them, and not beside it', async () => {
      const replies = (to: number[], account = 'console:dana', limit = 2) =>
        database.consoleLog.replies('general', to, account, limit);
      const reply = (key: string, thread: number, person?: string, channel = 'general') =>
        database.consoleLog.append({ channel, author: 'Dana', body: said(key), key, at: now, person, thread });
      const [first, second] = [await append('first'), await append('second')];
      const a = await reply('a', first.id);
      const b = await reply('b', second.id);
      const c = await reply('c', first.id, 'console:eli');
      // To a reply: beside it.
      const d = await reply('d', a.id);
      const e = await reply('e', first.id, 'console:dana');
      expect([a, b, c, d, e].map(({ thread }) => thread)).toEqual([first.id, second.id, first.id, first.id, first.id]);
      expect(await list()).toEqual([first, second]);
      expect(await replies([first.id, second.id])).toEqual([b, d, e]);
      expect(await replies([first.id], 'console:eli', 9)).toEqual([a, c, d]);
      expect(await replies([])).toEqual([]);
      expect(await database.consoleLog.newest(['general'], 'console:dana')).toEqual({ general: e.id });
    });

    test('what would stand under an entry that is not in the channel stands by itself', async () => {
      const { id } = await append('elsewhere', 'elsewhere', 'sandbox');
      for (const thread of [id, id + 1000]) {
        const entry = { channel: 'general', author: 'Dana', body: said('alone'), key: `to ${thread}`, at: now, thread };
        expect(await database.consoleLog.append(entry)).toMatchObject({ thread: null });
      }
    });

    test('knows the newest of every channel that an account may see', async () => {
      const { id: first } = await append('k-1');
      const { id: own } = await append('k-2', 'own', 'general', 'console:dana');
      const { id: far } = await append('k-3', 'far', 'sandbox', 'console:dana');
      const newest = (account: string) => database.consoleLog.newest(['general', 'sandbox', 'empty'], account);
      expect(await newest('console:dana')).toEqual({ general: own, sandbox: far, empty: 0 });
      expect(await newest('console:eli')).toEqual({ general: first, sandbox: 0, empty: 0 });
      expect(await database.consoleLog.newest([], 'console:dana')).toEqual({});
    });
  });
}
