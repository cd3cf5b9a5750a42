import type { BreakdownRow } from '../delivery/breakdown.ts';
import type { Entry, Named } from '../delivery/directory.ts';
import type { Overview, OverviewStep } from '../delivery/overview.ts';
import type { Period } from '../delivery/period.ts';
import { reasonFacts } from '../delivery/reasons.ts';
import type { Sync } from '../delivery/series.ts';
import { type Step, stepFacts } from '../delivery/steps.ts';
import type { Timeline } from '../delivery/timeline.ts';
import type { Action } from '../messages/action-id.ts';
import type { Capabilities } from '../messages/capabilities.ts';
import type { Block, Button, Message, Tone } from '../messages/message.ts';
import { changeOf, count, counted, moved, percent, points, range, whenOf } from './format.ts';
import { nameOf } from './pipeline-card.ts';
import { seriesFigure } from './series-figure.ts';
import { syncBlocks, syncsOf, syncTitle } from './sync-blocks.ts';

/** How rows of a step are told apart. Reasons exist for discards only. */
export type By = 'reason' | 'name' | 'version';

export interface StepCardInput {
  entry: Entry;
  mapping: Named | undefined;
  audience: Named | undefined;
  overview: Overview;
  period: Period;
  step: Step;
  rows: readonly BreakdownRow[];
  timeline: Timeline;
  samples: Record<string, number>;
  syncs: readonly Sync[];
  by: By;
  reason: string | undefined;
  /** From 0. */
  page: number;
  /** A run to open, by id. */
  sync: string | undefined;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}

/** Rows a page. */
export const PAGE = 10;

/** One step looked into: its course, its events by reason, name or version. `choices` stand for the selects' short values. */
export function stepCard(input: StepCardInput): { message: Message; choices: string[] } {
  const { overview, step, act, capabilities } = input;
  const facts = overview.steps.find((candidate) => candidate.step === step);
  const name = nameOf(input);
  const isSync = stepFacts[step].unit === 'syncs';
  const size = Math.min(PAGE, capabilities.tableRows);
  const opened = input.syncs.find(({ id }) => id === input.sync);
  const total = isSync ? syncsOf(step, input.syncs).length : input.rows.length;
  // One run opened is all there is to see.
  const pages = opened ? 1 : Math.max(1, Math.ceil(total / size));
  const page = Math.min(Math.max(0, Math.trunc(input.page)), pages - 1);
  const shown = input.rows.slice(page * size, (page + 1) * size);
  const detail = isSync ? syncBlocks({ ...input, page }) : undefined;
  const reasons = input.by === 'reason' && !isSync ? shown.map((row) => row.keys.reason ?? '') : [];

  const blocks: Block[] = [
    ...(isSync ? [] : [{ kind: 'figure' as const, figure: seriesFigure({ ...input, name, facts }) }]),
    ...(detail?.blocks ?? [table(input, shown, page, pages)]),
    ...(reasons.length > 0 ? [reasonSelect(step, shown, act)] : []),
    ...(isSync ? [] : [bySelect(input)]),
    { kind: 'buttons', label: 'More', buttons: moreButtons(input, page, pages) },
    {
      kind: 'context',
      text: `Window ${range(overview.period.from, overview.period.to)}, compared with ${range(overview.previous.from, overview.previous.to)}.${isSync ? '' : shareNote(overview)}`,
    },
  ];
  const title = opened ? `${name} · ${syncTitle(opened)}` : titleOf(name, input, facts);
  return { message: { title, tone: toneOf(facts), blocks }, choices: detail?.choices ?? reasons };
}

const shareNote = ({ steps }: Overview): string =>
  ` Share: of all events ${steps[0]?.role === 'first' ? "of the pipeline's first step" : 'that ended at some step'}.`;

