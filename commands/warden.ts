import { chooseWorkspaceCard, connectedMessage } from '../src/core/cards/connect-card.ts';
import { loginCard, ownerMessage } from '../src/core/cards/login-card.ts';
import { giveForm, rolesCard, rolesYamlMessage, separateForm, takeForm, takeOptions } from '../src/core/cards/roles-card.ts';
import { statusCard } from '../src/core/cards/status-card.ts';
import type { Call, Command, Verb } from '../src/core/commands/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Message } from '../src/core/messages/message.ts';
import type { Use } from '../src/flows/index.ts';

/** `/warden …`: about Pipewarden itself. Takes the list it describes as a function, since it stands in that list. */
export const warden = (all: () => readonly Command<Use>[]): Command<Use> => ({
  name: 'warden',
  summary: 'About Pipewarden',
  defaultVerb: 'help',
  verbs: {
    help: {
      summary: 'Every command, with a line to try',
      example: '/warden help',
      options: {},
      actions: {},
      run: async () => ({ message: helpMessage(all()) }),
    },
    status,
    connect,
    login,
    roles,
  },
});

const status: Verb<Use> = {
  summary: 'What works, how old the data is, where I may post',
  example: '/warden status',
  options: {},
  actions: { refresh: (args) => args },
  run: async ({ actor, use, capabilities, act }) => ({
    message: statusCard({ status: await use.status(actor), capabilities, act }),
  }),
};

const connect: Verb<Use> = {
  summary: 'Makes this channel one about a workspace, or about all of them',
  example: '/warden connect main',
  options: { workspace: { kind: 'workspace', summary: 'Its name, or all', required: false } },
  personal: true,
  actions: {
    workspace: (_, choice, choices) => ({ workspace: choice === 'all' ? 'all' : chosen(choices, choice) }),
  },
  run: async ({ actor, use, args, place, capabilities, act }) => {
    const result = await use.connectChannel(actor, place, args.workspace);
    if (result.state === 'choose') return chooseWorkspaceCard({ ...result, capabilities, act });
    return { message: connectedMessage(result) };
  },
};

const login: Verb<Use> = {
  summary: 'A link that signs your browser in to the console, and links your accounts',
  example: '/warden login',
  options: { code: { kind: 'text', summary: 'The code printed at the first start makes you owner', required: false } },
  personal: true,
  actions: { again: () => ({}) },
  run: async ({ actor, use, args, act }) => {
    if (args.code !== undefined) {
      await use.becomeOwner(actor, args.code);
      return { message: ownerMessage(actor.person) };
    }
    return { message: loginCard({ ...actor, ...(await use.loginLink(actor)), act }) };
  },
};

/**
 * What was filled in stands in the arguments until the card runs with it, once: every button starts again from none, so that pressing
 * one never gives or takes a second time.
 */
const roles: Verb<Use> = {
  summary: 'Who may do what, and who gave it to them',
  example: '/warden roles',
  options: {},
  personal: true,
  actions: { refresh: () => ({}) },
  asides: { yaml: async ({ actor, use }) => rolesYamlMessage((await use.listRoles(actor)).rows) },
  forms: {
    give: {
      open: async () => giveForm(),
      submit: (_, { who = '', role = '' }) => ({ change: 'give', who, role }),
    },
    take: {
      open: async ({ actor, use }) => takeForm((await use.listRoles(actor)).rows),
      options: async ({ actor, use }, _, typed) => takeOptions((await use.listRoles(actor)).rows, typed),
      submit: (_, { row = '' }) => {
        const [role = '', who = ''] = row.split(' ', 2);
        return { change: 'take', who, role };
      },
    },
    separate: {
      open: async () => separateForm(),
      submit: (_, { who = '' }) => ({ change: 'separate', who }),
    },
  },
  run: async (call) => {
    const { actor, use, capabilities, act } = call;
    const done = await change(call);
    return { message: rolesCard({ roles: await use.listRoles(actor), done, capabilities, act }) };
  },
};

async function change({ actor, use, args }: Call<Use>): Promise<string | undefined> {
  const { who = '', role = '' } = args;
  switch (args.change) {
    case 'give':
      return use.giveRole(actor, { who, role });
    case 'take':
      return use.takeRole(actor, { who, role });
    case 'separate':
      return use.separateAccount(actor, who);
    default:
      return undefined;
  }
}

function chosen(choices: readonly string[], choice: string): string {
  const value = /^\d+$/.test(choice) ? choices[Number(choice)] : undefined;
  if (value === undefined)
    throw new UserError('bad_argument', 'This choice is not in the list any more. Send the command again.');
  return value;
}

const helpMessage = (commands: readonly Command<Use>[]): Message => ({
  title: 'Pipewarden shows where your events are, and why some do not arrive',
  tone: 'info',
  blocks: [
    {
      kind: 'table',
      caption: 'Commands',
      columns: [
        { label: 'Try', align: 'left' },
        { label: 'What it answers', align: 'left' },
      ],
      rows: commands.flatMap((command) =>
        Object.values(command.verbs).map((verb, i) => [
          [{ code: verb.example }],
          i === 0 ? `${command.summary}. ${verb.summary}.` : `${verb.summary}.`,
        ]),
      ),
    },
    {
      kind: 'context',
      text: 'Type / for the list, then a blank: names complete as you type. Times are UTC unless they say otherwise. More stands in README.md and docs/ of the installation.',
    },
  ],
});
