import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import { type Message, sentence, type Text } from '../messages/message.ts';

/** Which workspace the channel is to be about. `choices` are what the select's short values stand for. */
export function chooseWorkspaceCard(input: {
  workspaces: readonly string[];
  /** What it is about now; null for all, undefined before the first time. */
  now: string | null | undefined;
  capabilities: Capabilities;
  act(action: string): Action;
}): { message: Message; choices: string[] } {
  const { workspaces, now, capabilities, act } = input;
  const { shown, left } = firstOf(workspaces, capabilities.selectOptions - 1);
  const message: Message = {
    title: 'Which workspace is this channel about?',
    tone: 'info',
    blocks: [
      {
        kind: 'select',
        label: 'Workspace',
        action: act('workspace'),
        options: [
          { value: 'all', label: 'All workspaces' },
          ...shown.map((workspace, i) => ({ value: String(i), label: workspace })),
        ],
        ...selectedOf(now, shown),
      },
      {
        kind: 'context',
        text: [
          left > 0 ? `… and ${left} more: name it, e.g. ` : 'Or name it: ',
          { code: `/warden connect ${workspaces[0] ?? 'main'}` },
          '. In a channel about one workspace nobody sees the others.',
        ],
      },
    ],
  };
  return { message, choices: [...shown] };
}

function selectedOf(now: string | null | undefined, shown: readonly string[]): { selected?: string } {
  if (now === undefined) return {};
  if (now === null) return { selected: 'all' };
  return shown.includes(now) ? { selected: String(shown.indexOf(now)) } : {};
}

export function connectedMessage({ workspace, address }: { workspace: string | null; address: string }): Message {
  const about = workspace === null ? 'all workspaces' : `the workspace ${workspace}`;
  return sentence(`${address} is about ${about} now`, 'ok', [
    { kind: 'text', text: 'I have posted one line there for everyone. Next: ask it something, e.g. /pipeline.' },
    { kind: 'context', text: noLineFromMe('/warden connect') },
  ]);
}

/** Whether we may post somewhere shows by trying: what to do where nothing came. */
export const noLineFromMe = (command: string): Text => [
  'No line from me? Then I am not a member: invite me (on Slack ',
  { code: '/invite' },
  ' and my name) and type ',
  { code: command },
  ' again.',
];