function titleOf(name: string, { step, reason, rows, period }: StepCardInput, facts: OverviewStep | undefined): string {
  const { label, unit } = stepFacts[step];
  const when = whenOf(period);
  if (reason !== undefined) {
    const total = rows.reduce((sum, row) => sum + row.count, 0);
    return `${name} · ${label} · ${reasonFacts(step, reason).label}: ${counted(total, 'events')} · ${when}`;
  }
  const share = facts?.share === null || facts?.share === undefined ? '' : `, ${percent(facts.share)}`;
  const change = facts?.shareChange && Math.abs(facts.shareChange) >= 0.0005 ? `, ${moved(facts.shareChange)}` : '';
  return `${name} · ${label}: ${counted(facts?.count ?? 0, unit)}${share}${change} · ${when}`;
}

function toneOf(facts: OverviewStep | undefined): Tone {
  return facts?.role === 'discard' && (facts.shareChange ?? 0) >= 0.05 ? 'warning' : 'info';
}

function table(input: StepCardInput, rows: readonly BreakdownRow[], page: number, pages: number): Block {
  const right = (label: string) => ({ label, align: 'right' as const });
  const left = (label: string) => ({ label, align: 'left' as const });
  const numbers = [right('Events'), right('Share'), right('Share change'), right('Events change')];
  const numbersOf = (row: BreakdownRow) => [
    count(row.count),
    percent(row.share),
    points(row.shareChange),
    changeOf(row.countChange),
  ];
  const where = pages > 1 ? `, page ${page + 1} of ${pages}` : '';
  if (input.by === 'reason') {
    return {
      kind: 'table',
      caption: `Why events were dropped here${where}`,
      columns: [left('Reason'), left('What to do'), right('Samples'), ...numbers],
      rows: rows.map((row) => [
        [
          row.label ?? '',
          ...(row.known && row.keys.reason && row.keys.reason !== row.label ? [' ', { code: row.keys.reason }] : []),
        ],
        row.known ? (row.remedy ?? '') : 'New code: look it up at the provider.',
        count(input.samples[row.keys.reason ?? ''] ?? 0),
        ...numbersOf(row),
      ]),
    };
  }
  const byName = input.by === 'name';
  return {
    kind: 'table',
    caption: `${byName ? 'Events by name' : 'Events by app version'}${where}`,
    columns: [...(byName ? [left('Event'), left('Type')] : [left('App version')]), ...numbers],
    rows: rows.map((row) => [
      ...(byName ? [row.keys.eventName || 'not named', row.keys.eventType || '–'] : [row.keys.appVersion || 'not told']),
      ...numbersOf(row),
    ]),
  };
}

const reasonSelect = (step: Step, rows: readonly BreakdownRow[], act: StepCardInput['act']): Block => ({
  kind: 'select',
  label: 'Look into a reason',
  action: act('reason'),
  options: rows.map((row, i) => ({
    value: String(i),
    label: reasonFacts(step, row.keys.reason ?? '').label,
    hint: counted(row.count, 'events'),
  })),
});

function bySelect({ step, by, reason, act }: StepCardInput): Block {
  const options = [
    ...(stepFacts[step].role === 'discard' && reason === undefined ? [{ value: 'reason', label: 'Reason' }] : []),
    { value: 'name', label: 'Event name and type' },
    { value: 'version', label: 'App version' },
  ];
  return { kind: 'select', label: 'Rows by', action: act('by'), options, selected: by };
}

function moreButtons({ act, step, samples, reason, sync }: StepCardInput, page: number, pages: number): Button[] {
  const sampled = reason === undefined ? Object.values(samples).reduce((sum, n) => sum + n, 0) : (samples[reason] ?? 0);
  return [
    ...(page > 0 ? [{ label: 'Previous page', action: act('page', String(page - 1)) }] : []),
    ...(page < pages - 1 ? [{ label: 'Next page', action: act('page', String(page + 1)) }] : []),
    ...(stepFacts[step].role === 'discard' && sampled > 0 ? [{ label: 'Show samples to me', action: act('samples') }] : []),
    ...(reason === undefined && sync === undefined
      ? []
      : [{ label: sync === undefined ? 'All reasons' : 'All syncs', action: act('step', step) }]),
    { label: 'Back to the pipeline', action: act('back') },
  ];
}
