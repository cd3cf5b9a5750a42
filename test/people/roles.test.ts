import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/core/people/actor.ts';
import { noPolicy } from '../../src/core/people/policy.ts';
import { giveRole, listRoles, separateAccount, takeRole } from '../../src/flows/people/roles.ts';
import { onPglite } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { dana, type House, house, sam } from './house.ts';

const owner: Actor = { person: 'Olga', account: 'slack:U9', personKey: 'slack:U9', roles: ['viewer', 'owner'] };

onPglite((backend) => {
  let here: House;
  beforeEach(async () => {
    const clock = fakeClock('2026-11-25T10:00:00Z');
    here = house(await backend.open(clock), clock);
  });
  const give = (who: string, role: string, actor = owner) => giveRole(here.ports, actor, { who, role });
  const take = (who: string, role: string, actor = owner) => takeRole(here.ports, actor, { who, role });
  const rows = async (actor = owner) =>
    (await listRoles(here.ports, actor)).rows.map(({ subject, role, origin }) => [subject, role, origin]);

  test.each(['viewer', 'operator', 'approver'] as const)('a %s may look, and change nothing', async (role) => {
    const actor: Actor = { ...owner, roles: [role] };
    expect(await listRoles(here.ports, actor)).toMatchObject({ canManage: false });
    for (const tried of [
      give('slack:U9', 'owner', actor),
      take('slack:U1', 'owner', actor),
      separateAccount(here.ports, actor, 'slack:U1'),
    ]) {
      await expect(tried).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('Ask an owner') });
    }
    expect(await rows()).toEqual([]);
  });

  test('who has no role may not even look', async () => {
    await expect(listRoles(here.ports, { ...owner, roles: [] })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test.each([
    ['slack:U1', 'slack:U1'],
    [' <@U1|dana> ', 'slack:U1'],
    ['<@U1>', 'slack:U1'],
    ['<!subteam^S1|@data>', 'slack-group:S1'],
    ['<@42>', 'discord:42'],
    ['<@!42>', 'discord:42'],
    ['<@&42>', 'discord-role:42'],
    ['console:kim', 'console:kim'],
  ])('%j is given a role as %s', async (typed, subject) => {
    expect(await give(typed, ' Operator ')).toBe(`${subject} is operator now`);
    expect(await rows()).toEqual([[subject, 'operator', 'chat']]);
    expect(await give(typed, 'operator')).toBe(`${subject} was operator already`);
  });

  test.each([
    '',
    'dana',
    '@dana',
    '<@U1',
    'slack:u1',
    'slack:U1 x',
    'slack:U1\nslack:U2',
    'slak:U1',
    'discord:4x',
    '<@&S1>',
    'email:a@b.c',
    'da\u0000na',
    'da\ud800',
  ])('%j is given none', async (typed) => {
    await expect(give(typed, 'operator')).rejects.toMatchObject({ code: 'bad_argument', path: '/who' });
  });

  test('a name finds accounts to choose from, and is never taken for one', async () => {
    await here.as(dana);
    await here.as({ ...sam, name: 'dana' });
    await expect(give('@Dana', 'owner')).rejects.toMatchObject({
      message: '“@Dana” is neither an account nor a group. Called so: slack:U1, slack:U2. Give the account itself.',
    });
  });

  test.each(['', 'admin', 'ownr', 'ingest', '__proto__'])('%j is no role', async (role) => {
    await expect(give('slack:U1', role)).rejects.toMatchObject({ code: 'bad_argument', path: '/role' });
  });

  describe('taking', () => {
    test('takes what was given in chat; what the file gives or is built in stays, and is said to', async () => {
      here.settings.policy = { ...noPolicy, roles: { ...noPolicy.roles, operator: ['slack:U1'] } };
      here.settings.builtIn = { 'console:dana': ['owner'] };
      await give('slack:U1', 'operator');
      await give('slack:U2', 'operator');
      expect(await take('slack:U2', 'operator')).toBe('slack:U2 is no longer operator');
      expect(await take('slack:U2', 'operator')).toBe('slack:U2 was not operator');
      expect(await take('slack:U1', 'operator')).toBe('slack:U1 stays operator: the policy file says so: change it there');
      expect(await take('console:dana', 'owner')).toBe('console:dana stays owner: that is built in');
      expect(await rows()).toEqual([
        ['console:dana', 'owner', 'built in'],
        ['slack:U1', 'operator', 'file'],
      ]);
    });

    test('leaves an owner', async () => {
      await give('slack:U1', 'owner');
      await expect(take('slack:U1', 'owner')).rejects.toThrow('Then nobody would be owner. Make somebody else owner first.');
      await give('slack:U2', 'owner');
      expect(await take('slack:U1', 'owner')).toBe('slack:U1 is no longer owner');
    });
  });

  test('owners stand first, with origin, name and who gave it; what the file says too is marked', async () => {
    await here.as(dana);
    here.settings.policy = { ...noPolicy, roles: { ...noPolicy.roles, owner: ['Eli'], viewer: ['slack:U1'] } };
    await give('slack:U1', 'viewer');
    await give('slack-group:S1', 'approver');
    expect((await listRoles(here.ports, owner)).rows).toEqual([
      { subject: 'Eli', role: 'owner', origin: 'file' },
      { subject: 'slack-group:S1', role: 'approver', origin: 'chat', by: 'Olga', at: new Date('2026-11-25T10:00Z') },
      { subject: 'slack:U1', role: 'viewer', origin: 'file', name: 'Dana' },
      {
        subject: 'slack:U1',
        role: 'viewer',
        origin: 'chat',
        by: 'Olga',
        at: new Date('2026-11-25T10:00Z'),
        alsoInFile: true,
        name: 'Dana',
      },
    ]);
  });

  test('an owner separates accounts that were linked in chat, not those of the file', async () => {
    const separate = (who: string) => separateAccount(here.ports, owner, who);
    await here.ports.database.transaction(({ people }) => people.link(['slack:U1', 'discord:4'], 'pn_1', new Date(0)));
    expect(await separate('<@4>')).toBe('discord:4 is a person by itself now');
    expect(await separate('discord:4')).toBe('discord:4 was not linked to another account');
    expect((await here.as({ ...dana, account: 'discord:4' })).personKey).toBe('discord:4');
    here.settings.policy = { ...noPolicy, people: [{ name: 'Dana', accounts: ['slack:U1', 'discord:4'] }] };
    expect(await separate('discord:4')).toBe('discord:4 stays as the policy file links it: change it there');
  });
});
