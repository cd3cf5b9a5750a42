import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../src/core/messages/action-id.ts';
import type { Block, Message } from '../../src/core/messages/message.ts';
import { onPglite } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { dana, ops, type Room, room, sam } from './room.ts';

const buttonsOf = (message: Message) => message.blocks.flatMap((block: Block) => (block.kind === 'buttons' ? block.buttons : []));
const action = (message: Message, label: string): Action => {
  const found = buttonsOf(message).find((button) => button.label === label);
  if (!found) throw new Error(`no button ${label}`);
  return found.action;
};
const private_ = { ...ops, person: dana.account };

onPglite((backend) => {
  let here: Room;
  beforeEach(async () => {
    const clock = fakeClock('2026-11-25T10:00:00Z');
    here = room(await backend.open(clock), clock);
  });

  const newest = (): Message => {
    const last = here.talk.shown.at(-1);
    return last?.edits.at(-1) ?? (last?.message as Message);
  };
  const ask = async (text: string, caller = dana) => {
    await here.listener.command({ caller, place: ops, text });
    await here.drain();
  };
  const press = async (label: string, place = private_, caller = dana) => {
    await here.listener.press({ caller, place, action: action(newest(), label) });
    await here.drain();
  };

  describe('an answer', () => {
    test('is the asker’s alone, and a press edits it in place', async () => {
      await ask('/count 3');
      expect(here.talk.shown.map(({ place }) => place.person)).toEqual(['talk:dana']);
      await press('Up');
      expect(here.talk.shown).toHaveLength(1);
      expect(newest().title).toBe('Dana counts 4');
    });

    test('is posted to the channel by a button, once the asker says so', async () => {
      await ask('/count 3');
      await press('Post to channel');
      const shared = here.talk.shown.find(({ place }) => place.person === undefined);
      expect(shared?.message.title).toBe('Dana counts 3');
      expect(JSON.stringify(shared?.message)).toContain('Shared by Dana');
      const mine = here.talk.shown.find(({ place }) => place.person !== undefined);
      expect(JSON.stringify(mine?.edits.at(-1))).toContain('Posted to the channel');
      expect(buttonsOf(mine?.edits.at(-1) as Message).map(({ label }) => label)).toEqual(['Up']);
    });

    test('is posted once, however often the button is pressed', async () => {
      await ask('/count 3');
      const share = { caller: dana, place: private_, action: action(newest(), 'Post to channel') };
      await Promise.all([here.listener.press(share), here.listener.press(share)]);
      await here.drain();
      expect(here.talk.shown.filter(({ place }) => place.person === undefined)).toHaveLength(1);
    });

    test('that is shared gives whoever presses it a copy, and stays as it was', async () => {
      await ask('/count 3');
      await press('Post to channel');
      const shared = here.talk.shown.find(({ place }) => place.person === undefined);
      await here.listener.press({ caller: sam, place: ops, action: action(shared?.message as Message, 'Up') });
      await here.drain();
      expect(shared?.edits).toEqual([]);
      expect(here.talk.shown.at(-1)).toMatchObject({ place: { person: 'talk:sam' }, message: { title: 'Sam counts 4' } });
    });

    test('of a personal verb cannot be shared', async () => {
      await ask('/count secret');
      expect(buttonsOf(newest())).toEqual([]);
    });

    test('to a mistake is a sentence, and to a stranger too', async () => {
      await ask('/conut');
      expect(newest().title).toBe('There is no command /conut. Did you mean /count?');
      await ask('/count', { ...sam, standing: 'guest' });
      expect(newest().title).toBe('Members only. Ask an owner.');
      expect(here.talk.shown.every(({ place }) => place.person !== undefined)).toBe(true);
    });

    test('cannot be pressed by another person, nor elsewhere in public', async () => {
      await ask('/count 3');
      const up = action(newest(), 'Up');
      for (const place of [{ ...ops, person: sam.account }, ops, { ...ops, channel: 'data' }]) {
        await expect(here.listener.press({ caller: sam, place, action: up })).rejects.toThrow('This card has ended.');
      }
    });

    test('ends after 14 days', async () => {
      await ask('/count 3');
      const up = action(newest(), 'Up');
      here.clock.advance(15 * 24 * 3600_000);
      await expect(here.listener.press({ caller: dana, place: private_, action: up })).rejects.toThrow('This card has ended.');
    });
  });

  describe('a form', () => {
    const set = (): Action => ({ ...action(newest(), 'Up'), verb: 'count.set' });
    const submit = (number: string) => here.listener.submit({ caller: dana, place: private_, action: set(), values: { number } });

    test('opens with what is in force, gives a mistake back to its field, and edits the card', async () => {
      await ask('/count 3');
      expect(await here.listener.form({ caller: dana, place: private_, action: set() })).toMatchObject({
        fields: [{ name: 'number', value: '3' }],
      });
      expect(await submit('many')).toEqual({ number: 'many is no number.' });
      expect(await submit('7')).toBeUndefined();
      await here.drain();
      expect(here.talk.shown).toHaveLength(1);
      expect(newest().title).toBe('Dana counts 7');
    });
  });

  test('a click is not lost between us hearing it and its effect: the next process shows it', async () => {
    await ask('/count 3');
    await here.listener.press({ caller: dana, place: private_, action: action(newest(), 'Up') });
    const next = room(await backend.reopen(here.clock), here.clock);
    next.talk.shown.push(...here.talk.shown);
    await next.drain();
    expect(next.talk.shown.map(({ edits }) => edits.map(({ title }) => title))).toEqual([['Dana counts 4']]);
  });

  test('our own page shows the first command to whoever may see it; its buttons answer directly', async () => {
    const place = { ...ops, channel: '' };
    const shown = await here.listener.home({ caller: dana, place });
    expect(shown.title).toBe('Dana counts 0');
    await here.listener.press({ caller: dana, place, action: action(shown, 'Up') });
    await here.drain();
    expect(here.talk.shown).toMatchObject([{ place: { channel: '', person: 'talk:dana' }, message: { title: 'Dana counts 1' } }]);
    await expect(here.listener.home({ caller: { ...sam, standing: 'stranger' }, place })).rejects.toThrow('Members only.');
  });

  test('what a press leads to is known from the action alone', () => {
    const foresee = (verb: string, place = private_) => here.listener.foresee({ verb, id: 'vw_1' }, place);
    expect(foresee('count.up')).toBe('update');
    expect(foresee('count.share')).toBe('update');
    expect(foresee('count.up', ops as typeof private_)).toBe('reply');
    expect(foresee('count.note')).toBe('reply');
    expect(foresee('count.set')).toBe('form');
    expect(foresee('count.constructor')).toBe('reply');
    expect(foresee('nothing.up')).toBe('reply');
  });
});
