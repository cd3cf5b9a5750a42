import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PeopleStore } from '../../src/core/ports/people.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Backend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';

const now = new Date('2026-11-25T10:00:00Z');
const clock = fakeClock(now);
const at = (ms: number): Date => new Date(Number(now) + ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Accounts, links, roles, login links, secrets. */
export function peopleStoreContract(backend: Backend): void {
  let database: OpenDatabase;
  beforeEach(async () => {
    database = await backend.open(clock);
  });

  const within = <T>(work: (people: PeopleStore) => Promise<T>) => database.transaction(({ people }) => work(people));
  const find = (...subjects: string[]) => database.read(({ people }) => people.find(subjects));
  const dana = { account: 'slack:U1', team: 'T1', name: 'Dana', at: now };

  describe('an account', () => {
    test('comes back as it was seen last', async () => {
      await within((people) => people.remember(dana));
      await within((people) => people.remember({ ...dana, name: 'Dana "D" \\ 💥', at: at(1) }));
      expect(await find('slack:U1')).toEqual([
        { subject: 'slack:U1', seen: { team: 'T1', name: 'Dana "D" \\ 💥', at: at(1) }, person: null, roles: [] },
      ]);
    });

    test('that was never seen, and a group, are found with what they were given', async () => {
      await within((people) => people.give({ subject: 'slack-group:S1', role: 'approver', by: 'Dana', at: now }));
      const found = await find('slack:U9', 'slack-group:S1');
      expect(found.sort((a, b) => (a.subject < b.subject ? 1 : -1))).toEqual([
        { subject: 'slack:U9', seen: undefined, person: null, roles: [] },
        { subject: 'slack-group:S1', seen: undefined, person: null, roles: ['approver'] },
      ]);
      expect(await find()).toEqual([]);
    });

    test('is found by its name, whatever its case, for suggestions', async () => {
      await within(async (people) => {
        await people.remember(dana);
        await people.remember({ ...dana, account: 'discord:4', name: 'dana' });
        await people.remember({ ...dana, account: 'discord:5', name: '%' });
      });
      const named = (name: string, limit = 9) => database.read(({ people }) => people.accountsNamed(name, limit));
      expect((await named('DANA')).map(({ account }) => account)).toEqual(['discord:4', 'slack:U1']);
      expect(await named('DANA', 1)).toHaveLength(1);
      expect((await named('%')).map(({ account }) => account)).toEqual(['discord:5']);
    });
  });

  describe('a link', () => {
    const link = (a: string, b: string, id = `pn_${a}_${b}`) => within((people) => people.link([a, b], id, now));
    const person = async (account: string) => (await find(account)).map(({ subject }) => subject).sort();

    test('makes one person of two accounts, seen or not; each is found by the other', async () => {
      await within((people) => people.remember(dana));
      expect(await link('slack:U1', 'discord:4')).toBe(true);
      expect(await person('discord:4')).toEqual(['discord:4', 'slack:U1']);
      expect((await find('discord:4')).find(({ subject }) => subject === 'slack:U1')?.seen?.name).toBe('Dana');
    });

    test('again changes nothing', async () => {
      await link('slack:U1', 'discord:4');
      const before = await find('slack:U1');
      expect(await link('discord:4', 'slack:U1')).toBe(false);
      expect(await find('slack:U1')).toEqual(before);
    });

    test('of two persons makes one of all their accounts', async () => {
      await link('slack:U1', 'discord:1');
      await link('slack:U2', 'discord:2');
      expect(await link('discord:1', 'slack:U2')).toBe(true);
      expect(await person('slack:U1')).toEqual(['discord:1', 'discord:2', 'slack:U1', 'slack:U2']);
      expect(new Set((await find('slack:U1')).map((one) => one.person)).size).toBe(1);
    });

    test('ends for one account and stays for the others', async () => {
      await link('slack:U1', 'discord:1');
      await link('slack:U1', 'console:d');
      expect(await within((people) => people.unlink('slack:U1'))).toBe(true);
      expect(await within((people) => people.unlink('slack:U1'))).toBe(false);
      expect(await person('slack:U1')).toEqual(['slack:U1']);
      expect(await person('console:d')).toEqual(['console:d', 'discord:1']);
    });

    test('in any order gives the same people', async () => {
      const accounts = ['slack:U1', 'slack:U2', 'discord:1', 'discord:2', 'console:a', 'console:b'];
      const pair = fc.tuple(fc.constantFrom(...accounts), fc.constantFrom(...accounts)).filter(([a, b]) => a !== b);
      const partition = async (links: readonly (readonly [string, string])[]) => {
        await database.kysely.deleteFrom('account').execute();
        for (const [i, [a, b]] of links.entries()) await link(a, b, `pn_${i}`);
        const groups = await Promise.all(accounts.map(person));
        return [...new Set(groups.map((group) => group.join(' ')))].sort();
      };
      const shuffled = fc
        .array(pair, { maxLength: 7 })
        .chain((links) => fc.tuple(fc.constant(links), fc.shuffledSubarray(links, { minLength: links.length })));
      await fc.assert(
        fc.asyncProperty(shuffled, async ([links, other]) => {
          expect(await partition(other)).toEqual(await partition(links));
        }),
        { numRuns: 25 },
      );
    });

    test('made at the same time as another that shares an account loses nothing', async () => {
      await Promise.all([link('slack:U1', 'discord:1'), link('discord:1', 'console:a'), link('console:a', 'discord:2')]);
      expect(await person('slack:U1')).toEqual(['console:a', 'discord:1', 'discord:2', 'slack:U1']);
    });
  });

  describe('a role', () => {
    const grant = { subject: 'slack:U1', role: 'operator', by: 'Dana', at: now } as const;

    test('is given once, shown with who gave it, found with the account, and taken once', async () => {
      expect(await within((people) => people.give(grant))).toBe(true);
      expect(await within((people) => people.give({ ...grant, by: 'Sam' }))).toBe(false);
      await within((people) => people.give({ ...grant, role: 'owner' }));
      expect(await database.read(({ people }) => people.grants())).toEqual(
        expect.arrayContaining([grant, { ...grant, role: 'owner' }]),
      );
      expect((await find('slack:U1'))[0]?.roles.sort()).toEqual(['operator', 'owner']);
      expect(await within((people) => people.take(grant))).toBe(true);
      expect(await within((people) => people.take(grant))).toBe(false);
      expect((await find('slack:U1'))[0]?.roles).toEqual(['owner']);
    });
  });

  describe('a login link', () => {
    const hash = Buffer.from('a'.repeat(32));
    const save = (more: object = {}) =>
      within((people) => people.saveLogin({ hash, account: 'slack:U1', name: 'Dana', expiresAt: at(MINUTE), ...more }));
    const look = (when = now) => database.read(({ people }) => people.login(hash, when));
    const use = (when = now) => within((people) => people.useLogin(hash, when));

    test('is looked at as often as one likes, and used once', async () => {
      await save();
      expect(await look()).toEqual({ account: 'slack:U1', name: 'Dana' });
      expect(await look()).toEqual({ account: 'slack:U1', name: 'Dana' });
      expect(await use()).toEqual({ account: 'slack:U1', name: 'Dana' });
      expect(await look()).toBeUndefined();
      expect(await use()).toBeUndefined();
    });

    test('of many uses at once is used once', async () => {
      await save();
      const used = await Promise.all(Array.from({ length: 8 }, () => use()));
      expect(used.filter((one) => one !== undefined)).toHaveLength(1);
    });

    test('runs out', async () => {
      await save();
      expect(await look(at(MINUTE - 1))).toBeDefined();
      expect(await look(at(MINUTE))).toBeUndefined();
      expect(await use(at(MINUTE))).toBeUndefined();
    });

    test('ends when its account asks for another', async () => {
      await save();
      await save({ hash: Buffer.from('b'.repeat(32)) });
      expect(await use()).toBeUndefined();
    });
  });

  describe('a secret', () => {
    test('is kept once, the first one, and removed by one', async () => {
      const keep = (sealed: string) => within((people) => people.keepSecret('code', sealed));
      const kept = await Promise.all(['a', 'b', 'c'].map(keep));
      expect(new Set(kept).size).toBe(1);
      expect(await database.read(({ people }) => people.secret('code'))).toBe(kept[0]);
      const dropped = await Promise.all(Array.from({ length: 4 }, () => within((people) => people.dropSecret('code'))));
      expect(dropped.filter(Boolean)).toHaveLength(1);
      expect(await database.read(({ people }) => people.secret('code'))).toBeUndefined();
    });
  });

  test('tries are counted within an hour of the first, each account for itself, however many come at once', async () => {
    const count = (account: string, when = now) => within((people) => people.countTry(account, when));
    const counts = await Promise.all(Array.from({ length: 6 }, () => count('slack:U1')));
    expect(counts.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await count('slack:U2')).toBe(1);
    expect(await count('slack:U1', at(HOUR - 1))).toBe(7);
    expect(await count('slack:U1', at(HOUR))).toBe(1);
  });

  test('retention forgets what is over, and names without a role or a link', async () => {
    await within(async (people) => {
      for (const account of ['slack:U1', 'slack:U2', 'slack:U3', 'slack:U4']) await people.remember({ ...dana, account });
      await people.remember({ ...dana, account: 'slack:U5', at: at(2 * DAY) });
      await people.link(['slack:U2', 'discord:2'], 'pn_1', now);
      await people.give({ subject: 'slack:U3', role: 'viewer', by: 'Dana', at: now });
      await people.saveLogin({ hash: Buffer.from('x'), account: 'slack:U1', name: 'Dana', expiresAt: at(MINUTE) });
      await people.countTry('slack:U1', now);
    });
    await within((people) => people.retain(at(400 * DAY + 1)));
    const rows = await database.kysely.selectFrom('account').select('account').orderBy('account').execute();
    expect(rows.map(({ account }) => account)).toEqual(['discord:2', 'slack:U2', 'slack:U3', 'slack:U5']);
    expect(await database.kysely.selectFrom('login_link').selectAll().execute()).toEqual([]);
    expect(await database.kysely.selectFrom('code_try').selectAll().execute()).toEqual([]);
  });
}
