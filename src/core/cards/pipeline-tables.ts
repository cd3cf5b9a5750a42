import type { Overview } from '../delivery/overview.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Block, Span, Text } from '../messages/message.ts';
import { changeOf, count, counted, percent, points } from './format.ts';
import type { Metric } from './pipeline-figure.ts';

/** Reasons shown on the card itself; the rest is counted. */
const REASONS = 5;

export function stepsTable({ steps }: Overview, metric: Metric, capabilities: Capabilities): Block {
  const right = (label: string) => ({ label, align: 'right' as const });
  const byShare = [right('Share'), right('Share change'), right('Events'), right('Events change')];
  const byCount = [right('Events'), right('Events change'), right('Share'), right('Share change')];
  const { shown, left } = firstOf(steps, capabilities.tableRows);
  return {
    kind: 'table',
    caption: 'Steps, each against the period before',
    columns: [{ label: 'Step', align: 'left' }, ...(metric === 'percent' ? byShare : byCount)],
    rows: shown.map((step) => {
      const share = [percent(step.share), points(step.shareChange)];
      const events = [step.unit === 'syncs' ? counted(step.count, step.unit) : count(step.count), changeOf(step.countChange)];
      const [main, other] = metric === 'percent' ? [share, events] : [events, share];
      return [step.label, [{ strong: main[0] ?? '' }], main[1] ?? '', ...other];
    }),
    left,
  };
}

export function reasonsTable({ steps, syncs }: Overview, capabilities: Capabilities): Block[] {
  const reasons = steps
    .flatMap((step) => step.reasons.map((reason) => ({ step, reason })))
    .sort((a, b) => b.reason.count - a.reason.count);
  if (reasons.length === 0) return [];
  const { shown, left } = firstOf(reasons, Math.min(REASONS, capabilities.tableRows));
  return [
    {
      kind: 'table',
      caption: syncs ? 'Why events were dropped and syncs failed' : 'Why events were dropped',
      columns: [
        { label: 'Reason', align: 'left' },
        { label: 'Step', align: 'left' },
        { label: 'Events', align: 'right' },
        { label: 'Share', align: 'right' },
        { label: 'What to do', align: 'left' },
      ],
      rows: shown.map(({ step, reason }) => [
        reasonText(reason),
        step.label,
        step.unit === 'syncs' ? counted(reason.count, step.unit) : count(reason.count),
        percent(reason.share),
        reason.known ? reason.remedy : 'New code: look it up at the provider.',
      ]),
      left,
    },
  ];
}

function reasonText(reason: { code: string; label: string; known: boolean; transient: boolean }): Text {
  const spans: Span[] = [reason.label];
  if (reason.known && reason.code !== '' && reason.code !== reason.label) spans.push(' ', { code: reason.code });
  if (!reason.known) spans.push(' (new)');
  if (reason.transient) spans.push(' (awaiting retry)');
  return spans;
}
