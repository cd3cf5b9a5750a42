import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Block, Message, Text } from '../messages/message.ts';
import type { ForwardOverview } from '../ports/forwards.ts';
import type { Channel } from '../ports/stores.ts';
import { count } from './format.ts';
import { isTroubled, troubleText } from './forwards-card.ts';

export interface Status {
  /** What we lean on, by name; `problem` says why it does not work. */
  parts: { name: string; problem?: string }[];
  /** What is due, by kind. */
  backlog: { kind: string; rows: number; waitedSeconds: number }[];
  /** The newest minute with counts; null before the first. */
  workspaces: { workspace: string; newest: Date | null }[];
  channels: Channel[];
  /** Where the trail is sent on; absent when nowhere. */
  forwards?: readonly ForwardOverview[];
}

/** Work that has been due for longer (s) is not only being done: something holds it up. */
const HELD_UP = 60;

export function statusCard(input: { status: Status; capabilities: Capabilities; act(action: string): Action }): Message {
  const { status, capabilities, act } = input;
  const broken = status.parts.filter(({ problem }) => problem !== undefined);
  const closed = status.channels.filter((channel) => channel.closed !== null);
  const heldUp = status.backlog.filter(({ rows, waitedSeconds }) => rows > 0 && waitedSeconds > HELD_UP);
  const undelivered = (status.forwards ?? []).filter(isTroubled);
  const wrong = [
    ...broken.map(({ name }) => `${name} does not work`),
    ...(heldUp.length > 0 ? ['work is held up'] : []),
    ...undelivered.map(({ name }) => `${name} does not get every change`),
    ...(closed.length > 0 ? [`${closed.length} channel${closed.length === 1 ? ' is' : 's are'} closed to me`] : []),
  ];
  return {
    title: wrong.length === 0 ? 'Everything works' : `Needs attention: ${wrong.join(', ')}`,
    tone: wrong.length === 0 ? 'ok' : 'warning',
    blocks: [
      {
        kind: 'fields',
        fields: [
          ...status.parts.map(({ name, problem }) => ({ label: name, value: problem ?? 'works' })),
          { label: 'Work that is due', value: backlogText(status.backlog) },
          ...undelivered.map((forward) => ({ label: forward.name, value: troubleText(forward) })),
        ],
      },
      dataTable(status.workspaces, capabilities),
      ...channelBlocks(status.channels, capabilities),
      { kind: 'buttons', label: 'More', buttons: [{ label: 'Refresh', action: act('refresh') }] },
      { kind: 'context', text: nextStep(broken.length > 0, undelivered.length > 0, closed.length > 0, status) },
    ],
  };
}

function backlogText(backlog: Status['backlog']): string {
  const waiting = backlog.filter(({ rows }) => rows > 0);
  if (waiting.length === 0) return 'none';
  return waiting
    .map(({ kind, rows, waitedSeconds }) => `${kind.replaceAll('_', ' ')}: ${count(rows)} for ${waitText(waitedSeconds)}`)
    .join(', ');
}

const waitText = (seconds: number): string =>
  seconds < 60
    ? `${Math.round(seconds)} s`
    : seconds < 3600
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;

function dataTable(workspaces: Status['workspaces'], { tableRows }: Capabilities): Block {
  if (workspaces.length === 0) {
    return { kind: 'text', text: ['No counts have arrived yet. Send the first to ', { code: 'POST /v1/delivery' }, '.'] };
  }
  const { shown, left } = firstOf(workspaces, tableRows);
  return {
    kind: 'table',
    caption: 'Data by workspace',
    columns: [
      { label: 'Workspace', align: 'left' },
      { label: 'Newest count', align: 'left' },
    ],
    rows: shown.map(({ workspace, newest }): Text[] => [
      workspace,
      newest ? [{ time: newest.toISOString(), as: 'ago' }] : 'none yet',
    ]),
    left,
  };
}

/** Closed ones first: they are why somebody looks. */
function channelBlocks(channels: readonly Channel[], { tableRows }: Capabilities): Block[] {
  if (channels.length === 0) return [];
  const sorted = [...channels].sort((a, b) => Number(b.closed !== null) - Number(a.closed !== null));
  const { shown, left } = firstOf(sorted, tableRows);
  return [
    {
      kind: 'table',
      caption: 'Channels',
      columns: [
        { label: 'Channel', align: 'left' },
        { label: 'About', align: 'left' },
        { label: 'Posting there', align: 'left' },
      ],
      rows: shown.map(({ address, workspace, closed }) => [address, workspace ?? 'all workspaces', closed ?? 'works']),
      left,
    },
  ];
}

function nextStep(isBroken: boolean, isUndelivered: boolean, isClosed: boolean, { channels }: Status): Text {
  if (isBroken) return 'What does not work is tried again by itself. If it stays so, check its settings and restart me.';
  if (isUndelivered) return ['Next: ', { code: '/audit forwards' }, ' lists what was not delivered, and sends it again.'];
  if (isClosed) {
    return [
      'To open a channel again: invite me there (',
      { code: '/invite' },
      '), then type ',
      { code: '/warden connect' },
      ' in it.',
    ];
  }
  if (channels.length === 0) return ['Next: type ', { code: '/warden connect' }, ' in the channel where I should post.'];
  return ['Next: ', { code: '/pipeline' }, ' shows what the data says.'];
}
