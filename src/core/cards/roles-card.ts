import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Form, FormOption } from '../messages/form.ts';
import { type Block, type Message, sentence, type Text } from '../messages/message.ts';
import { type PersonRole, personRoles } from '../people/actor.ts';
import { type RoleRow, rolesAsYaml } from '../people/role-rows.ts';

export interface RolesCardInput {
  roles: {
    rows: readonly (RoleRow & { name?: string })[];
    defaultRole: PersonRole | null;
    canManage: boolean;
  };
  /** What has just been done, as a sentence. */
  done?: string;
  capabilities: Capabilities;
  act(action: string): Action;
}

const may: Record<PersonRole, string> = {
  owner: 'everything',
  approver: 'what an operator may, approve, and search the audit trail',
  operator: 'what a viewer may, acknowledge, snooze, make rules, propose',
  viewer: 'look',
};

export function rolesCard({ roles, done, capabilities, act }: RolesCardInput): Message {
  const { rows, defaultRole, canManage } = roles;
  const { shown, left } = firstOf(rows, capabilities.tableRows);
  const inChat = rows.some(({ origin }) => origin === 'chat');
  const blocks: Block[] = [
    {
      kind: 'table',
      caption: 'Roles',
      columns: [
        { label: 'Who', align: 'left' },
        { label: 'Role', align: 'left' },
        { label: 'Given by', align: 'left' },
      ],
      rows: shown.map((row) => [who(row), row.role, origin(row)]),
      left,
    },
    {
      kind: 'text',
      text: defaultRole === null ? 'Nobody else may do anything.' : `Every other full member of the team is ${defaultRole}.`,
    },
    {
      kind: 'context',
      text: [...personRoles]
        .reverse()
        .map((role) => `${role}: ${may[role]}`)
        .join(' · '),
    },
  ];
  if (canManage) blocks.push({ kind: 'buttons', label: 'Change', buttons: buttons(inChat, act) });
  blocks.push({
    kind: 'context',
    text: canManage
      ? 'Roles of the file are changed in pipewarden.yml alone. Next: give a role to each who should have one.'
      : 'Next: ask an owner for a role that you need.',
  });
  const owners = rows.filter(({ role }) => role === 'owner').length;
  const title =
    done ??
    `${owners === 0 ? 'Nobody is owner' : `${owners} owner${owners === 1 ? '' : 's'}`}, ${rows.length - owners} other roles`;
  return { title, tone: done ? 'ok' : 'info', blocks };
}

function buttons(inChat: boolean, act: (action: string) => Action) {
  const always = [
    { label: 'Give a role', action: act('give'), style: 'primary' as const },
    { label: 'Separate accounts', action: act('separate') },
    { label: 'Refresh', action: act('refresh') },
  ];
  const chat = [
    { label: 'Take a role', action: act('take') },
    { label: 'Copy as YAML', action: act('yaml') },
  ];
  return inChat ? [...always.slice(0, 1), ...chat, ...always.slice(1)] : always;
}

const who = ({ subject, name }: RolesCardInput['roles']['rows'][number]): Text =>
  name ? [name, ' ', { code: subject }] : [{ code: subject }];

function origin({ origin: from, by, at, alsoInFile }: RoleRow): Text {
  if (from !== 'chat') return from === 'file' ? 'the policy file' : 'built in';
  const when: Text = at ? [`${by}, in chat, `, { time: at.toISOString(), as: 'ago' }] : [`${by}, in chat`];
  return alsoInFile ? [...when, '; also in the file'] : when;
}

/** What the policy file would say instead. */
export const rolesYamlMessage = (rows: readonly RoleRow[]): Message =>
  sentence('The roles given in chat, as a line for pipewarden.yml', 'info', [
    { kind: 'text', text: [{ code: rolesAsYaml(rows) }] },
    { kind: 'context', text: 'Next: merge it into the file, restart me or send SIGHUP, then take them in chat.' },
  ]);

export const giveForm = (): Form => ({
  title: 'Give a role',
  submit: 'Give',
  note: 'A name is not enough: anyone can call themselves anything.',
  fields: [
    {
      kind: 'text',
      name: 'who',
      label: 'Account or group',
      hint: 'e.g. slack:U012ABC, discord-role:1234, or a mention',
      maxLength: 100,
    },
    {
      kind: 'pick',
      name: 'role',
      label: 'Role',
      value: 'operator',
      options: personRoles.map((value) => ({ value, label: value, hint: may[value] })),
    },
  ],
});

/** What every platform can list in a form. */
const LISTED = 25;

export function takeForm(rows: RolesCardInput['roles']['rows']): Form {
  const { shown, left } = firstOf(takeOptions(rows, ''), LISTED);
  return {
    title: 'Take a role',
    submit: 'Take',
    note: 'Roles given in chat. Those of the policy file are changed there.',
    fields: [{ kind: 'pick', name: 'row', label: 'Which', options: shown, more: left > 0 }],
  };
}

/** Roles given in chat whose holder or role holds what was typed. `value` is the role, a blank, the holder. */
export function takeOptions(rows: RolesCardInput['roles']['rows'], typed: string): FormOption[] {
  const wanted = typed.trim().toLowerCase();
  return rows
    .filter(({ origin: from }) => from === 'chat')
    .map(({ role, subject, name }) => ({ value: `${role} ${subject}`, label: `${name ?? subject}: ${role}`, hint: subject }))
    .filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(wanted));
}

export const separateForm = (): Form => ({
  title: 'Separate accounts',
  submit: 'Separate',
  note: 'The account is a person by itself again, with its own roles only.',
  fields: [{ kind: 'text', name: 'who', label: 'Account', hint: 'e.g. discord:123456789012345678', maxLength: 100 }],
});
