import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/config/policy.ts';
import { noPolicy } from '../../src/core/people/policy.ts';

const mistakes = (text: string): string[] => {
  const result = parsePolicy(text);
  return 'mistakes' in result ? result.mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`) : [];
};

describe('a policy file', () => {
  test('is what it says', () => {
    expect(
      parsePolicy(`
timezone: Europe/Berlin
roles:
  owner: ["slack:U012ABC", "discord-role:1234"]
  operator: [Dana]
  default: none
people:
  - {name: Dana, accounts: ["slack:U012ABC", "discord:42"]}
`),
    ).toEqual({
      policy: {
        timezone: 'Europe/Berlin',
        defaultRole: null,
        roles: { owner: ['slack:U012ABC', 'discord-role:1234'], approver: [], operator: ['Dana'], viewer: [] },
        people: [{ name: 'Dana', accounts: ['slack:U012ABC', 'discord:42'] }],
        segmentBatches: false,
        forwards: [],
      },
    });
  });

  test('may let Segment send several calls at once', () => {
    expect(parsePolicy('segment: {allow_batches: true}')).toEqual({ policy: { ...noPolicy, segmentBatches: true } });
  });

  test.each(['', '# nothing yet\n', '---\n', 'people: []', 'roles: {}', '\uFEFF'])('that says nothing is none: %j', (text) => {
    expect(parsePolicy(text)).toEqual({ policy: noPolicy });
  });

  test('of the example has no mistakes, and names every role', () => {
    const result = parsePolicy(readFileSync('pipewarden.example.yml', 'utf8'));
    expect(result).toMatchObject({ policy: { timezone: 'Europe/Berlin', people: [{ name: 'Dana' }, { name: 'Sam' }] } });
  });

  test('may repeat a list by an alias', () => {
    expect(parsePolicy('roles:\n  owner: &us ["slack:U1"]\n  approver: *us\n')).toMatchObject({
      policy: { roles: { owner: ['slack:U1'], approver: ['slack:U1'] } },
    });
  });
});

describe('a mistake is told with its place and what to write instead', () => {
  test.each<[text: string, told: string[]]>([
    [
      'roels:\n  owner: []',
      ['1:1 “roels” is not known here. Did you mean roles? There are timezone, roles, people, audit, segment, forwards'],
    ],
    ['segment: {allow_batches: "yes"}', ['1:26 segment allow_batches must be true or false']],
    [
      'segment: {allow_batch: true}',
      ['1:11 “allow_batch” is not known in segment. Did you mean allow_batches? There are allow_batches'],
    ],
    [
      'timezone: UTC\nspaceship: 1',
      ['2:1 “spaceship” is not known here. There are timezone, roles, people, audit, segment, forwards'],
    ],
    [
      'roles:\n  ownr: []',
      ['2:3 “ownr” is not known in roles. Did you mean owner? There are owner, approver, operator, viewer, default'],
    ],
    [
      'people:\n  - {name: A, accounts: ["slack:U1"], rle: x}',
      ['2:39 “rle” is not known in people item 1. Did you mean name? There are name, accounts'],
    ],
    ['timezone: Europe/Berln', ['1:11 timezone “Europe/Berln” is no time zone. Write it as in Europe/Berlin or UTC']],
    ['timezone: "+01:00"', ['1:11 timezone “+01:00” is no time zone. Write it as in Europe/Berlin or UTC']],
    ['timezone: 5', ['1:11 timezone must be a time zone, e.g. Europe/Berlin']],
    ['roles:\n  owner: slack:U1', ['2:10 roles owner must be a list of accounts, groups or names of people']],
    ['roles:\n  owner: [5]', ['2:11 roles owner item 1 must be an account, a group or a name of people']],
    [
      'roles:\n  default: owner',
      ['2:12 roles default must be one of none, viewer, operator, approver; owners are named one by one'],
    ],
    ['roles:', ['1:7 roles must hold roles, e.g. owner: ["slack:U012ABC"]']],
    ['people: 7', ['1:9 people must be a list of people, each {name, accounts}']],
    ['people:\n  - {name: Dana}', ['2:5 people item 1 accounts must be a list of accounts']],
    ['people:\n  - {name: " ", accounts: ["slack:U1"]}', ['2:12 people item 1 name must not be empty']],
    ['people:\n  - {name: "a:b", accounts: ["slack:U1"]}', ['2:12 people item 1 name must not hold a colon']],
    [
      'people:\n  - {name: Dana, accounts: []}\n  - {name: Sam, accounts: ["slak:U1", "slack-group:S1"]}',
      [
        '2:28 people item 1 accounts must hold an account',
        '3:28 people item 2 accounts item 1 “slak:U1” is not an account. Accounts and groups look like slack:U012ABC, slack-group:S012ABC, discord:123456789012345678, discord-role:123456789012345678, console:dana',
        '3:39 people item 2 accounts item 2 “slack-group:S1” is not an account. Accounts and groups look like slack:U012ABC, slack-group:S012ABC, discord:123456789012345678, discord-role:123456789012345678, console:dana',
      ],
    ],
    [
      'people:\n  - {name: Dana, accounts: ["slack:U1"]}\n  - {name: Dana, accounts: ["slack:U1"]}',
      [
        '3:12 people item 2 name Dana stands twice: people need different names',
        '3:29 people item 2 accounts item 1 slack:U1 belongs to Dana already',
      ],
    ],
    [
      'roles:\n  owner: [dnaa]\npeople:\n  - {name: Dana, accounts: ["slack:U1"]}',
      ['2:11 roles owner item 1 “dnaa” is not an account, a group or a name of people. Did you mean Dana?'],
    ],
    ['- a', ['1:1 The file must hold timezone, roles, people, audit, segment or forwards']],
    ['timezone: UTC\ntimezone: UTC', ['2:1 Map keys must be unique']],
    ['timezone: UTC\n---\ntimezone: UTC', ['2:1 A second document begins here; a policy is one']],
    ['timezone: !foo UTC', ['1:11 Unresolved tag: !foo']],
    ['__proto__: {owner: 1}', ['1:1 “__proto__” is not known here. There are timezone, roles, people, audit, segment, forwards']],
    ['<<: {timezone: UTC}', ['1:1 “<<” is not known here. There are timezone, roles, people, audit, segment, forwards']],
  ])('%j', (text, told) => {
    expect(mistakes(text)).toEqual(told);
  });

  test('all of them at once, in the order of the file', () => {
    expect(mistakes('timezone: nowhere\nroles:\n  default: boss\nrules: []\n').map((line) => line.split(' ')[0])).toEqual([
      '1:11',
      '3:12',
      '4:1',
    ]);
  });

  test('behind an alias is told where it was written', () => {
    expect(mistakes('roles:\n  owner: &us [x1]\n  viewer: *us')).toEqual([
      expect.stringMatching(/^2:15 roles viewer item 1/),
      expect.stringMatching(/^2:15 roles owner item 1/),
    ]);
  });
});

describe('a file made to break the reader', () => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    );

  test.each<[what: string, text: string, told: string]>([
    ['a bomb of aliases', bomb.join('\n'), '1:1 Excessive alias count indicates a resource exhaustion attack'],
    ['brackets', '['.repeat(200_000), '1:1 The file has more than 32 brackets open at once'],
    [
      'brackets after closed ones',
      `${']'.repeat(99)}${'{'.repeat(200_000)}`,
      '1:1 The file has more than 32 brackets open at once',
    ],
    ['lists in lists', '- '.repeat(100_000), '1:1 The file has lists in lists, more than 32 deep'],
    ['length', 'x'.repeat(300_000), '1:1 The file is longer than 256 KiB'],
  ])('by %s is refused at once', (_, text, told) => {
    expect(mistakes(text)).toEqual([told]);
  });

  test('by chance is read or refused, never a crash', () => {
    const piece = fc.constantFrom(
      'roles',
      'owner',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '&a ',
      '*a',
      '!',
      '|',
      '>',
      '#',
      'slack:U1',
      '\t',
      '💥',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          const result = parsePolicy(text);
          if ('mistakes' in result)
            for (const { line, column, message } of result.mistakes) {
              expect(Math.min(line, column)).toBeGreaterThan(0);
              expect(message).not.toBe('');
            }
        },
      ),
    );
  });
});
