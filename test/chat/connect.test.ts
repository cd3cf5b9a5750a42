import { expect, test } from 'vitest';
import type { ChatListener } from '../../src/core/ports/chat.ts';
import { connect, connectInTurn } from '../../src/flows/chat/connect.ts';
import { silent } from '../support/app.ts';
import { fakeClock } from '../support/clock.ts';
import { Listener } from '../support/listener.ts';
import { until } from '../support/wait.ts';
import { Talk } from './room.ts';

/** A platform that notes how it was started and stopped. */
class Noted extends Talk {
  readonly done: string[] = [];
  refuses = false;
  override async start(listener?: ChatListener): Promise<void> {
    this.done.push(listener ? 'listens' : 'sends only');
    if (this.refuses) throw new Error('away');
  }
  override async stop(): Promise<void> {
    this.done.push('stopped');
  }
}

function inTurn() {
  const talk = new Noted();
  const clock = fakeClock('2026-11-25T10:00:00Z');
  let told = { won: () => {}, lost: () => {} };
  const connection = connectInTurn(talk, new Listener(), {
    ...{ clock, log: silent, connected: () => {} },
    turns: {
      take(name, given) {
        expect(name).toBe('talk');
        told = given;
        return async () => void talk.done.push('turn given back');
      },
    },
  });
  return { talk, clock, connection, won: () => told.won(), lost: () => told.lost() };
}

test('before it is known whose turn it is, it is still connecting', async () => {
  const { talk, connection } = inTurn();
  await expect(connection.check()).rejects.toThrow('still connecting');
  expect(talk.done).toEqual([]);
});

test('it listens in its turn and sends only outside of it, well both times; the turn is given back once it is stopped', async () => {
  const { talk, connection, won, lost } = inTurn();
  for (const change of [lost, won, lost, won]) {
    change();
    await until('it is well', () =>
      connection.check().then(
        () => true,
        () => false,
      ),
    );
  }
  await connection.stop();
  expect(talk.done).toEqual(['sends only', 'listens', 'sends only', 'listens', 'stopped', 'turn given back']);
});

test('what was tried in a turn that is lost is not tried again', async () => {
  const { talk, clock, connection, won, lost } = inTurn();
  talk.refuses = true;
  won();
  await until('it failed', () =>
    connection.check().then(
      () => false,
      (error: Error) => error.message === 'away',
    ),
  );
  talk.refuses = false;
  lost();
  await until('it is well', () =>
    connection.check().then(
      () => true,
      () => false,
    ),
  );
  clock.advance(3_600_000);
  expect(talk.done).toEqual(['listens', 'sends only']);
});

test('a turn that comes while it stops begins nothing', async () => {
  const { talk, connection, won } = inTurn();
  const stopping = connection.stop();
  won();
  await stopping;
  expect(talk.done).toEqual(['stopped', 'turn given back']);
});

test('without a listener a platform is started to send', async () => {
  const talk = new Noted();
  const clock = fakeClock('2026-11-25T10:00:00Z');
  const connection = connect(talk, undefined, { clock, log: silent, connected: () => {} });
  await until('it is well', () =>
    connection.check().then(
      () => true,
      () => false,
    ),
  );
  await connection.stop();
  expect(talk.done).toEqual(['sends only', 'stopped']);
});
