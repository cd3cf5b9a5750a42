import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { type Entry, type Named, wordsOf } from '../delivery/directory.ts';
import { type Overview, type OverviewStep, relativeChange, wholeOf } from '../delivery/overview.ts';
import { defaultPeriod, type Period, periodNames, periods, periodText } from '../delivery/period.ts';
import { judgeOverview } from '../delivery/ranking.ts';
import type { SyncTotals } from '../delivery/syncs.ts';
import { MINUTE } from '../delivery/time.ts';
import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Block, Message, Span, Text, Tone } from '../messages/message.ts';
import { changeOf, count, counted, during, percent, points, range, whenOf } from './format.ts';
import { type Metric, overlapNote, pipelineFigure } from './pipeline-figure.ts';
import { reasonsTable, stepsTable } from './pipeline-tables.ts';

export interface PipelineCardInput {
  entry: Entry;
  period: Period;
  mapping: Named | undefined;
  audience: Named | undefined;
  overview: Overview;
  metric: Metric;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}

export function pipelineCard(input: PipelineCardInput): { message: Message; choices: string[] } {
  const { overview, metric, capabilities, act } = input;
  const name = nameOf(input);
  const { blocks: filters, choices } = filterSelects(input);
  const message: Message = {
    title: titleOf(name, input.period, overview),
    tone: toneOf(overview),
    blocks: [
      { kind: 'fields', fields: headline(overview) },
      { kind: 'figure', figure: pipelineFigure({ title: name, period: input.period, overview, metric }) },
      stepsTable(overview, metric, capabilities),
      ...reasonsTable(overview, capabilities),
      {
        kind: 'buttons',
        label: 'Show as',
        buttons: [
          { label: 'Percent', action: act('metric', 'percent'), selected: metric === 'percent' },
          { label: 'Counts', action: act('metric', 'counts'), selected: metric === 'counts' },
        ],
      },
      periodSelect(input.period, act('period')),
      {
        kind: 'select',
        label: 'Look into a step',
        action: act('step'),
        options: overview.steps.map((step) => ({
          value: step.step,
          label: step.label,
          hint: counted(step.count, step.unit),
        })),
      },
      ...filters,
      {
        kind: 'buttons',
        label: 'More',
        buttons: [
          { label: 'Refresh', action: act('refresh') },
          { label: 'Other period…', action: act('window') },
          { label: 'All pipelines', action: act('all') },
        ],
      },
      { kind: 'context', text: contextOf(input) },
    ],
  };
  return { message, choices };
}

/** A pipeline, and what it is narrowed to. */
export function nameOf({ entry, mapping, audience }: Pick<PipelineCardInput, 'entry' | 'mapping' | 'audience'>): string {
  const narrowed = [mapping, audience].filter((part) => part !== undefined).map((part) => part.name);
  return [`${entry.source.name} → ${entry.destination.name}`, ...narrowed].join(' · ');
}

/** What to type for this period after a command; nothing for the one that is meant without. */
export const periodWord = (period: Period): string => {
  const text = periodText(period);
  return text === periodText(defaultPeriod) ? '' : ` ${text}`;
};

/** Named periods; one's own stands in the list while it is in force. */
export function periodSelect(period: Period, action: Action): Block {
  const own = 'name' in period ? [] : [{ value: periodText(period), label: range(period.from, period.to) }];
  const options = [...own, ...periodNames.map((value) => ({ value: value as string, label: periods[value].label as string }))];
  return { kind: 'select', label: 'Period', action, options, selected: periodText(period) };
}

/** Selects of mappings and audiences, where there are any. Short values stand for ids by position in `choices`. */
function filterSelects({ entry, mapping, audience, capabilities, act }: PipelineCardInput): {
  blocks: Block[];
  choices: string[];
} {
  const choices: string[] = [];
  const select = (kind: 'mapping' | 'audience', label: string, parts: readonly Named[], chosen: Named | undefined): Block[] => {
    const { shown, left } = firstOf(parts, capabilities.selectOptions - 1);
    // What is in force stands in the list, however long that is.
    if (chosen && !shown.some((part) => part.id === chosen.id)) shown.splice(-1, 1, chosen);
    if (shown.length === 0) return [];
    const options = shown.map((part) => ({ value: String(choices.push(part.id) - 1), label: part.name }));
    const selected = options[shown.findIndex((part) => part.id === chosen?.id)]?.value ?? 'all';
    const all = { value: 'all', label: left > 0 ? `All (${left} more not listed)` : 'All' };
    return [{ kind: 'select', label, action: act(kind), options: [all, ...options], selected }];
  };
  const blocks = [
    ...select('mapping', 'Mapping', entry.mappings, mapping),
    ...select('audience', 'Audience', entry.audiences, audience),
  ];
  return { blocks, choices };
}

/** A share that changed by so much is what the first line is about. */
const NEWS = 0.05;

function titleOf(name: string, period: Period, overview: Overview): string {
  const { deliveryRate, deliveryRateChange, deliveredShare, deliveredShareChange, steps } = overview;
  const when = whenOf(period);
  if (steps.every((step) => step.count === 0)) return `${name}: no events ${during(period)}`;
  const lost = troubledSyncs(overview) || lossOf(steps);
  if (deliveryRate === null)
    return `${name}: ${overview.syncs ? 'no sync has ended' : 'nothing reached the destination'}${lost} · ${when}`;
  // Where events are filtered more than before, the share is the news: the rate leaves them out.
  if (
    deliveredShare !== null &&
    (deliveredShareChange ?? 0) <= -NEWS &&
    (deliveredShareChange ?? 0) < (deliveryRateChange ?? 0)
  ) {
    return `${name}: only ${percent(deliveredShare)} of events delivered, was ${percent(deliveredShare - (deliveredShareChange ?? 0))}${lost} · ${when}`;
  }
  return `${name}: ${overview.syncs ? 'sync success' : 'delivery rate'} ${percent(deliveryRate)}${before(deliveryRate, deliveryRateChange)}${lost} · ${when}`;
}

