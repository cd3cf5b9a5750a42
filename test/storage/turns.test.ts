import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenDatabase } from '../../src/storage/database.ts';
import { createTurns } from '../../src/storage/turns.ts';
import { onEachBackend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { gate, until, untilBlocked } from '../support/wait.ts';

const RARE = 3_600_000;

await onEachBackend((backend) => {
  const open = (): Promise<OpenDatabase> => backend.open(fakeClock('2026-11-25T10:00:00Z'));

  /** Processes that hear each other, and what each was told of its turn, in order. */
  function processes(database: OpenDatabase) {
    const told: string[] = [];
    const listeners: ((text: string) => void)[] = [];
    const notices = {
      tell: (_: string, text: string) => {
        for (const heard of listeners) heard(text);
      },
      on: (_: string, heard: (text: string) => void) => void listeners.push(heard),
    };
    function process(name: string, times: { held: number; ends: number; look: number }): () => Promise<void> {
      const turns = createTurns(database.kysely, notices, times);
      const note = (what: string) => () => void told.push(`${name} ${what}`);
      const giveBack = turns.take('discord', { won: note('won'), lost: note('lost') });
      onTestFinished(giveBack);
      return giveBack;
    }
    return { told, process };
  }

  test('it is the turn of one; given back, it is another’s at once', async () => {
    const { told, process } = processes(await open());
    const never = { held: RARE, ends: RARE, look: RARE };
    const giveBack = process('one', never);
    await until('it is the first one’s turn', () => told.length === 1);
    process('two', never);
    await until('the second one knows', () => told.length === 2);
    await giveBack();
    await until('it is the second one’s turn', () => told.length === 3);
    expect(told).toEqual(['one won', 'two lost', 'two won']);
  });

  test('a holder that renews keeps it for longer than one turn', async () => {
    const { told, process } = processes(await open());
    process('one', { held: 3_000, ends: 2_500, look: 20 });
    await until('it is the first one’s turn', () => told.length === 1);
    process('two', { held: 3_000, ends: 2_500, look: 20 });
    const begun = Date.now();
    await until('more than one turn has passed', () => Date.now() - begun > 4_000);
    expect(told).toEqual(['one won', 'two lost']);
  });

  test('who cannot renew ends before another one begins, and is followed', async () => {
    const { told, process } = processes(await open());
    process('one', { held: 1_000, ends: 500, look: RARE });
    await until('it is the first one’s turn', () => told.length === 1);
    process('two', { held: RARE, ends: RARE, look: 20 });
    await until('it is the second one’s turn', () => told.includes('two won'));
    expect(told).toEqual(['one won', 'two lost', 'one lost', 'two won']);
  });

  test.skipIf(!backend.parallel)('an answer that comes after the end of the turn it gives begins nothing', async () => {
    const database = await open();
    const { told, process } = processes(database);
    const [locks, door] = [gate(), gate()];
    onTestFinished(door.open);
    await sql`insert into turn values ('discord', 'gone', now())`.execute(database.kysely);
    const locked = database.kysely.transaction().execute(async (trx) => {
      await sql`select from turn for update`.execute(trx);
      locks.open();
      await door.opened;
    });
    await locks.opened;
    process('one', { held: RARE, ends: 50, look: RARE });
    await untilBlocked(backend, database);
    const begun = Date.now();
    await until('its turn would be over', () => Date.now() - begun > 100);
    door.open();
    await locked;
    await until('it has its answer', async () => (await holders(database))[0] !== 'gone');
    expect(told).toEqual([]);
  });

  const holders = async ({ kysely }: OpenDatabase) =>
    (await kysely.selectFrom('turn').select('holder').execute()).map(({ holder }) => holder);
});
