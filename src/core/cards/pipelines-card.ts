import { type Entry, wordsOf } from '../delivery/directory.ts';
import type { Period } from '../delivery/period.ts';
import type { Attention, RankedPipeline } from '../delivery/ranking.ts';
import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import { type Block, type Message, type Tone, toneMark } from '../messages/message.ts';
import { changeOf, count, during, moved, percent } from './format.ts';
import { periodSelect, periodWord } from './pipeline-card.ts';

type Row = RankedPipeline & { entry: Entry };

export interface PipelinesCardInput {
  rows: readonly Row[];
  period: Period;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}

/** All pipelines, what needs attention first. `choices` names the pipelines that the select's short values stand for. */
export function pipelinesCard({ rows, period, capabilities, act }: PipelinesCardInput): { message: Message; choices: string[] } {
  const when = during(period);
  if (rows.length === 0) return { message: emptyCard(), choices: [] };
  const { shown, left } = firstOf(rows, capabilities.tableRows);
  const selectable = rows.slice(0, capabilities.selectOptions);
  const troubled = rows.filter((row) => row.attention === 'critical' || row.attention === 'warning');
  const blocks: Block[] = [
    {
      kind: 'table',
      caption: `Pipelines ${when}, what needs attention first`,
      columns: [
        { label: 'Pipeline', align: 'left' },
        { label: 'Attention', align: 'left' },
        { label: 'Delivery rate', align: 'right' },
        { label: 'Delivered share', align: 'right' },
        { label: 'Received', align: 'right' },
        { label: 'Change', align: 'right' },
      ],
      rows: shown.map((row) => [
        nameOf(row, rows),
        `${mark(row.attention)} ${because(row)}`,
        [{ strong: percent(row.deliveryRate) }],
        percent(row.deliveredShare),
        count(row.received),
        changeOf(row.receivedChange),
      ]),
      left,
    },
    {
      kind: 'select',
      label: 'Open a pipeline',
      action: act('open'),
      options: selectable.map((row, i) => ({ value: String(i), label: nameOf(row, rows), hint: because(row) })),
    },
    periodSelect(period, act('period')),
    {
      kind: 'buttons',
      label: 'More',
      buttons: [
        { label: 'Refresh', action: act('refresh') },
        { label: 'Find…', action: act('find') },
      ],
    },
    { kind: 'context', text: ['One by name: ', { code: `/pipeline ${wordsOf(rows[0]?.entry as Entry)}${periodWord(period)}` }] },
  ];
  const message: Message = { title: titleOf(rows, troubled, when), tone: toneOf(rows), blocks };
  return { message, choices: selectable.map(({ entry }) => JSON.stringify(entry.pipeline)) };
}

function titleOf(rows: readonly Row[], troubled: readonly Row[], when: string): string {
  const [worst] = troubled;
  if (!worst) return calmTitle(rows, when);
  const first = `${worst.entry.source.name} → ${worst.entry.destination.name}: ${because(worst)}`;
  const some = rows.length === 1 ? 'The pipeline' : `${troubled.length} of ${rows.length} pipelines`;
  return `${some} need${troubled.length === 1 ? 's' : ''} attention ${when} · ${first}`;
}

/** Silence is not health, nor is what nobody can judge yet: such pipelines are told apart. */
function calmTitle(rows: readonly Row[], when: string): string {
  const total = rows.length;
  const uncompared = rows.filter((row) => row.because === 'uncompared').length;
  const calm = rows.filter((row) => row.attention !== 'no_data').length;
  if (uncompared > 0) {
    const parts = [
      `${calm - uncompared} healthy`,
      `${total - calm} without events`,
      `${uncompared} with nothing before to compare`,
    ];
    return `No pipeline needs attention ${when}: ${parts.filter((part) => !part.startsWith('0 ')).join(', ')}`;
  }
  if (calm === 0) return `${total === 1 ? 'The pipeline had no' : `None of the ${total} pipelines had`} events ${when}`;
  if (calm === total) return `${total === 1 ? 'The pipeline is' : `All ${total} pipelines are`} healthy ${when}`;
  return `${calm} of ${total} pipelines ${calm === 1 ? 'is' : 'are'} healthy ${when}, ${total - calm} had no events`;
}

function toneOf(rows: readonly Row[]): Tone {
  const has = (attention: Attention) => rows.some((row) => row.attention === attention);
  if (has('critical')) return 'critical';
  if (has('warning')) return 'warning';
  return has('ok') && rows.every((row) => row.because !== 'uncompared') ? 'ok' : 'info';
}

const mark = (attention: Attention): string => (attention === 'no_data' ? '○' : toneMark[attention].shape);

function because(row: RankedPipeline): string {
  switch (row.because) {
    case 'starved':
      return row.received === 0 ? 'no events any more' : 'nothing delivered any more';
    case 'rate_fell':
      return `delivery rate ${moved(row.deliveryRateChange ?? 0)} to ${percent(row.deliveryRate)}`;
    case 'share_fell':
      return `delivered share ${moved(row.deliveredShareChange ?? 0)} to ${percent(row.deliveredShare)}`;
    case 'rate_low':
      return `only ${percent(row.deliveryRate)} of attempts delivered`;
    case 'no_data':
      return 'no events';
    case 'uncompared':
      return `${percent(row.deliveredShare)} of events delivered, with nothing before to compare`;
    case 'none':
      return 'healthy';
  }
}

/** The workspace is named only where there is more than one. */
function nameOf(row: Row, rows: readonly Row[]): string {
  const name = `${row.entry.source.name} → ${row.entry.destination.name}`;
  return rows.some((other) => other.workspace !== row.workspace) ? `${row.workspace}: ${name}` : name;
}

const emptyCard = (): Message => ({
  title: 'No pipelines yet: no counts have arrived',
  tone: 'info',
  blocks: [
    {
      kind: 'text',
      text: [
        'Send counts to ',
        { code: 'POST /v1/delivery' },
        ', or start with ',
        { code: 'DEMO=1' },
        ' for a simulated workspace.',
      ],
    },
  ],
});
