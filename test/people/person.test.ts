import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Actor, authorise, may, personRoles, type Right } from '../../src/core/people/actor.ts';
import { fileName, rolesOf, withFileAccounts } from '../../src/core/people/person.ts';
import { noPolicy } from '../../src/core/people/policy.ts';
import { roleRows, rolesAsYaml } from '../../src/core/people/role-rows.ts';
import { examples, kindOf, subjectOf } from '../../src/core/people/subject.ts';

const actor = (role: Actor['roles'][number]): Actor => ({
  person: 'Ann',
  account: 'slack:U1',
  personKey: 'slack:U1',
  roles: [role],
});

describe('rights', () => {
  test.each<[Actor['roles'][number], Right[]]>([
    ['viewer', ['read']],
    ['operator', ['read']],
    ['approver', ['read']],
    ['owner', ['read', 'manage']],
    ['ingest', ['ingest']],
    ['read', ['read']],
  ])('%s may %j, and nothing else', (role, rights) => {
    const all: Right[] = ['read', 'ingest', 'manage'];
    expect(all.filter((right) => may(actor(role), right))).toEqual(rights);
  });

  test('a refusal says whom to ask', () => {
    expect(() => authorise(actor('viewer'), 'manage')).toThrow(
      'Ann may not manage roles and channels. Ask an owner for a role or token that grants it.',
    );
  });
});

describe('what holds a role', () => {
  test('examples are what they say', () => {
    expect(examples.map(kindOf)).toEqual(['account', 'group', 'account', 'group', 'account']);
    for (const example of examples) expect(subjectOf(` ${example} `)).toBe(example);
  });

  test('nothing that is no address becomes one, and none holds what YAML or a mention would read', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((id) => `slack:${id}`),
          fc.string().map((id) => `<@${id}>`),
        ),
        (text) => {
          const subject = subjectOf(text);
          if (subject !== undefined) expect(subject).toMatch(/^[a-z-]+:[A-Za-z0-9_.-]+$/);
        },
      ),
    );
  });

  test.each(['constructor:1', '__proto__:1', 'slack:', 'slack:U1:2', 'toString'])('%s is nothing', (text) => {
    expect(kindOf(text)).toBeUndefined();
  });
});

describe('a person', () => {
  const account = fc.constantFrom('slack:U1', 'slack:U2', 'discord:1', 'discord:2', 'console:a');
  const people = fc
    .uniqueArray(account, { minLength: 1 })
    .chain((all) =>
      fc.nat({ max: all.length }).map((cut) => [all.slice(0, cut), all.slice(cut)].filter((part) => part.length > 0)),
    )
    .map((parts) => parts.map((accounts, i) => ({ name: `P${i}`, accounts })));

  test('of the file is the same from each of its accounts', () => {
    fc.assert(
      fc.property(people, (list) => {
        const policy = { ...noPolicy, people: list };
        for (const { name, accounts } of list) {
          for (const one of accounts) {
            expect(withFileAccounts(policy, [one]).sort()).toEqual([...accounts].sort());
            expect(fileName(policy, [one])).toBe(name);
          }
        }
      }),
    );
  });

  test('has at least the roles of each account alone, whatever the rest', () => {
    const roles = fc.dictionary(account, fc.subarray([...personRoles]));
    fc.assert(
      fc.property(roles, fc.uniqueArray(account, { minLength: 1 }), (builtIn, accounts) => {
        const of = (some: string[]) => rolesOf({ policy: noPolicy, builtIn, accounts: some, groups: [], granted: [] });
        const alone = new Set(accounts.flatMap((one) => of([one])));
        expect(of(accounts)).toEqual(personRoles.filter((role) => alone.has(role)));
      }),
    );
  });
});

test('roles as YAML are those of the chat alone', () => {
  const at = new Date(0);
  const rows = roleRows({ ...noPolicy, roles: { ...noPolicy.roles, owner: ['slack:U9'] } }, { 'console:a': ['owner'] }, [
    { subject: 'slack:U1', role: 'owner', by: 'x', at },
    { subject: 'discord:1', role: 'owner', by: 'x', at },
    { subject: 'slack:U1', role: 'viewer', by: 'x', at },
  ]);
  expect(rolesAsYaml(rows)).toBe('roles: {owner: ["slack:U1", "discord:1"], viewer: ["slack:U1"]}');
});
