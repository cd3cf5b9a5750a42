import { beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../src/core/messages/message.ts';
import { noPolicy } from '../../src/core/people/policy.ts';
import type { Logins } from '../../src/core/ports/people.ts';
import { createLogins, loginLink } from '../../src/flows/people/login.ts';
import { type Backend, onEachBackend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { dana, danaOnDiscord, type House, house, sam } from './house.ts';

const tokenOf = (url: string): string => url.split('/').at(-1) ?? '';

function loginContract(backend: Backend): void {
  let here: House;
  let clock: FakeClock;
  let logins: Logins;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    here = house(await backend.open(clock), clock);
    logins = createLogins(here.ports);
  });
  const ask = async (caller = dana) => loginLink(here.ports, await here.as(caller));
  const told = async () => {
    const rows = await here.ports.database.kysely.selectFrom('post').select(['address', 'message']).orderBy('address').execute();
    return rows.map(({ address, message }) => `${address} ${(message as Message).title}`);
  };

  describe('a login link', () => {
    test('names the console, five minutes and the asker; only its hash is stored', async () => {
      const card = await ask();
      expect(card.url).toMatch(/^http:\/\/127\.0\.0\.1:3000\/login\/link\/[\w-]{43}$/);
      expect(card).toMatchObject({ expiresAt: new Date('2026-11-25T10:05Z'), accounts: ['slack:U1'] });
      const stored = JSON.stringify(await here.ports.database.kysely.selectFrom('login_link').selectAll().execute());
      expect(stored).not.toContain(tokenOf(card.url));
      expect(stored).toContain('slack:U1');
    });

    test('may be looked at, signs in once, and is gone', async () => {
      const token = tokenOf((await ask()).url);
      const who = { account: 'slack:U1', name: 'Dana' };
      expect([await logins.look(token), await logins.look(token)]).toEqual([who, who]);
      expect(await logins.use(token)).toEqual({ ...who, linked: false });
      expect([await logins.look(token), await logins.use(token)]).toEqual([undefined, undefined]);
    });

    test('opened by two browsers at once signs one of them in', async () => {
      const token = tokenOf((await ask()).url);
      const used = await Promise.all([1, 2, 3, 4].map(() => logins.use(token)));
      expect(used.filter((one) => one !== undefined)).toEqual([{ account: 'slack:U1', name: 'Dana', linked: false }]);
    });

    test('ends after five minutes, and when another is asked for', async () => {
      const first = tokenOf((await ask()).url);
      const second = tokenOf((await ask()).url);
      expect(await logins.look(first)).toBeUndefined();
      clock.advance(5 * 60_000);
      expect([await logins.look(second), await logins.use(second)]).toEqual([undefined, undefined]);
    });

    test.each(['', 'x', "' or 1=1 --", '💥'.repeat(50), '\u0000'])('that nobody made is nobody’s: %j', async (token) => {
      expect([await logins.look(token), await logins.use(token, 'slack:U1')]).toEqual([undefined, undefined]);
    });
  });

  describe('confirmed in a browser that is signed in from another platform', () => {
    test('makes one person, and tells both accounts', async () => {
      await here.as(danaOnDiscord);
      const token = tokenOf((await ask()).url);
      expect(await logins.use(token, 'discord:4')).toMatchObject({ account: 'slack:U1', linked: true });
      const both = [await here.as(dana), await here.as(danaOnDiscord)];
      expect(new Set(both.map(({ personKey }) => personKey)).size).toBe(1);
      expect(await told()).toEqual([
        'discord:~discord:4 Your account and slack:U1 are one person from now on, with the roles of both.',
        'slack:~slack:U1 Your account and discord:4 are one person from now on, with the roles of both.',
      ]);
      expect(here.settings.woken).toEqual(['post']);
      expect((await ask()).accounts).toEqual(['discord:4', 'slack:U1']);
    });

    test('again changes nothing, and tells nobody', async () => {
      for (let i = 0; i < 2; i++) {
        expect(await logins.use(tokenOf((await ask()).url), 'discord:4')).toMatchObject({ linked: true });
      }
      expect(await told()).toHaveLength(1);
    });

    test('links no two accounts of the same platform', async () => {
      expect(await logins.use(tokenOf((await ask()).url), sam.account)).toMatchObject({ account: 'slack:U1', linked: false });
      expect((await here.as(dana)).personKey).toBe('slack:U1');
    });

    test('links no two people of the policy file', async () => {
      here.settings.policy = {
        ...noPolicy,
        people: [
          { name: 'Dana', accounts: ['slack:U1'] },
          { name: 'Sam', accounts: ['discord:4'] },
        ],
      };
      expect(await logins.use(tokenOf((await ask()).url), 'discord:4')).toMatchObject({ linked: false });
      expect((await here.as(dana)).personKey).toBe('person:Dana');
    });

    test('links nothing once it is used or has run out', async () => {
      const token = tokenOf((await ask()).url);
      clock.advance(5 * 60_000);
      expect(await logins.use(token, 'discord:4')).toBeUndefined();
      expect((await here.as(dana)).personKey).toBe('slack:U1');
    });
  });
}

await onEachBackend(loginContract);
