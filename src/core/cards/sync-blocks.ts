import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import type { Sync } from '../delivery/series.ts';
import type { Step } from '../delivery/steps.ts';
import { cited } from '../errors.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Block, Text } from '../messages/message.ts';
import { count, moment } from './format.ts';
import { PAGE, type StepCardInput } from './step-card.ts';

/** Shape and word, not colour alone. */
const statusWords: Record<Sync['status'], string> = {
  success: '✓ success',
  partial: '▲ partial',
  failed: '■ failed',
  skipped: '○ skipped',
};

/** Runs that count in a sync step; a partial one counts in both. */
export const syncsOf = (step: Step, syncs: readonly Sync[]): Sync[] =>
  syncs.filter(({ status }) => status === 'partial' || status === (step === 'failed_to_sync' ? 'failed' : 'success'));

/** "Sync of 24 Nov 10:05 UTC: failed, 0 rows · permission denied". */
export function syncTitle(sync: Sync): string {
  const rows = sync.rows === null ? '' : `, ${rowsOf(sync)} rows`;
  return `Sync of ${moment(sync.start)}: ${sync.status}${rows}${sync.reason === '' ? '' : ` · ${cited(sync.reason)}`}`;
}

/** The runs behind a sync step, or one of them opened. */
export function syncBlocks(input: StepCardInput & { page: number }): { blocks: Block[]; choices: string[] } {
  const { step, syncs, sync, page, capabilities, act } = input;
  const opened = syncs.find((candidate) => candidate.id === sync);
  if (opened) return { blocks: openedBlocks(opened, capabilities), choices: [] };
  const size = Math.min(PAGE, capabilities.tableRows);
  const shown = syncsOf(step, syncs).slice(page * size, (page + 1) * size);
  const skipped = syncs.filter((candidate) => candidate.status === 'skipped').length;
  return {
    blocks: [
      {
        kind: 'table',
        caption: step === 'failed_to_sync' ? 'Failed and partial syncs, newest first' : 'Full and partial syncs, newest first',
        columns: [
          { label: 'Sync status', align: 'left' },
          { label: 'Start', align: 'left' },
          { label: 'Duration', align: 'right' },
          { label: 'Rows', align: 'right' },
        ],
        rows: shown.map((one) => [statusWords[one.status], when(one.start), durationOf(one), rowsOf(one)]),
      },
      ...(shown.length > 0 ? [syncSelect(shown, act)] : []),
      ...(skipped > 0
        ? [
            {
              kind: 'context' as const,
              text: `${skipped === 1 ? 'One scheduled run was' : `${count(skipped)} scheduled runs were`} skipped in this period.`,
            },
          ]
        : []),
    ],
    choices: shown.map(({ id }) => id),
  };
}

const syncSelect = (shown: readonly Sync[], act: StepCardInput['act']): Block => ({
  kind: 'select',
  label: 'Open a sync',
  action: act('sync'),
  options: shown.map((one, i) => ({
    value: String(i),
    label: `${one.start.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    hint: statusWords[one.status],
  })),
});

function openedBlocks(sync: Sync, capabilities: Capabilities): Block[] {
  const { shown, left } = firstOf(sync.collections, capabilities.tableRows);
  return [
    {
      kind: 'fields',
      fields: [
        { label: 'Sync status', value: [{ strong: statusWords[sync.status] }] },
        { label: 'Start', value: when(sync.start) },
        { label: 'Duration', value: durationOf(sync) },
        { label: 'Rows', value: rowsOf(sync) },
      ],
    },
    { kind: 'text', text: sync.reason === '' ? 'No reason was given.' : ['Reason: ', { strong: sync.reason }] },
    {
      kind: 'table',
      caption: sync.collections.length > 0 ? 'Rows by collection' : 'Rows by collection were not reported',
      columns: [
        { label: 'Collection', align: 'left' },
        { label: 'Status', align: 'left' },
        { label: 'Rows', align: 'right' },
      ],
      rows: shown.map(({ name, failed, rows }) => [name, failed ? '■ failed' : '✓ written', count(rows)]),
      left,
    },
  ];
}

const when = (at: Date): Text => [{ time: at.toISOString(), as: 'datetime' }];
const durationOf = ({ start, end }: Sync): string => (end ? formatDistanceStrict(end, start) : '–');
const rowsOf = ({ rows }: Sync): string => (rows === null ? 'not reported' : count(rows));
