import { expect, test } from 'vitest';
import type { Actor } from '../../src/core/people/actor.ts';
import { giveRole, listRoles, takeRole } from '../../src/flows/people/roles.ts';
import { onPostgres } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { gate, untilBlocked } from '../support/wait.ts';
import { house } from './house.ts';

const as = (account: string): Actor => ({ person: account, account, personKey: account, roles: ['owner'] });
const [dana, sam] = ['slack:U1', 'slack:U2'] as const;

await onPostgres((backend) => {
  const twoOwners = async () => {
    const clock = fakeClock('2026-11-25T10:00:00Z');
    const database = await backend.open(clock);
    const { ports } = house(database, clock);
    for (const who of [dana, sam]) await giveRole(ports, as('slack:U9'), { who, role: 'owner' });
    const owners = async () => (await listRoles(ports, as(dana))).rows.map(({ subject }) => subject);
    return { database, ports, owners };
  };

  test('an owner who is removed while another one is being removed stays, if nobody else were left', async () => {
    const { database, ports, owners } = await twoOwners();
    const [taken, door] = [gate(), gate()];
    const first = database.transaction(async ({ people }) => {
      await people.lockRoles();
      await people.take({ subject: dana, role: 'owner' });
      taken.open();
      await door.opened;
    });
    await taken.opened;
    const second = takeRole(ports, as(dana), { who: sam, role: 'owner' }).catch((error: unknown) => error);
    await untilBlocked(backend, database).finally(door.open);
    await first;
    expect(await second).toMatchObject({ message: 'Then nobody would be owner. Make somebody else owner first.' });
    expect(await owners()).toEqual([sam]);
  });

  test('two owners who remove each other leave one', async () => {
    const { ports, owners } = await twoOwners();
    const both = [takeRole(ports, as(dana), { who: sam, role: 'owner' }), takeRole(ports, as(sam), { who: dana, role: 'owner' })];
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
    expect(await owners()).toHaveLength(1);
  });
});