/** The step that loses more than before is the news, though another one has always lost the most. */
function lossOf(steps: readonly OverviewStep[]): string {
  const discards = steps.filter((step) => step.role === 'discard' && step.unit === 'events');
  const risen = discards.reduce((most, step) => ((step.shareChange ?? 0) > (most.shareChange ?? 0) ? step : most));
  const { label, share, shareChange } = risen;
  if (share !== null && shareChange !== null && shareChange >= NEWS) {
    return ` · ${label.toLowerCase()} rose from ${percent(Math.max(0, share - shareChange))} to ${percent(share)}`;
  }
  const worst = discards.reduce((most, step) => (step.count > most.count ? step : most));
  // Without a first step there are no shares.
  const part = worst.share === null ? count(worst.count) : percent(worst.share);
  return worst.count > 0 ? ` · most lost: ${worst.label.toLowerCase()} ${part}` : '';
}

/** Where syncs fail, that is the news, not what was filtered on the way. */
function troubledSyncs({ syncs }: Overview): string {
  const parts = [`${syncs?.failed ?? 0} failed`, `${syncs?.partial ?? 0} partial`].filter((part) => !part.startsWith('0 '));
  return parts.length > 0 ? ` · ${parts.join(', ')}` : '';
}

function before(rate: number, change: number | null): string {
  if (change === null) return '';
  const then = percent(rate - change);
  return then === percent(rate) ? ', steady' : `, was ${then}`;
}

function toneOf(overview: Overview): Tone {
  const { attention, because } = judgeOverview(overview);
  return attention === 'no_data' || because === 'uncompared' ? 'info' : attention;
}

function headline(overview: Overview): { label: string; value: Text }[] {
  const first = firstField(overview);
  const rate = (value: number | null, change: number | null): Text =>
    value === null ? 'none in this period' : [{ strong: percent(value) }, ` ${points(change)}`];
  return [
    { label: overview.syncs ? 'Sync success' : 'Delivery rate', value: rate(overview.deliveryRate, overview.deliveryRateChange) },
    overview.syncs
      ? { label: 'Syncs', value: syncsText(overview.syncs) }
      : { label: 'Delivered share', value: rate(overview.deliveredShare, overview.deliveredShareChange) },
    first,
    {
      label: 'Pending retry',
      value: overview.pendingRetry === null ? 'not reported' : [{ strong: count(overview.pendingRetry) }],
    },
  ];
}

/** What all shares are of: the first step, or everything that ended somewhere. */
function firstField({ pipeline, steps }: Overview): { label: string; value: Text } {
  const [first] = steps;
  if (first?.role === 'first')
    return { label: first.label, value: [{ strong: count(first.count) }, ` ${changeOf(first.countChange)}`] };
  const now = wholeOf(pipeline.variant, steps);
  const past = wholeOf(
    pipeline.variant,
    steps.map(({ step, previousCount }) => ({ step, count: previousCount })),
  );
  return { label: 'Events', value: [{ strong: count(now) }, ` ${changeOf(relativeChange(now, past))}`] };
}

function syncsText({ success, partial, failed, skipped, rows }: SyncTotals): Text {
  const ended = [`${partial} partial`, `${failed} failed`, `${skipped} skipped`].filter((part) => !part.startsWith('0 '));
  return [{ strong: `${count(success)} full` }, ended.length > 0 ? `, ${ended.join(', ')}` : '', ` · ${count(rows)} rows`];
}

/** How old the data is, which windows were used, and where to look further. */
function contextOf({ entry, overview, period: asked }: PipelineCardInput): Text {
  const { newest, asOf, settledUntil, period, previous, steps, overlapping } = overview;
  const spans: Span[] = [];
  if (newest) {
    // The newest minute has run for a while; its end, or now, is how far the data reaches.
    const reaches = new Date(Math.min(Number(newest) + MINUTE, Number(asOf)));
    spans.push(
      `Data up to `,
      { time: reaches.toISOString(), as: 'datetime' },
      ` (${formatDistanceStrict(reaches, asOf)} old when drawn). `,
    );
  } else spans.push('No counts have arrived yet. ');
  spans.push(`Window ${range(period.from, period.to)}, compared with ${range(previous.from, previous.to)}. `);
  const provisional = steps.reduce((total, step) => total + step.provisional, 0);
  if (provisional > 0) {
    spans.push(
      `${count(provisional)} of these counts are younger than `,
      { time: settledUntil.toISOString(), as: 'time' },
      ' and provisional. ',
    );
  }
  const retried = steps.reduce((total, step) => total + step.retried, 0);
  if (retried > 0) spans.push(`${count(retried)} were delivered only after a retry. `);
  if (overlapping) spans.push(`${overlapNote} `);
  const url = entry.destination.url || entry.source.url;
  if (url) spans.push({ link: 'Open at the provider', url }, '. ');
  spans.push('Again: ', { code: `/pipeline ${wordsOf(entry)}${periodWord(asked)}` });
  return spans;
}
