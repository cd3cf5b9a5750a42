import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { commands as ours } from '../../commands/index.ts';
import { definitionsOf, differenceOf, inviteUrl, isSame } from '../../src/chat/discord/definitions.ts';
import { registerDiscord } from '../../src/cli/register-discord.ts';
import type { CommandFacts, Option } from '../../src/core/commands/command.ts';
import type { Json } from '../support/discord/index.ts';
import { checkCommands } from '../support/discord/rules/commands.ts';
import { commands, desk } from './desk.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,31}$/);
const summary = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('', ' ', '👩‍👩‍👧‍👦'.repeat(60), 'x'.repeat(300)),
);
const option: fc.Arbitrary<Option> = fc.record({
  kind: fc.constantFrom('source' as const, 'text' as const, 'period' as const),
  summary,
  required: fc.boolean(),
});
const verb = fc.record({ summary, example: fc.constant('/x'), options: fc.dictionary(name, option, { maxKeys: 8 }) });
const facts: fc.Arbitrary<CommandFacts> = fc.record({
  name,
  summary,
  defaultVerb: fc.constant('show'),
  verbs: fc.dictionary(name, verb, { minKeys: 1, maxKeys: 5 }),
});
const asJson = (value: unknown): Json[] => JSON.parse(JSON.stringify(value)) as Json[];

describe('definitions', () => {
  test('of our commands are what Discord takes', () => {
    expect(() => checkCommands(asJson(definitionsOf(ours)))).not.toThrow();
    expect(definitionsOf(ours)[0]).toMatchObject({
      name: 'pipeline',
      options: [
        {
          type: 1,
          name: 'show',
          options: expect.arrayContaining([expect.objectContaining({ name: 'source', autocomplete: true })]),
        },
      ],
      contexts: [0, 1],
    });
  });

  test('of any commands are what Discord takes: required options first, texts cut, names whole', () => {
    fc.assert(
      fc.property(fc.uniqueArray(facts, { maxLength: 5, selector: (one) => one.name }), (all) => {
        expect(() => checkCommands(asJson(definitionsOf(all)))).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });

  test('that Discord would refuse are refused here', () => {
    const [first] = commands as [CommandFacts];
    const verbs = Object.fromEntries(
      Array.from({ length: 26 }, (_, at) => [`v${at}`, Object.values(first.verbs)[0]]),
    ) as CommandFacts['verbs'];
    expect(() => definitionsOf([{ ...first, verbs }])).toThrow(/25 verbs of \/pipeline/);
    expect(() => definitionsOf([{ ...first, name: 'Pipe Line' }])).toThrow(/“Pipe Line”/);
    const long = Object.fromEntries(
      Array.from({ length: 25 }, (_, at) => [
        `v${at}`,
        {
          summary: 'x'.repeat(100),
          example: '',
          options: Object.fromEntries(
            Array.from({ length: 5 }, (_, o) => [`o${o}`, { kind: 'text', summary: 'y'.repeat(100), required: false }]),
          ),
        },
      ]),
    ) as CommandFacts['verbs'];
    expect(() => definitionsOf([{ ...first, verbs: long }])).toThrow(/longer than Discord takes/);
  });

  test('differ only where it matters', () => {
    const wanted = definitionsOf(commands);
    const listed = asJson(wanted).map((one) => ({
      ...one,
      id: '1',
      version: '2',
      nsfw: false,
      default_member_permissions: null,
    }));
    expect(isSame(differenceOf(listed, wanted))).toBe(true);
    const [first, ...others] = wanted;
    expect(
      differenceOf(
        [
          { ...listed[0], description: 'Other' },
          { name: 'old', description: 'x' },
        ],
        wanted,
      ),
    ).toEqual({
      added: others.map((one) => one.name),
      changed: [first?.name],
      removed: ['old'],
    });
  });

  test('the invitation asks for what we need', () => {
    expect(inviteUrl('42')).toBe(
      'https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands&permissions=309237763072',
    );
  });
});

test('registering asks first, and writes once, only what is new', async () => {
  const { fake } = await desk({ unstarted: true });
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  vi.stubEnv('DISCORD_TOKEN', `${fake.token}-----------`.slice(0, 40));
  vi.stubEnv('DISCORD_APPLICATION_ID', fake.applicationId);
  vi.stubEnv('DISCORD_API_URL', fake.apiUrl);
  await expect(registerDiscord([])).rejects.toThrow(/refuses the bot’s token/);
  vi.stubEnv('DISCORD_TOKEN', fake.token);
  const puts = () => fake.requests('PUT /applications/:id/commands').length;
  const before = puts();
  await registerDiscord([]);
  expect(said.slice(0, -1).join('\n')).toMatch(/^added everywhere: .*\/warden.*\nchanged everywhere: \/pipeline/);
  expect(said.at(-1)).toContain('Invite the bot');
  expect(fake.commands().map((one) => one.name)).toEqual(ours.map((one) => one.name));
  said.length = 0;
  await registerDiscord([]);
  expect(said[0]).toBe('Nothing to do: Discord knows these commands everywhere.');
  expect(puts()).toBe(before + 1);
  await registerDiscord(['--guild', fake.guild().id]);
  expect(fake.commands('Acme')).toHaveLength(ours.length);
  await expect(registerDiscord(['--guild', 'Acme'])).rejects.toThrow(/id of a server/);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
