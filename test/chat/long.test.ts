import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Call, Command } from '../../src/core/commands/command.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import type { Capabilities } from '../../src/core/messages/capabilities.ts';
import { sentence } from '../../src/core/messages/message.ts';
import { SendError } from '../../src/core/messages/send-error.ts';
import type { Use } from '../../src/flows/index.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { onPglite } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { gate, until } from '../support/wait.ts';
import { dana, ops, type Room, room } from './room.ts';

/** `/dig`: work that goes on until the test says so. */
interface Digging {
  command: Command<Use>;
  say(words: string): void;
  end(): void;
  fail(error: Error): void;
}

function digging(): Digging {
  const door = gate();
  let failure: Error | undefined;
  const calls: Call<Use>[] = [];
  return {
    command: {
      name: 'dig',
      summary: 'Digs',
      defaultVerb: 'deep',
      verbs: {
        deep: {
          summary: 'Digs deep',
          example: '/dig',
          options: {},
          actions: { again: () => ({}) },
          async run(call) {
            calls.push(call);
            call.progress?.(sentence('Digging'));
            await door.opened;
            if (failure) throw failure;
            const again = { label: 'Again', action: call.act('again') };
            return { message: sentence('Dug', 'ok', [{ kind: 'buttons', label: 'More', buttons: [again] }]) };
          },
        },
      },
    },
    say: (words) => {
      for (const { progress } of calls) progress?.(sentence(words));
    },
    end: door.open,
    fail(error) {
      failure = error;
      door.open();
    },
  };
}

