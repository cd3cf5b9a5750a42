import { describe, expect, test } from 'vitest';
import type { Json } from '../support/discord/index.ts';
import { refusal, refusedWith, restOf, startBot, startFake } from './bot.ts';
import { many } from './parts.ts';

const command = (more: Json = {}): Json => ({ name: 'show', description: 'Shows', ...more });
const option = (more: Json = {}): Json => ({ type: 3, name: 'source', description: 'Which', ...more });
const withOptions = (...options: Json[]) => [command({ options })];

const lists: [string, Json[], string][] = [
  ['an upper-case name', [command({ name: 'Show' })], '0.name APPLICATION_COMMAND_INVALID_NAME'],
  ['a name with a space', [command({ name: 'show it' })], '0.name APPLICATION_COMMAND_INVALID_NAME'],
  ['a name of 33', [command({ name: 'x'.repeat(33) })], '0.name BASE_TYPE_BAD_LENGTH'],
  ['no description', [command({ description: '' })], '0.description BASE_TYPE_BAD_LENGTH'],
  ['a description of 101', [command({ description: 'x'.repeat(101) })], '0.description BASE_TYPE_BAD_LENGTH'],
  ['the same name twice', [command(), command()], '1.name APPLICATION_COMMANDS_DUPLICATE_NAME'],
  ['101 commands', many(101, (i) => command({ name: `c${i}` })), 'APPLICATION_COMMANDS_TOO_MANY'],
  ['16 user commands', many(16, (i) => ({ type: 2, name: `U ${i}` })), 'APPLICATION_COMMANDS_TOO_MANY'],
  ['26 options', withOptions(...many(26, (i) => option({ name: `o${i}` }))), '0.options BASE_TYPE_BAD_LENGTH'],
  [
    'a required option behind another',
    withOptions(option(), option({ name: 'to', required: true })),
    '0.options.1.required APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
  ],
  ['two options of one name', withOptions(option(), option()), '0.options.1.name APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE'],
  [
    'an option beside a sub-command',
    withOptions(option(), option({ name: 'sub', type: 1 })),
    '0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
  ],
  [
    'a sub-command in a sub-command',
    withOptions(option({ type: 1, options: [option({ type: 1 })] })),
    '0.options.0.options.0.type APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
  ],
  [
    '26 choices',
    withOptions(option({ choices: many(26, (i) => ({ name: `${i}`, value: `${i}` })) })),
    '0.options.0.choices BASE_TYPE_BAD_LENGTH',
  ],
  [
    'choices and autocomplete',
    withOptions(option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })),
    '0.options.0.autocomplete APPLICATION_COMMAND_OPTION_CHOICES_AND_AUTOCOMPLETE',
  ],
  [
    'a text for a number',
    withOptions(option({ type: 4, choices: [{ name: 'a', value: 'a' }] })),
    '0.options.0.choices.0.value NUMBER_TYPE_COERCE',
  ],
  [
    'permissions that are no text',
    [command({ default_member_permissions: 32 })],
    '0.default_member_permissions BASE_TYPE_PERMISSIONS',
  ],
  ['a context there is not', [command({ contexts: [3] })], '0.contexts.0 BASE_TYPE_CHOICES'],
  [
    'more than 8000 characters',
    withOptions(
      ...many(20, (i) =>
        option({
          name: `o${i}`,
          description: 'd'.repeat(100),
          choices: many(3, (n) => ({ name: `${n}`.padEnd(100, 'n'), value: `${n}` })),
        }),
      ),
    ),
    '0 APPLICATION_COMMAND_TOO_LARGE',
  ],
];

describe('commands are refused for', () => {
  for (const [name, body, expected] of lists)
    test(name, async () => {
      const fake = await startFake();
      const put = restOf(fake).put(`/applications/${fake.applicationId}/commands`, { body });
      expect(await refusedWith(put)).toContain(expected);
      expect(fake.commands()).toEqual([]);
    });
});

test('a PUT replaces the whole list; ids of known names stay', async () => {
  const fake = await startFake();
  const rest = restOf(fake);
  const put = (body: Json[]) =>
    rest.put(`/applications/${fake.applicationId}/commands`, { body }) as Promise<{ id: string; name: string }[]>;
  const first = await put([command(), command({ name: 'поиск' })]);
  const second = await put([command({ description: 'Shows more' })]);
  expect(second.map((one) => one.id)).toEqual([first[0]?.id]);
  expect(await rest.get(`/applications/${fake.applicationId}/commands`)).toEqual(fake.commands());
  expect(await refusal(rest.put('/applications/100000000000000001/commands', { body: [] }))).toMatchObject({ code: 20012 });
});

test('the library registers and reads its own list', async () => {
  const { fake, client } = await startBot();
  await client.application.commands.set([{ name: 'show', description: 'Shows' }]);
  expect((await client.application.commands.fetch()).map((one) => one.name)).toEqual(['show']);
  await client.application.commands.set([{ name: 'setup', description: 'Sets up' }], fake.guild().id);
  expect(fake.commands('Acme')).toMatchObject([{ name: 'setup', guild_id: fake.guild().id }]);
});

test('guild commands are a guild’s; permissions and contexts decide who is offered what', async () => {
  const fake = await startFake({
    guilds: [
      {
        name: 'Acme',
        roles: [{ name: 'admin', permissions: ['MANAGE_GUILD'] }],
        members: [{ user: 'ana', roles: ['admin'] }, { user: 'bo' }],
      },
    ],
    limits: { ackMs: 10 },
  });
  const rest = restOf(fake);
  const guildPath = `/applications/${fake.applicationId}/guilds/${fake.guild().id}/commands` as const;
  await rest.put(guildPath, { body: [command({ name: 'setup', default_member_permissions: '32' })] });
  await rest.put(`/applications/${fake.applicationId}/commands`, { body: [command({ contexts: [0] })] });
  expect(fake.commands('Acme').map((one) => one.name)).toEqual(['setup']);
  await expect(fake.user('bo').command('ops', '/setup')).rejects.toThrow('nobody offers /setup here; there is /show');
  expect((await fake.user('ana').command('ops', '/setup')).error).toBe('no_socket');
  await expect(fake.user('ana').command(fake.user('ana').dm().id, '/show')).rejects.toThrow('nobody offers /show here');
});
