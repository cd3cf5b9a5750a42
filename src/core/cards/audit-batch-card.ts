import { type Batch, COUNTED, type Line } from '../audit/watch-batch.ts';
import { DAY, HOUR, MINUTE } from '../delivery/time.ts';
import type { Action } from '../messages/action-id.ts';
import type { Block, Message, Text } from '../messages/message.ts';
import { short } from './audit-words.ts';

type Act = (action: string, choice?: string) => Action;

/** What a watch tells: one event in one line, several of them listed, or a storm in numbers. `choices`: the events to open. */
export function batchCard(batch: Batch, act: Act): { message: Message; choices: string[] } {
  const { lines } = batch;
  const choices = lines.map(({ seq }) => String(seq));
  const [line] = lines;
  if (batch.count === 1 && line) return { message: oneEvent(batch, line, act), choices };
  const message: Message = {
    title: titleOf(batch),
    tone: batch.kind === 'actor' ? 'info' : 'warning',
    blocks: [
      table(batch),
      {
        kind: 'select',
        label: 'Open a change',
        action: act('open'),
        options: lines.map(({ sentence }, i) => ({ value: String(i), label: sentence })),
      },
      { kind: 'buttons', label: 'More', buttons: [{ label: 'Show all', action: act('refresh') }] },
    ],
  };
  return { message, choices };
}

function oneEvent({ scope, kind }: Batch, line: Line, act: Act): Message {
  const where = scope === null ? ` · workspace ${short(line.workspace) || '–'}` : '';
  const late = kind === 'held' ? ' · came while nothing could be posted here' : '';
  const more = `${where}${late}`;
  return {
    title: line.sentence,
    tone: 'info',
    blocks: [
      { kind: 'context', text: [{ time: line.at.toISOString(), as: 'datetime' }, ...(more === '' ? [] : [more])] },
      { kind: 'buttons', label: 'More', buttons: [{ label: 'Details', action: act('open', '0') }] },
    ],
  };
}

function titleOf({ kind, count, people, lines, from, to }: Batch): string {
  const within = lengthOf(Number(to) - Number(from));
  if (kind === 'actor') return `${lines.at(-1)?.who} made ${count} changes ${within}`;
  // Counted to the last only as far as anybody would read it.
  const by = people.length === 1 ? lines.at(-1)?.who : `${people.length >= COUNTED ? 'at least ' : ''}${people.length} people`;
  const changes = `${count} change${count === 1 ? '' : 's'} by ${by} ${within}`;
  return kind === 'storm' ? changes : `${changes}, while nothing could be posted here`;
}

/** "in 3 minutes". */
function lengthOf(ms: number): string {
  if (ms < 1_000) return 'at once';
  const [unit, length] =
    ms < MINUTE ? ['second', 1_000] : ms < HOUR ? ['minute', MINUTE] : ms < DAY ? ['hour', HOUR] : ['day', DAY];
  const many = Math.max(1, Math.round(ms / (length as number)));
  return `in ${many} ${unit}${many === 1 ? '' : 's'}`;
}

function table({ kind, scope, count, lines }: Batch): Block {
  const isMixed = scope === null && lines.some(({ workspace }) => workspace !== lines[0]?.workspace);
  const who = kind === 'actor' ? [] : ['Who'];
  return {
    kind: 'table',
    caption: lines.length < count ? `The last ${lines.length} of ${count} changes` : 'Changes in order of arrival',
    columns: ['When', ...who, 'What', 'Resource'].map((label) => ({ label, align: 'left' })),
    rows: lines.map((line): Text[] => [
      [{ time: line.at.toISOString(), as: 'time' }],
      ...(kind === 'actor' ? [] : [line.who]),
      [{ code: line.what }],
      isMixed ? `${short(line.workspace)}: ${line.resource}` : line.resource,
    ]),
    ...(lines.length < count ? { left: count - lines.length } : {}),
  };
}

/** A value that would be read as something else makes no search. */
const isPlain = (text: string): boolean => text !== '' && text.length < 200 && !/["*\p{Cc}]/u.test(text) && text === text.trim();
/** A search has at most a thousand characters and twenty terms: this leaves room for ours. */
const isRoomy = (text: string): boolean => text.length < 600 && text.split(/\s/).length < 17;

/** The search that finds what is in the batch. `watched`: what the channel watches for, where that is one thing. */
export function batchSearch({ actorId, from, to, scope, key }: Batch, watched: string | undefined): string {
  const second = (at: number): string => `${new Date(at * 1_000).toISOString().slice(0, 19)}Z`;
  const since = second(Math.floor(Number(from) / 1_000));
  const until = second(Math.floor(Number(to) / 1_000) + 1);
  const [workspace = ''] = scope === null && key !== '' ? (JSON.parse(key) as string[]) : [];
  return [
    ...(watched !== undefined && isRoomy(watched) ? [watched] : []),
    ...(isPlain(actorId) ? [`actor:"${actorId}"`] : []),
    ...(isPlain(workspace) ? [`workspace:"${workspace}"`] : []),
    `since:${since}`,
    `until:${until}`,
  ].join(' ');
}
