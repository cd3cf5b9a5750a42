import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import { type Block, type Message, type Span, sentence, type Text } from '../messages/message.ts';
import type { ForwardOverview } from '../ports/forwards.ts';
import { count, moment } from './format.ts';

export interface ForwardRow extends ForwardOverview {
  url: string;
  query: string;
  workspace?: string;
}

export interface ForwardsCardInput {
  rows: readonly ForwardRow[];
  /** There are others, which are not about this channel's workspace alone. */
  hidden: number;
  canManage: boolean;
  now: Date;
  /** What has just been done, as a sentence. */
  done?: string;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}

/** Every platform puts so many buttons into one row. */
const MOST_BUTTONS = 5;

/** `/audit forwards`: where the trail is sent, how far it has come, what waits and what is dead. */
export function forwardsCard(input: ForwardsCardInput): Message {
  const { rows, canManage, done, capabilities, act } = input;
  if (rows.length === 0) return input.hidden > 0 ? elsewhere : noForwards;
  const troubled = rows.filter(isTroubled);
  const dead = rows.filter((row) => row.dead > 0);
  const { shown, left } = firstOf(rows, capabilities.tableRows);
  const more = dead.length - (MOST_BUTTONS - 1);
  const blocks: Block[] = [
    {
      kind: 'table',
      caption: 'Forwards',
      columns: [
        { label: 'Forward', align: 'left' },
        { label: 'Sends', align: 'left' },
        { label: 'Delivered last', align: 'left' },
        { label: 'Waiting', align: 'right' },
        { label: 'Dead', align: 'right' },
      ],
      rows: shown.map((row): Text[] => [
        row.name,
        [`${row.query === '' ? 'everything' : row.query}${row.workspace ? ` of ${row.workspace}` : ''} to `, hostOf(row.url)],
        row.deliveredAt
          ? [{ time: row.deliveredAt.toISOString(), as: 'ago' }, `, up to #${row.seq}`]
          : `nothing yet, up to #${row.seq}`,
        `${count(row.waiting)}${behindText(row)}`,
        count(row.dead),
      ]),
      left,
    },
    ...troubled.map((row): Block => ({ kind: 'text', text: [{ strong: row.name }, `: ${troubleText(row)}`] })),
  ];
  const buttons = dead.slice(0, MOST_BUTTONS - 1).map(({ name }) => ({
    label: dead.length === 1 ? 'Send again' : `Send again: ${name}`,
    action: act('again', name),
    style: dead.length === 1 ? ('primary' as const) : undefined,
  }));
  blocks.push({
    kind: 'buttons',
    label: 'More',
    buttons: [...(canManage ? buttons : []), { label: 'Refresh', action: act('refresh') }],
  });
  if (canManage && more > 0)
    blocks.push({ kind: 'context', text: `… and ${more} more with dead ones: their buttons come when these are sent.` });
  blocks.push({ kind: 'context', text: nextStep(dead.length, canManage) });
  return { title: done ?? titleOf(rows, troubled), tone: !done && troubled.length > 0 ? 'warning' : 'ok', blocks };
}

function titleOf(rows: readonly ForwardRow[], troubled: readonly ForwardRow[]): string {
  if (troubled.length === 0) return rows.length === 1 ? `${rows[0]?.name} gets every change` : `All ${rows.length} forwards work`;
  return `Not everything is delivered: ${troubled.map(({ name }) => name).join(', ')}`;
}

function nextStep(dead: number, canManage: boolean): string {
  if (dead === 0) return 'What waits is tried again by itself, for a day. Forwards stand in pipewarden.yml.';
  if (canManage) return 'Next: put right what the line above says, then press Send again.';
  return 'Next: put right what the line above says; an owner can send dead ones again.';
}

const hostOf = (url: string): Span => ({ code: new URL(url).host });

const behindText = ({ behind }: ForwardOverview): string => (behind === 0 ? '' : ` + ${behindOf(behind)} new`);
const behindOf = (behind: number): string => (behind >= 1_000 ? '1,000 or more' : count(behind));

/** Something failed, and it is not delivered yet. What is new and being sent is no trouble. */
export const isTroubled = ({ waiting, dead }: ForwardOverview): boolean => waiting > 0 || dead > 0;

/** "3 changes not delivered since 25 Nov 12:03 UTC (1 dead): The receiver answered 503. 40 newer ones wait behind them." */
export function troubleText({ waiting, dead, behind, since, error, pausedUntil }: ForwardOverview): string {
  const failed = waiting + dead;
  const what = `${count(failed)} ${failed === 1 ? 'change' : 'changes'} not delivered${since ? ` since ${moment(since)}` : ''}`;
  const given = dead === 0 ? '' : dead === failed ? ', given up' : `, ${count(dead)} of them given up`;
  const newer = pausedUntil && behind > 0 ? ` ${behindOf(behind)} newer wait behind.` : '';
  return `${what}${given}. ${error ?? ''}${newer}`;
}

/** To the owners, when the first is given up. */
export const deadLetterMessage = (one: ForwardOverview): Message =>
  sentence(`The forward ${one.name} has given up a change: ${troubleText(one)}`, 'warning', [
    {
      kind: 'context',
      text: [
        'Nothing is lost: put right what it says, then press Send again on ',
        { code: '/audit forwards' },
        '. I say this once until none is left.',
      ],
    },
  ]);

const elsewhere = sentence('No forward is about this workspace alone', 'info', [
  { kind: 'context', text: 'There are others. Ask in a direct message, or in a channel that is about all workspaces.' },
]);

const noForwards = sentence('Nothing is forwarded', 'info', [
  {
    kind: 'text',
    text: [
      'To send every change to a SIEM, put a line into pipewarden.yml: ',
      { code: 'forwards: [{name: siem, url: https://siem.example/hook}]' },
    ],
  },
  { kind: 'context', text: 'It needs a secret in FORWARD_SECRETS. docs/forwarding.md has the steps.' },
]);
