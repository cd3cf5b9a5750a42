import { reasonFacts } from '../delivery/reasons.ts';
import type { Sample } from '../delivery/series.ts';
import { type Step, stepFacts } from '../delivery/steps.ts';
import { type Message, type Span, sentence } from '../messages/message.ts';

/** Longer payloads are cut on the card; what was cut is said. */
const SHOWN = 600;

/** A few discarded events with what was sent and answered. Shown to the asker alone. */
export function samplesCard(input: {
  name: string;
  step: Step;
  reason: string | undefined;
  samples: readonly Sample[];
}): Message {
  const { name, step, reason, samples } = input;
  const what = reason === undefined ? stepFacts[step].label : `${stepFacts[step].label}, ${reasonFacts(step, reason).label}`;
  if (samples.length === 0) return sentence(`No samples of ${name} · ${what} in this period.`);
  return {
    title: `${samples.length === 1 ? 'One sample' : `${samples.length} samples`} of ${name} · ${what}`,
    tone: 'info',
    blocks: [
      {
        kind: 'context',
        text: 'E-mails, phones, tokens, cards and private fields were masked before they were stored. Kept for three days.',
      },
      ...samples.map((sample) => ({ kind: 'text' as const, text: sampleText(sample) })),
    ],
  };
}

function sampleText({ at, step, reason, eventName, request, response }: Sample): Span[] {
  return [
    { strong: eventName || 'Event' },
    ' · ',
    { time: at.toISOString(), as: 'datetime' },
    ' · ',
    reasonFacts(step, reason).label,
    ...payload(' · sent ', request),
    ...payload(' · answered ', response),
  ];
}

function payload(label: string, text: string): Span[] {
  if (text === '') return [];
  const cut = text.length > SHOWN;
  return [
    label,
    { code: cut ? text.slice(0, SHOWN).replace(/[\uD800-\uDBFF]$/, '') : text },
    ...(cut ? [` … and ${text.length - SHOWN} more characters`] : []),
  ];
}
