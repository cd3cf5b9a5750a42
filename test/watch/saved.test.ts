import { beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../src/core/messages/message.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { dana, ops, sam } from '../chat/room.ts';
import { onEachBackend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { alerts, approver, current, type House, house, owner } from './house.ts';

const words = (message: Message | undefined): string => JSON.stringify(message?.blocks);

await onEachBackend((backend) => {
  let clock: FakeClock;
  let database: Database;
  let here: House;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    const opened = await backend.open(clock);
    database = opened;
    here = house(opened, clock);
    await here.happen({ resource: { name: 'Amplitude' } }, { actor: { id: 'deploy-bot', name: 'Deploy bot', email: '' } });
  });
  const trail = async () =>
    (await here.use.searchAudit(owner, { text: 'kind:search', limit: 50 })).events.map(({ action }) => action);
  const completed = async (text: string, place = ops) =>
    (await here.listener.complete({ caller: dana, place, text })).map(({ value }) => value);

  describe('a saved search', () => {
    test('is run by its name, alone or with more, by everyone who may search', async () => {
      const saved = await here.say('/audit save Bots actor:deploy-bot since:1d');
      expect(saved?.title).toBe('Saved as @bots: actor:deploy-bot since:1d');
      for (const line of ['/audit @bots', '/audit search @BOTS', '/audit @bots action:destination.*']) {
        expect((await here.say(line, ops, sam))?.title).toMatch(/^1 change .*Deploy bot disabled/);
      }
      expect((await here.say('/audit @bots action:user.*'))?.title).toMatch(/^No changes/);
    });

    test('is offered while its name is typed', async () => {
      await here.say('/audit save bots actor:deploy-bot');
      await here.say('/audit save users action:user.*');
      expect(await completed('/audit @')).toEqual(['@bots', '@users']);
      expect(await completed('/audit search @b')).toEqual(['@bots']);
      expect(await completed('/audit ')).toContain('@users');
      expect(await completed('/audit actor:x @')).toEqual([]);
      expect(await completed('/audit save x acti')).toEqual(['action:']);
    });

    test('keeps its meaning with other times, pages and changes, and stays where it was opened', async () => {
      await here.say('/audit save bots actor:deploy-bot since:1d');
      await here.say('/audit saved');
      const card = here.answer();
      expect((await here.press(card, 'Run a search', { choice: '0' }))?.title).toMatch(/^1 change/);
      await here.press(card, 'Open a change', { choice: '0' });
      expect(current(card).title).toMatch(/^Deploy bot disabled/);
      await here.press(card, 'Back to the search');
      await here.press(card, 'When', { choice: '7d' });
      expect(current(card).title).toMatch(/^1 change since 18 Nov/);
      expect(words(current(card))).toContain('actor:deploy-bot since:7d');
      await here.press(card, 'Refresh');
      expect(current(card).title).toMatch(/^1 change since 18 Nov/);
    });

    test('whose name is taken says what it replaces; the same again changes nothing', async () => {
      await here.say('/audit save bots actor:deploy-bot');
      expect((await here.say('/audit save bots actor:deploy-bot'))?.title).toBe('Saved as @bots: actor:deploy-bot');
      const again = await here.say('/audit save bots actor:robot*', ops, sam);
      expect(again?.title).toBe('Saved as @bots: actor:robot*. It replaces what Dana had saved: actor:deploy-bot');
      expect(await trail()).toEqual(['search.saved', 'search.saved']);
    });

    test('is deleted from the list, and put back', async () => {
      await here.say('/audit save bots actor:deploy-bot');
      await here.say('/audit saved');
      const card = here.answer();
      expect((await here.press(card, 'Delete a search', { choice: '0' }))?.title).toBe('Deleted @bots');
      expect((await here.say('/audit @bots'))?.title).toMatch(/There is no saved search @bots here/);
      expect((await here.press(card, 'Put it back'))?.title).toBe('Saved as @bots: actor:deploy-bot');
      await here.press(card, 'Refresh');
      expect(current(card).title).toBe('1 saved search');
      expect(await trail()).toEqual(['search.saved', 'search.deleted', 'search.saved']);
    });

    test('is of the workspace that the channel is about', async () => {
      await here.use.saveSearch({ ...approver, workspace: 'main' }, { name: 'a', text: 'actor:dana' });
      expect(await here.use.savedSearches({ ...approver, workspace: 'shop' })).toEqual([]);
      expect(await here.use.savedSearches(approver)).toEqual([]);
      expect(await here.use.savedSearches({ ...owner, workspace: 'main' })).toMatchObject([{ name: 'a', by: 'Dana' }]);
    });

    test('for all workspaces is there where one is meant, unless it is about another or its name is taken there', async () => {
      const inMain = { ...approver, workspace: 'main' };
      for (const [name, text] of [
        ['bots', 'actor:deploy-bot'],
        ['users', 'action:user.*'],
        ['shops', 'workspace:shop actor:dana'],
        ['ours', 'workspace:main actor:dana'],
      ] as const) {
        await here.use.saveSearch(approver, { name, text });
      }
      await here.use.saveSearch(inMain, { name: 'users', text: 'action:user.deleted' });
      const seen = (await here.use.savedSearches(inMain)).map(({ name, query }) => `${name} ${query}`);
      expect(seen).toEqual(['bots actor:deploy-bot', 'ours workspace:main actor:dana', 'users action:user.deleted']);
      const { events, text } = await here.use.searchAudit(inMain, { text: '@bots', limit: 5 });
      expect([text, events.length]).toEqual(['actor:deploy-bot', 1]);
      await expect(here.use.searchAudit(inMain, { text: '@shops', limit: 5 })).rejects.toThrow('no saved search @shops here');
    });

    test('for all workspaces is marked where one is meant, and is no choice for deleting', async () => {
      await here.use.saveSearch(approver, { name: 'bots', text: 'actor:deploy-bot' });
      await here.use.saveSearch({ ...approver, workspace: 'main' }, { name: 'mine', text: 'actor:dana' });
      expect(words(await here.say('/audit saved'))).not.toContain('for all workspaces');
      await database.transaction(({ chat }) => chat.bindChannel({ address: 'talk:ops', team: 'T1', workspace: 'main' }));
      await here.say('/audit saved');
      const card = here.answer();
      expect(words(current(card))).toMatch(/@bots.*, for all workspaces.*@mine/);
      expect(words(current(card)).match(/for all workspaces/g)).toHaveLength(1);
      await expect(here.press(card, 'Delete a search', { choice: '0' })).rejects.toThrow();
      expect((await here.press(card, 'Delete a search', { choice: '1' }))?.title).toBe('Deleted @mine');
      expect(words(current(card))).not.toContain('Delete a search');
    });

    test('for all workspaces is not deleted where one is meant', async () => {
      const inMain = { ...approver, workspace: 'main' };
      await here.use.saveSearch(approver, { name: 'bots', text: 'actor:deploy-bot' });
      await expect(here.use.deleteSearch(inMain, 'bots')).rejects.toThrow(
        '@bots is kept for all workspaces. Delete it in a channel that is about all of them.',
      );
      await here.use.saveSearch(inMain, { name: 'bots', text: 'actor:robot' });
      expect(await here.use.deleteSearch(inMain, 'bots')).toMatchObject({ query: 'actor:robot' });
      expect(await here.use.savedSearches(inMain)).toMatchObject([{ query: 'actor:deploy-bot' }]);
    });

    test('may be watched for, without times', async () => {
      await here.say('/audit save dest action:destination.*');
      expect((await here.say('/audit watch @dest -actor:deploy-bot'))?.title).toMatch(
        /: action:destination\.\* -actor:deploy-bot$/,
      );
      await here.say('/audit save bots actor:deploy-bot since:1d');
      const refused = await here.say('/audit watch @bots');
      expect(refused?.title).toMatch(/Leave the time out/);
      expect((await here.press(here.answer(), 'Watch for actor:deploy-bot'))?.title).toMatch(/^talk:ops is told of/);
    });

    test.each([
      ['/audit save', /needs a name\. Try \/audit save/],
      ['/audit save bots', /needs a query\. Try \/audit save/],
      ['/audit save @@ actor:dana', /is no name for a search/],
      ['/audit save since:1d actor:dana', /is no name for a search/],
      ['/audit save bots acter:dana', /There is no qualifier “acter”/],
      ['/audit @nobody', /There is no saved search @nobody here\. Save one with/],
    ])('is refused with what to do: %s', async (line, title) => {
      expect((await here.say(line))?.title).toMatch(title);
      expect(await here.use.savedSearches(owner)).toEqual([]);
    });

    test('with a mistake in it is saved once that is mended, and a name nearly right is found', async () => {
      await here.say('/audit save bots acter:deploy-bot');
      expect((await here.press(here.answer(), 'Search for actor:deploy-bot'))?.title).toBe('Saved as @bots: actor:deploy-bot');
      expect((await here.say('/audit @bost'))?.title).toMatch(/Did you mean @bots\?/);
      expect((await here.press(here.answer(), 'Search for @bots'))?.title).toMatch(/^1 change/);
    });
  });

  describe('from a search', () => {
    const fill = (label: string, values: Record<string, string>, place = ops) => {
      const shown = here.answer();
      const button = current(shown)
        .blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons : []))
        .find((one) => one.label === label);
      if (!button) throw new Error(`there is no ${label}`);
      const call = { caller: dana, place: { ...place, person: dana.account }, action: button.action };
      return { open: () => here.listener.form(call), send: () => here.listener.submit({ ...call, values }) };
    };

    test('it is saved by its form, and shown on', async () => {
      await here.say('/audit actor:deploy-bot since:1d');
      expect(await fill('Save…', { name: 'no name' }).send()).toEqual({ name: expect.stringContaining('is no name') });
      expect(await fill('Save…', { name: 'bots' }).send()).toBeUndefined();
      await here.drain();
      expect(current(here.answer()).title).toMatch(/^1 change/);
      expect(words(current(here.answer()))).toContain('Saved as @bots: actor:deploy-bot since:1d');
      expect((await here.say('/audit @bots'))?.title).toMatch(/^1 change/);
    });

    test('the channel is told of it from now on by its form, which leaves the times out', async () => {
      await here.say('/audit actor:"Deploy bot" since:1d', alerts);
      const form = await fill('Watch here…', {}, alerts).open();
      expect(form.fields[0]?.value).toBe('actor:"Deploy bot"');
      const wrong = fill('Watch here…', { query: 'actor:x since:1d' }, alerts);
      expect(await wrong.send()).toEqual({ query: expect.stringContaining('Leave the time out') });
      expect(await fill('Watch here…', { query: 'actor:"Deploy bot"' }, alerts).send()).toBeUndefined();
      await here.drain();
      const card = here.answer();
      expect(current(card).title).toBe('talk:alerts is told of what matches from now on: actor:"Deploy bot"');
      expect((await here.press(card, 'Back to the search'))?.title).toMatch(/^1 change/);
      expect(await here.use.listWatches(approver, alerts)).toMatchObject([{ query: 'actor:"Deploy bot"', here: true }]);
    });

    test('in a direct message nothing can be watched for', async () => {
      await here.say('/audit', { ...ops, channel: '' });
      expect(words(current(here.answer()))).toContain('Save…');
      expect(words(current(here.answer()))).not.toContain('Watch here…');
    });
  });

  test('a watch is stopped from the list of all', async () => {
    await here.say('/audit watch action:destination.*');
    await here.say('/audit watch action:user.*', alerts);
    await here.say('/audit watches');
    const card = here.answer();
    expect(current(card).title).toBe('1 search is watched for here, 1 elsewhere');
    const stopped = await here.press(card, 'Stop a watch', { choice: '1' });
    expect(stopped?.title).toBe('Not watched for any more: action:user.*');
    await here.press(card, 'Refresh');
    expect(current(card).title).toBe('1 search is watched for here');
  });
});
