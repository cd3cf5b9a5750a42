import { beforeEach, describe, expect, test } from 'vitest';
import { noPolicy } from '../../src/core/people/policy.ts';
import { openOn } from '../../src/storage/database.ts';
import { nothingSaid, onPglite, recording } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { dana, danaOnDiscord, type House, house, onDiscord, ops, sam } from './house.ts';

onPglite((backend) => {
  let here: House;
  let clock: FakeClock;
  beforeEach(async () => {
    clock = fakeClock('2026-11-25T10:00:00Z');
    here = house(await backend.open(clock), clock);
  });
  const give = (subject: string, role: 'owner' | 'approver' | 'operator') =>
    here.ports.database.transaction(({ people }) => people.give({ subject, role, by: 'test', at: clock.now() }));
  const link = (a: string, b: string) =>
    here.ports.database.transaction(({ people }) => people.link([a, b], 'pn_1', clock.now()));
  const file = (more: Partial<typeof noPolicy>) => {
    here.settings.policy = { ...noPolicy, ...more };
  };

  test.each([
    ['bot', 'I answer people only. Ask me from your own account.'],
    ['guest', 'I answer full members of this team only'],
    ['stranger', 'You are not a member of the team that I work for.'],
  ] as const)('a %s is refused with what to do, and not remembered', async (standing, sentence) => {
    const refused = here.as({ ...dana, standing });
    await expect(refused).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining(sentence) });
    expect(await here.ports.database.kysely.selectFrom('account').selectAll().execute()).toEqual([]);
  });

  test('a member is a viewer by themselves, whatever they call themselves', async () => {
    file({ roles: { ...noPolicy.roles, owner: ['Eli'] }, people: [{ name: 'Eli', accounts: ['slack:U9'] }] });
    expect(await here.as({ ...dana, name: 'Eli' })).toEqual({
      person: 'Eli',
      account: 'slack:U1',
      personKey: 'slack:U1',
      roles: ['viewer'],
      workspace: undefined,
    });
  });

  test('roles.default decides what every member has', async () => {
    file({ defaultRole: 'operator' });
    expect((await here.as(dana)).roles).toEqual(['operator']);
    file({ defaultRole: null });
    expect((await here.as(dana)).roles).toEqual([]);
  });

  test('roles come from the file by account, group and name, from rows by account and group, and built in', async () => {
    const rolesOf = async (caller = dana) => (await here.as(caller)).roles;
    file({ defaultRole: null, roles: { ...noPolicy.roles, owner: ['slack:U1'], approver: ['slack-group:S1'] } });
    expect(await rolesOf()).toEqual(['owner']);
    expect(await rolesOf({ ...sam, groups: ['slack-group:S1', 'slack-group:S2'] })).toEqual(['approver']);
    expect(await rolesOf(sam)).toEqual([]);
    await give('slack-group:S2', 'operator');
    await give('slack:U2', 'approver');
    expect(await rolesOf({ ...sam, groups: ['slack-group:S2'] })).toEqual(['operator', 'approver']);
    here.settings.builtIn = { 'slack:U2': ['owner'] };
    expect(await rolesOf(sam)).toEqual(['approver', 'owner']);
    file({
      defaultRole: null,
      roles: { ...noPolicy.roles, operator: ['Dana'] },
      people: [{ name: 'Dana', accounts: ['discord:4'] }],
    });
    expect(await here.as(danaOnDiscord)).toMatchObject({ person: 'Dana', personKey: 'person:Dana', roles: ['operator'] });
  });

  test('a role that is taken is gone at the next click', async () => {
    await give('slack:U1', 'owner');
    expect((await here.as(dana)).roles).toContain('owner');
    await here.ports.database.transaction(({ people }) => people.take({ subject: 'slack:U1', role: 'owner' }));
    expect((await here.as(dana)).roles).toEqual(['viewer']);
  });

  describe('two accounts of one person', () => {
    test('linked in chat have the roles of both, and count as one', async () => {
      await give('slack:U1', 'operator');
      await give('discord:4', 'approver');
      await link('slack:U1', 'discord:4');
      const both = [await here.as(dana), await here.as(danaOnDiscord)];
      expect(both.map(({ personKey }) => personKey)).toEqual(['pn_1', 'pn_1']);
      for (const { roles } of both) expect(roles).toEqual(['viewer', 'operator', 'approver']);
      expect(both.map(({ person }) => person)).toEqual(['Dana', 'dana_d']);
    });

    test('linked by chat and file, one after the other, are found from each end', async () => {
      // console:a —file— slack:U1 —chat— discord:4 —file— discord:5
      file({
        people: [
          { name: 'Dana', accounts: ['console:a', 'slack:U1'] },
          { name: 'Dana too', accounts: ['discord:4', 'discord:5'] },
        ],
      });
      await link('slack:U1', 'discord:4');
      await give('console:a', 'owner');
      const callers = ['slack:U1', 'discord:4', 'discord:5'].map((account) => ({ ...dana, account }));
      for (const caller of callers) {
        expect(await here.as(caller)).toMatchObject({ personKey: 'person:Dana', roles: ['viewer', 'owner'] });
      }
    });

    test('that are not linked are two people, and share nothing', async () => {
      await give('slack:U1', 'owner');
      expect(await here.as(danaOnDiscord)).toMatchObject({ personKey: 'discord:4', roles: ['viewer'] });
    });
  });

  test('in a channel about one workspace nobody sees another; elsewhere all are seen', async () => {
    await here.ports.database.transaction(({ chat }) => chat.bindChannel({ address: 'slack:C1', team: 'T1', workspace: 'shop' }));
    expect((await here.as(dana, { ...ops, person: 'slack:U1', thread: 't' })).workspace).toBe('shop');
    expect((await here.as(dana, { ...ops, channel: 'C2' })).workspace).toBeUndefined();
  });

  test('an account is written when it is new, changed, or not seen for an hour; by its own platform alone', async () => {
    const rows = () => here.ports.database.kysely.selectFrom('account').selectAll().execute();
    await here.as(dana);
    clock.advance(59 * 60_000);
    await here.as(dana);
    expect(await rows()).toMatchObject([
      { account: 'slack:U1', name: 'Dana', team: 'T1', seen_at: new Date('2026-11-25T10:00Z') },
    ]);
    await here.as({ ...dana, name: 'Dana M' });
    expect(await rows()).toMatchObject([{ name: 'Dana M', seen_at: new Date('2026-11-25T10:59Z') }]);
    clock.advance(60 * 60_000);
    await here.as({ ...dana, name: 'Dana M' });
    expect(await rows()).toMatchObject([{ seen_at: new Date('2026-11-25T11:59Z') }]);
    // Signed in to the console by a link: the console knows neither their team nor their groups.
    await here.as({ ...dana, team: 'Pipewarden' }, { platform: 'console', team: 'Pipewarden', channel: 'general' });
    expect(await rows()).toMatchObject([{ team: 'T1' }]);
  });

  test('a click costs one transaction of two queries', async () => {
    await here.as(dana);
    const said = nothingSaid();
    const { database } = house(await openOn(recording(backend.pool(), said), clock), clock).ports;
    said.statements.length = 0;
    await house(database, clock).as(dana, onDiscord);
    expect(said.statements.map(({ text }) => text.trim().split(/\s/)[0])).toEqual(['start', 'with', 'select', 'commit']);
  });
});
