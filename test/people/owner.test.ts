import { beforeEach, describe, expect, test } from 'vitest';
import { createSeal } from '../../src/config/seal.ts';
import { noPolicy } from '../../src/core/people/policy.ts';
import { becomeOwner, ownerCode, owners } from '../../src/flows/people/owner.ts';
import { type Backend, onEachBackend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { dana, type House, house, sam } from './house.ts';

function ownerContract(backend: Backend): void {
  let here: House;
  let clock: FakeClock;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    here = house(await backend.open(clock), clock);
  });
  const code = () => ownerCode(here.ports);
  const become = async (text: string, caller = dana) => becomeOwner(here.ports, await here.as(caller), text);

  describe('the start-up code', () => {
    test('is the same for every process, and not to be read in the database', async () => {
      const codes = await Promise.all([code(), code(), code()]);
      expect(codes[0]).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/);
      expect(new Set(codes).size).toBe(1);
      const stored = JSON.stringify(await here.ports.database.kysely.selectFrom('secret').selectAll().execute());
      expect(stored).not.toContain(codes[0]);
    });

    test('is another one where the key has changed', async () => {
      const first = await code();
      const other = { ...here.ports, seal: createSeal(Buffer.alloc(32, 7)) };
      const second = await ownerCode(other);
      expect(second).toMatch(/^[0-9A-Z-]{14}$/);
      expect(second).not.toBe(first);
      expect(await ownerCode(other)).toBe(second);
    });

    test.each([
      ['the file', () => (here.settings.policy = { ...noPolicy, roles: { ...noPolicy.roles, owner: ['slack-group:S1'] } })],
      ['the console', () => (here.settings.builtIn = { 'console:local': ['owner'] })],
    ])('is gone once %s has an owner', async (_, makeOwner) => {
      const printed = (await code()) ?? '';
      makeOwner();
      await expect(become(printed)).rejects.toThrow('There is an owner already');
      expect(await code()).toBeUndefined();
    });

    test('is there for a chat although whoever reaches the console is its owner', async () => {
      here.settings.builtIn = { 'console:local': ['owner'] };
      here.settings.consoleAlone = false;
      await become((await code()) ?? '');
      expect((await here.as(dana)).roles).toEqual(['viewer', 'owner']);
      expect(await code()).toBeUndefined();
    });

    test('makes its user owner, once, however it is typed', async () => {
      const printed = (await code()) ?? '';
      await become(` ${printed.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `);
      expect((await here.as(dana)).roles).toEqual(['viewer', 'owner']);
      expect(await code()).toBeUndefined();
      await expect(become(printed, sam)).rejects.toMatchObject({ code: 'forbidden' });
      expect((await here.as(sam)).roles).toEqual(['viewer']);
    });

    test('used by many at once makes one of them owner', async () => {
      const printed = (await code()) ?? '';
      const callers = [1, 2, 3, 4].map((i) => ({ ...dana, account: `slack:U${i}` }));
      const results = await Promise.allSettled(callers.map((caller) => become(printed, caller)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await here.ports.database.read(({ people }) => people.grants())).toHaveLength(1);
    });

    test('may be guessed five times an hour: after that the right one is refused too', async () => {
      const printed = (await code()) ?? '';
      const wrong = Array.from({ length: 8 }, () => become('0000-0000-0000'));
      const messages = (await Promise.allSettled(wrong)).map((result) =>
        result.status === 'rejected' ? String(result.reason.message).slice(0, 20) : 'in',
      );
      expect(messages.filter((text) => text === 'This is not the code')).toHaveLength(5);
      expect(messages.filter((text) => text === 'That were 5 codes wi')).toHaveLength(3);
      await expect(become(printed)).rejects.toThrow('That were 5 codes within an hour. Wait an hour');
      // Another person's guesses are their own.
      await expect(become('', sam)).rejects.toThrow('This is not the code');
      clock.advance(60 * 60_000);
      await become(printed);
      expect((await here.as(dana)).roles).toContain('owner');
    });

    test('that was never made is nobody’s', async () => {
      for (const guess of ['', '-', '0000-0000-0000']) await expect(become(guess)).rejects.toThrow('This is not the code');
    });
  });

  test('owners are told apart by account, with the team each was seen in; members of groups are not known', async () => {
    await here.as(dana);
    here.settings.policy = {
      ...noPolicy,
      roles: { ...noPolicy.roles, owner: ['Eli', 'discord-role:9', 'slack:U1', 'nobody'] },
      people: [{ name: 'Eli', accounts: ['discord:5', 'slack:U1'] }],
    };
    expect(await owners(here.ports)).toEqual([
      { account: 'discord:5', team: '' },
      { account: 'slack:U1', team: 'T1' },
    ]);
  });
}

await onEachBackend(ownerContract);
