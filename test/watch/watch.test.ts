import { beforeEach, describe, expect, test } from 'vitest';
import type { Place } from '../../src/core/messages/place.ts';
import { runWatches } from '../../src/flows/audit/run-watches.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { ops, sam, Talk } from '../chat/room.ts';
import { silent } from '../support/app.ts';
import { onEachBackend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { alerts, approver, current, type House, house, owner, posts, titles } from './house.ts';

const robot = { id: 'deploy-bot', name: 'Deploy bot', email: '' };
const person = (n: number) => ({ id: `u-${n}`, name: `Person ${n}`, email: '' });

await onEachBackend((backend) => {
  let clock: FakeClock;
  let database: OpenDatabase;
  let here: House;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    database = await backend.open(clock);
    here = house(database, clock);
  });
  const trail = async (query: string) =>
    (await here.use.searchAudit(owner, { text: query, limit: 50 })).events.map(
      ({ action, resource }) => `${action} ${resource.name}`,
    );

  describe('a watch', () => {
    test('posts what matches from now on, and nothing that was before', async () => {
      await here.happen({ resource: { name: 'Before' } });
      await here.say('/audit watch action:destination.* -actor:deploy-bot');
      await here.run();
      expect(titles(here.talk)).toEqual([]);
      await here.happen({ resource: { name: 'Amplitude' } }, { action: 'user.invited' }, { actor: robot });
      await here.run();
      expect(titles(here.talk)).toEqual(['Dana Rossi disabled Amplitude (destination.disabled)']);
    });

    test('is not told what came before it, though others have still to be', async () => {
      await here.say('/audit watch action:destination.*', alerts);
      await here.happen({ resource: { name: 'Before' } });
      await here.say('/audit watch action:destination.*');
      await here.happen({ resource: { name: 'After' } });
      await here.run();
      expect(titles(here.talk)).toEqual(['Dana Rossi disabled After (destination.disabled)']);
      expect(titles(here.talk, alerts)).toEqual(['Dana Rossi made 2 changes at once']);
    });

    test('that is the first again is not told what came while nobody watched', async () => {
      await here.say('/audit watch action:destination.*');
      const [line] = here.talk.shown.filter(({ place }) => place.person === undefined);
      if (line) await here.press(line, 'Stop watching');
      await here.happen({ resource: { name: 'Between' } });
      await here.say('/audit watch action:destination.*');
      await here.happen({ resource: { name: 'After' } });
      await here.run();
      expect(titles(here.talk)).toEqual(['Dana Rossi disabled After (destination.disabled)']);
    });

    test('is answered to whoever began it, and told to everyone there', async () => {
      const answer = await here.say('/audit watch action:destination.*');
      expect(answer?.title).toBe('talk:ops is told of what matches from now on: action:destination.*');
      expect(JSON.stringify(answer?.blocks)).toMatch(/Stop watching.*No line from me\? Then I am not a member/s);
      const [line] = here.talk.shown.filter(({ place }) => place.person === undefined);
      expect(line?.message.title).toBe('Changes that match are posted here from now on, says Dana: action:destination.*');
    });

    test('of the same search in the same channel is one, however it is typed', async () => {
      await here.say('/audit watch action:destination.* actor:dana*');
      const again = await here.say('/audit watch  ACTOR:Dana* action:destination.*', ops, sam);
      expect(again?.title).toMatch(/^talk:ops is told of that already/);
      await here.say('/audit watch action:destination.* actor:dana*', alerts);
      expect(await here.use.listWatches(owner, ops)).toHaveLength(2);
      expect(await trail('action:watch.started')).toHaveLength(2);
      await here.happen({ actor: { name: 'Dana' } });
      await here.run();
      expect([posts(here.talk).length, posts(here.talk, alerts).length]).toEqual([1, 1]);
    });

    test('is stopped by its button, by anyone there who may search; the trail says who', async () => {
      await here.say('/audit watch action:destination.*');
      const [line] = here.talk.shown.filter(({ place }) => place.person === undefined);
      const answer = line && (await here.press(line, 'Stop watching', { caller: sam }));
      expect(answer?.title).toBe('Not watched for any more: action:destination.*');
      await here.happen({});
      await here.run();
      expect(titles(here.talk)).toEqual([]);
      expect((line && (await here.press(line, 'Stop watching')))?.title).toBe('That watch was stopped before');
      expect(await trail('kind:watch')).toEqual([
        'watch.stopped watch of action:destination.*',
        'watch.started watch of action:destination.*',
      ]);
      expect(await here.owes()).toBe(false);
    });

    test('of another channel is stopped by whoever began it, and by owners, who see all', async () => {
      await here.say('/audit watch action:destination.*');
      const other = { ...approver, account: 'talk:sam' };
      const [{ id } = { id: '' }] = await here.use.listWatches(other, ops);
      expect(await here.use.listWatches(other, alerts)).toEqual([]);
      await expect(here.use.stopWatch(other, alerts, id)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await here.use.listWatches(approver, alerts)).toHaveLength(1);
      expect(await here.use.stopWatch(owner, alerts, id)).toMatchObject({ id });
    });

    test('is for those who may search', async () => {
      const viewer = { ...approver, roles: ['operator' as const] };
      await expect(here.use.beginWatch(viewer, ops, 'action:x')).rejects.toMatchObject({ code: 'forbidden' });
      await expect(here.use.listWatches(viewer, ops)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(here.use.saveSearch(viewer, { name: 'a', text: 'b' })).rejects.toMatchObject({ code: 'forbidden' });
    });

    test.each([
      ['acter:dana', /There is no qualifier “acter”/, '^^^^^'],
      ['actor:dana since:7d', /has no since:, until: or on:/, '^^^^^^^^'],
    ])('of %s is answered with a mark under what is wrong', async (text, title, mark) => {
      const answer = await here.say(`/audit watch ${text}`);
      expect(answer?.title).toMatch(title);
      const code = answer?.blocks.find(({ kind }) => kind === 'code');
      expect(code?.kind === 'code' && code.text.endsWith(mark)).toBe(true);
      expect(await here.use.listWatches(owner, ops)).toEqual([]);
    });

    test('in a direct message, or of nothing, is answered with what to do', async () => {
      const direct: Place = { ...ops, channel: '' };
      expect((await here.say('/audit watch action:x', direct))?.title).toMatch(/Type \/audit watch in the channel/);
      expect((await here.say('/audit watch'))?.title).toMatch(/needs a query\. Try \/audit watch/);
    });

    test('never shows another workspace than its channel is about', async () => {
      await here.say('/audit watch action:destination.*');
      await database.transaction(({ chat }) => chat.bindChannel({ address: 'talk:ops', team: 'T1', workspace: 'main' }));
      await here.happen({ workspace: 'main', resource: { name: 'Ours' } }, { workspace: 'shop', resource: { name: 'Theirs' } });
      await here.run();
      expect(titles(here.talk)).toEqual(['Dana Rossi disabled Ours (destination.disabled)']);
    });

    test('tells what is done through Pipewarden too, but not of itself, and never of its own posts', async () => {
      await here.say('/audit watch via:pipewarden');
      await here.run();
      expect(titles(here.talk)).toEqual([]);
      await here.say('/audit save mine actor:dana');
      await here.run();
      await here.run();
      expect(titles(here.talk)).toEqual(['Dana saved search @mine (search.saved)']);
      expect(await here.owes()).toBe(false);
    });

    test('tells a change that came by two ways once', async () => {
      await here.say('/audit watch action:destination.*');
      await here.happen({ via: 'push' });
      await here.happen({ via: 'webhook' });
      await here.run();
      expect(titles(here.talk)).toEqual(['Dana Rossi disabled Amplitude (destination.disabled)']);
    });
  });

  describe('a post', () => {
    test('leads to the details, for the presser alone', async () => {
      await here.say('/audit watch action:destination.*');
      await here.happen({});
      await here.run();
      const [post] = posts(here.talk);
      const answer = post && (await here.press(post, 'Details', { caller: sam }));
      expect(answer?.title).toBe('Dana Rossi disabled Amplitude (destination.disabled) just now');
      expect(post?.edits).toEqual([]);
    });

    test('grows with what the same one does, until they were quiet', async () => {
      await here.say('/audit watch action:*');
      for (let n = 1; n <= 12; n++) {
        await here.happen({ resource: { id: `dst-${n}`, name: `Destination ${n}` } });
        await here.run();
        clock.advance(10_000);
      }
      await here.happen({ actor: robot });
      await here.run();
      expect(titles(here.talk)).toEqual([
        'Dana Rossi made 12 changes in 2 minutes',
        'Deploy bot disabled Amplitude (destination.disabled)',
      ]);
      const [post] = posts(here.talk);
      const table = post && current(post).blocks.find(({ kind }) => kind === 'table');
      expect(table).toMatchObject({ caption: 'The last 8 of 12 changes', left: 4 });
      expect(post?.edits).toHaveLength(11);
      const all = post && (await here.press(post, 'Show all'));
      expect(all?.title).toMatch(/^12 changes/);
      clock.advance(31_000);
      await here.happen({});
      await here.run();
      expect(titles(here.talk)).toHaveLength(3);
    });

    test('ends after three minutes, however busy its actor is', async () => {
      await here.say('/audit watch action:*');
      for (let n = 0; n < 20; n++) {
        await here.happen({});
        clock.advance(20_000);
      }
      await here.run();
      expect(titles(here.talk)).toEqual([
        'Dana Rossi made 9 changes in 3 minutes',
        'Dana Rossi made 9 changes in 3 minutes',
        'Dana Rossi made 2 changes in 20 seconds',
      ]);
    });

    test('is one for a storm, minute by minute', async () => {
      await here.say('/audit watch action:*');
      await here.happen(...Array.from({ length: 60 }, (_, n) => ({ actor: person(n) })));
      await here.run();
      expect(titles(here.talk)).toHaveLength(21);
      expect(titles(here.talk).at(-1)).toBe('40 changes by 40 people at once');
      clock.advance(61_000);
      await here.happen(...Array.from({ length: 30 }, (_, n) => ({ actor: person(n) })));
      await here.run();
      expect(titles(here.talk)).toHaveLength(22);
      expect(titles(here.talk).at(-1)).toBe('30 changes by 30 people at once');
    });
  });

  describe('a channel in which nothing can be posted', () => {
    test('is told in one message what came meanwhile, once it is open', async () => {
      await here.say('/audit watch action:*');
      await database.transaction(({ chat }) =>
        chat.closeChannels({ platform: 'talk', team: 'T1', address: 'talk:ops', why: 'I am not a member.' }),
      );
      for (let n = 0; n < 5; n++) {
        await here.happen({ actor: person(n) });
        await here.run();
        clock.advance(600_000);
      }
      expect(titles(here.talk)).toEqual([]);
      await here.listener.joined(ops);
      await here.drain();
      expect(titles(here.talk)[0]).toBe('5 changes by 5 people in 40 minutes, while nothing could be posted here');
      await here.happen({});
      await here.run();
      expect(titles(here.talk).at(-1)).toBe('Dana Rossi disabled Amplitude (destination.disabled)');
    });
  });

  test('a restart between reading and posting tells everything once', async () => {
    await here.say('/audit watch action:*');
    await here.happen({ actor: person(1) }, { actor: person(1) });
    // It read and stored what is to be posted, and ended before it was sent.
    await runWatches({ database, clock, log: silent });
    const second = house(await backend.reopen(clock), clock, new Talk());
    await second.run();
    await second.happen({ actor: person(1) });
    await second.run();
    expect(titles(second.talk)).toEqual(['Person 1 made 3 changes at once']);
  });
});