onPglite((backend) => {
  let clock: FakeClock;
  let database: OpenDatabase;
  let digs: Digging;
  let here: Room;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    database = await backend.open(clock);
    open();
  });
  function open(capabilities: Partial<Capabilities> = {}): void {
    digs = digging();
    here = room(database, clock, { commands: [digs.command], capabilities });
  }

  const ask = (text = '/dig') => here.listener.command({ caller: dana, place: ops, text });
  /** Asks, and waits as long as people are made to wait. */
  const askLong = async (...asked: Promise<void>[]) => {
    let goesOn = false;
    const all = Promise.all(asked.length > 0 ? asked : [ask()]).finally(() => {
      goesOn = true;
    });
    await until('whoever asked goes on', () => {
      if (!goesOn) clock.advance(100);
      return goesOn;
    });
    await all;
    await here.drain();
  };
  /** What each message said, from the first to the last. */
  const shown = () => here.talk.shown.map(({ message, edits }) => [message, ...edits].map(({ title }) => title));
  const shows = async (...expected: string[][]) => {
    await until(`${JSON.stringify(expected)} is shown`, async () => {
      await here.drain();
      return JSON.stringify(shown()) === JSON.stringify(expected);
    });
  };

  describe('long work', () => {
    test('shows how far it is now and then; the answer takes that place', async () => {
      await askLong();
      await shows(['Digging']);
      digs.say('Digging: 1 of 9');
      digs.say('Digging: 2 of 9');
      await clock.nextTimer();
      clock.advance(2_000);
      await shows(['Digging', 'Digging: 2 of 9']);
      digs.end();
      await shows(['Digging', 'Digging: 2 of 9', 'Dug']);
      expect(here.talk.shown[0]?.place.person).toBe(dana.account);
    });

    test('that is quick after all is answered at once', async () => {
      const work = ask();
      await clock.nextTimer();
      digs.end();
      await work;
      await shows(['Dug']);
    });

    test('is one message where answers can be changed no more, and the answer stands below it', async () => {
      open({ answersStay: true });
      await askLong();
      digs.say('Digging: 1 of 9');
      await clock.nextTimer();
      clock.advance(2_000);
      digs.end();
      await shows(['Digging'], ['Dug']);
    });

    test('that is asked for by a button of the card is shown in the card', async () => {
      digs.end();
      await ask();
      await shows(['Dug']);
      const buttons = here.talk.shown[0]?.message.blocks.find((block) => block.kind === 'buttons');
      const action = (buttons?.kind === 'buttons' && buttons.buttons[0]?.action) as Action;
      const { shown: before } = here.talk;
      for (const capabilities of [{}, { answersStay: true }]) {
        open(capabilities);
        here.talk.shown.push(...before);
        await askLong(here.listener.press({ caller: dana, place: { ...ops, person: dana.account }, action }));
        digs.end();
        await until('it is there', async () => {
          await here.drain();
          return here.talk.shown[0]?.edits.at(-1)?.title === 'Dug';
        });
      }
      expect(shown()).toEqual([['Dug', 'Digging', 'Dug', 'Digging', 'Dug']]);
    });

    test('takes nobody’s turn, however many ask for it', async () => {
      await askLong(...Array.from({ length: 8 }, () => ask()));
      await ask('/count 3');
      await here.drain();
      expect(shown().at(-1)).toEqual(['Dana counts 3']);
      digs.end();
      await until('all are done', async () => {
        await here.drain();
        return shown().filter((titles) => titles.at(-1) === 'Dug').length === 8;
      });
    });

    test('that fails says so in its place', async () => {
      await askLong();
      digs.fail(new UserError('not_found', 'There is nothing to dig for. Try /count.'));
      await shows(['Digging', 'There is nothing to dig for. Try /count.']);
      open();
      await askLong();
      digs.fail(new Error('secret detail'));
      await shows(['Digging', 'Something failed here. It was logged; please try again.']);
      expect(here.log).toEqual(['long work failed']);
    });

    test('that fails says so below where answers can be changed no more', async () => {
      open({ answersStay: true });
      await askLong();
      digs.fail(new UserError('not_found', 'There is nothing to dig for. Try /count.'));
      await shows(['Digging'], ['There is nothing to dig for. Try /count.']);
    });

    test('that may not be done is in the trail', async () => {
      await askLong();
      digs.fail(new UserError('forbidden', 'Dana may not dig. Ask an owner.'));
      await shows(['Digging', 'Dana may not dig. Ask an owner.']);
      const [event] = await database.read(({ audit }) => audit.search({ terms: [] }, { limit: 5 }));
      expect(event).toMatchObject({ action: 'access.refused', actor: { id: dana.account }, resource: { id: '/dig' } });
    });
  });

  describe('a process that is killed at long work', () => {
    const INTERRUPTED = 'This was interrupted by a restart. Please ask again.';
    /** Its time stands still; the next process has the same database and the same people. */
    const killed = () => {
      clock = fakeClock(clock.now());
      here = room(database, clock, { talk: here.talk });
    };

    test('has it told in its place, once nobody has been at it for a while', async () => {
      await askLong();
      killed();
      clock.advance(14_999);
      await here.drain();
      expect(shown()).toEqual([['Digging']]);
      clock.advance(1);
      await shows(['Digging', INTERRUPTED]);
      clock.advance(60_000);
      await here.drain();
      await shows(['Digging', INTERRUPTED]);
      const { rows } = await sql`select from owed where key like 'vw_%' union all select from long_work`.execute(database.kysely);
      expect(rows).toEqual([]);
    });

    test('has it told below where answers can be changed no more, to whoever asked alone', async () => {
      open({ answersStay: true });
      await askLong();
      killed();
      clock.advance(15_000);
      await shows(['Digging'], [INTERRUPTED]);
      expect(here.talk.shown[1]?.place).toEqual({ ...ops, person: dana.account });
    });

    test('has it told directly, and nobody else, where the permission to answer has run out', async () => {
      await askLong();
      killed();
      here.talk.failures = [{ error: new SendError('ended', 'the permission has run out') }];
      clock.advance(15_000);
      await shows(['Digging'], [INTERRUPTED]);
      expect(here.talk.shown[1]?.place).toMatchObject({ channel: '', person: dana.account });
    });

    test('only seems so while it says now and then that it goes on', async () => {
      await askLong();
      const other = room(database, clock, { talk: here.talk });
      for (let n = 0; n < 10; n++) {
        await until('it waits for the next time', async () => Number(await clock.nextTimer()) - Number(clock.now()) === 2_000);
        clock.advance(2_000);
        await other.drain();
      }
      await shows(['Digging']);
      digs.end();
      await shows(['Digging', 'Dug']);
    });

    test('and was only asleep shows the answer in that place after all', async () => {
      await askLong();
      killed();
      clock.advance(15_000);
      await shows(['Digging', INTERRUPTED]);
      digs.end();
      await shows(['Digging', INTERRUPTED, 'Dug']);
      clock.advance(60_000);
      await here.drain();
      await shows(['Digging', INTERRUPTED, 'Dug']);
    });
  });
});
