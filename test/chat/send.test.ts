import { beforeEach, describe, expect, test } from 'vitest';
import { plain } from '../../src/core/messages/message.ts';
import { SendError } from '../../src/core/messages/send-error.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onPglite } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { ops, type Room, room, type Shown } from './room.ts';

const notesOf = ({ message }: Shown): string[] =>
  message.blocks.flatMap((block) => (block.kind === 'context' ? [plain(block.text)] : []));
const mine = { ...ops, person: 'talk:dana', reply: 'sealed' };

onPglite((backend) => {
  let here: Room;
  let database: OpenDatabase;
  beforeEach(async () => {
    const clock = fakeClock('2026-11-25T10:00:00Z');
    database = await backend.open(clock);
    here = room(database, clock);
  });

  describe('sending', () => {
    test('keeps the order of a channel, and skips what was superseded', async () => {
      await here.post('a', 'first');
      await here.post('b', 'second');
      await here.post('a', 'first, newer');
      await here.drain();
      expect(here.talk.titles()).toEqual(['first, newer', 'second']);
      await here.post('b', 'second, newer');
      await here.drain();
      expect(here.talk.shown[1]?.edits.map(({ title }) => title)).toEqual(['second, newer']);
    });

    test('keeps the platform’s pace in public, and does not make a click wait for it', async () => {
      here.talk.pace = { oncePerKey: 0, postEvery: 1_000 };
      await here.post('a', 'first');
      await here.post('b', 'second');
      await here.post('c', 'for Dana', mine);
      const next = await here.drain();
      expect(here.talk.titles().sort()).toEqual(['first', 'for Dana']);
      expect(next).toContainEqual(new Date('2026-11-25T10:00:01Z'));
      here.clock.advance(1_000);
      await here.drain();
      expect(here.talk.titles()).toContain('second');
    });

    test('waits as long as it is told to', async () => {
      here.talk.failures = [{ error: new SendError('later', 'too fast', { retryAfterMs: 30_000 }) }];
      await here.post('a', 'first');
      expect(await here.drain()).toEqual([new Date('2026-11-25T10:00:30Z')]);
      await here.drain();
      expect(here.talk.shown).toEqual([]);
      here.clock.advance(30_000);
      await here.drain();
      expect(here.talk.titles()).toEqual(['first']);
      expect(notesOf(here.talk.shown[0] as Shown)).toEqual([]);
    });

    test('says so when a message comes late', async () => {
      await here.post('a', 'first');
      here.clock.advance(95_000);
      await here.drain();
      expect(notesOf(here.talk.shown[0] as Shown)).toEqual(['Shown 95 s late: there was much to say here.']);
    });

    test('an unknown outcome is followed by one more post, marked', async () => {
      here.talk.failures = [{ error: new SendError('unknown', 'no answer'), arrived: true }];
      await here.post('a', 'first');
      await expect(here.drain()).rejects.toThrow('no answer');
      here.clock.advance(1_000);
      await here.drain();
      expect(here.talk.titles()).toEqual(['first', 'first']);
      expect(here.talk.shown.map(notesOf)).toEqual([[], ['Repeat: it is not certain that the first one arrived.']]);
      await here.drain();
      expect(here.talk.shown).toHaveLength(2);
    });

    test('is not marked while the platform itself tells repeats', async () => {
      here.talk.pace = { oncePerKey: 120_000, postEvery: 0 };
      here.talk.failures = [{ error: new SendError('unknown', 'no answer') }];
      await here.post('a', 'first');
      await expect(here.drain()).rejects.toThrow('no answer');
      here.clock.advance(1_000);
      await here.drain();
      expect(here.talk.shown.map(notesOf)).toEqual([[]]);
      expect(here.talk.shown[0]?.key).toMatch(/^post-\d+$/);
    });

    test('a refused message is sent once more as words alone, then given up', async () => {
      const refused = { error: new SendError('message', 'invalid blocks') };
      here.talk.failures = [refused, refused];
      await here.post('a', 'first');
      await here.post('b', 'second');
      await here.drain();
      expect(here.talk.titles()).toEqual(['second']);
      expect(here.log).toEqual(['a message was refused; its words alone are sent', 'a message could not be shown']);
    });
  });

  describe('a closed channel', () => {
    const closed = () => [{ error: new SendError('place', 'invite me with /invite @pipewarden') }];

    test('is left alone, and the owners are told once', async () => {
      here.talk.failures = closed();
      await here.post('a', 'first');
      await here.post('b', 'second');
      await here.drain();
      await here.drain();
      const told = here.talk.shown.map(({ place, message }) => [place.channel, place.person, message.title]);
      const why = 'Nothing can be posted to talk:ops: invite me with /invite @pipewarden';
      expect(told).toEqual([['', 'talk:olga', why]]);
    });

    test('gets what waited once we are let in, and is greeted by the first invitation alone', async () => {
      here.talk.failures = closed();
      await here.post('a', 'first');
      await here.drain();
      const said = () => here.talk.shown.filter(({ place }) => place.channel === 'ops').map(({ message }) => message.title);
      const greeted = ['first', expect.stringMatching(/^Hello/)];
      await here.listener.joined(ops);
      await here.drain();
      expect(said()).toEqual(greeted);
      await here.listener.left({ platform: 'talk', team: 'T1', channel: 'ops', why: 'I was removed' });
      await here.post('b', 'second');
      await here.drain();
      await here.listener.joined(ops);
      await here.drain();
      expect(said()).toEqual([...greeted, 'second']);
    });

    test('that was bound before the invitation is greeted by it', async () => {
      await database.transaction(({ chat }) => chat.bindChannel({ address: 'talk:ops', team: 'T1', workspace: 'demo' }));
      await here.listener.joined(ops);
      await here.drain();
      expect(here.talk.titles()).toEqual([expect.stringMatching(/^Hello/)]);
      expect(await database.read(({ chat }) => chat.channel('talk:ops'))).toMatchObject({ workspace: 'demo', closed: null });
    });

    test('a team that is gone closes all its channels', async () => {
      await here.listener.joined(ops);
      await here.listener.joined({ ...ops, channel: 'data' });
      await here.drain();
      await here.listener.left({ platform: 'talk', team: 'T1', why: 'the app was uninstalled' });
      await here.post('a', 'first');
      await here.drain();
      expect(here.talk.titles().filter((title) => title === 'first')).toEqual([]);
      expect(here.talk.titles().filter((title) => title.startsWith('Hello.'))).toHaveLength(2);
    });

    test('closed with its team is open again with it; one that was closed by itself is not', async () => {
      const data = { ...ops, channel: 'data' };
      const deleted = { ...ops, channel: 'deleted' };
      const elsewhere = { ...ops, team: 'T2', channel: 'elsewhere' };
      for (const place of [ops, data, deleted, elsewhere]) await here.listener.joined(place);
      await here.listener.left({ ...deleted, why: 'it was deleted' });
      for (const team of ['T1', 'T2']) await here.listener.left({ platform: 'talk', team, why: 'I was removed' });
      for (const place of [ops, data, deleted, elsewhere]) await here.post('a', `for ${place.channel}`, place);
      await here.drain();
      await here.listener.returned({ platform: 'talk', team: 'T1' });
      await here.listener.returned({ platform: 'talk', team: 'T1' });
      await here.drain();
      expect(
        here.talk
          .titles()
          .filter((title) => title.startsWith('for '))
          .sort(),
      ).toEqual(['for data', 'for ops']);
      expect(here.talk.titles().filter((title) => title.includes('lets me in again'))).toEqual([
        'T1 on talk lets me in again: 2 channels are open, and what waited is posted. Invite me where I am still missing.',
      ]);
    });

    test('that we never used is lost without a word', async () => {
      await here.listener.left({ platform: 'talk', team: 'T1', channel: 'unused', why: 'it was deleted' });
      await here.drain();
      expect(here.talk.shown).toEqual([]);
      await here.listener.joined({ ...ops, channel: 'used' });
      await here.listener.left({ platform: 'talk', team: 'T1', channel: 'used', why: 'it was deleted' });
      await here.drain();
      expect(here.talk.titles()).toContain('Nothing can be posted to talk:used: it was deleted');
    });

    test('greets once', async () => {
      await here.listener.joined(ops);
      await here.listener.joined(ops);
      await here.drain();
      expect(here.talk.shown).toHaveLength(1);
    });
  });

  describe('a private answer', () => {
    const ended = () => [{ error: new SendError('ended', 'the permission has run out') }];

    test('whose permission ended goes to the person directly', async () => {
      here.talk.failures = ended();
      await here.post('a', 'for Dana', mine);
      await here.drain();
      await here.drain();
      expect(here.talk.shown.map(({ place }) => place)).toEqual([
        { platform: 'talk', team: 'T1', channel: '', person: 'talk:dana' },
      ]);
    });

    test('that cannot be given directly either is given up, never shown to others', async () => {
      here.talk.failures = [...ended(), { error: new SendError('place', 'takes no direct messages') }];
      await here.post('a', 'for Dana', mine);
      await here.drain();
      await here.drain();
      await here.drain();
      expect(here.talk.shown).toEqual([]);
    });
  });
});
