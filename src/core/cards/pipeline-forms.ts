import type { Args } from '../commands/command.ts';
import type { Entry, Named } from '../delivery/directory.ts';
import { type Period, parsePeriod, periodNames, periods, periodText } from '../delivery/period.ts';
import { cited, UserError } from '../errors.ts';
import { firstOf } from '../messages/capabilities.ts';
import type { Form, FormOption } from '../messages/form.ts';

/** What every platform can list in a form. */
const LISTED = 25;

/** Which pipeline, by names that complete. */
export function findForm(entries: readonly Entry[], period: Period): Form {
  const named = 'name' in period ? period.name : undefined;
  const pick = (name: 'source' | 'destination', label: string) => {
    const { shown, left } = firstOf(namesOf(entries, name, ''), LISTED);
    return { kind: 'pick' as const, name, label, options: shown, more: left > 0 };
  };
  return {
    title: 'Find a pipeline',
    submit: 'Open',
    fields: [
      pick('source', 'Source'),
      pick('destination', 'Destination'),
      {
        kind: 'pick',
        name: 'period',
        label: 'Period',
        value: named ?? '24h',
        options: periodNames.map((value) => ({ value, label: periods[value].label })),
      },
    ],
  };
}

/** Names of sources or destinations that hold what was typed. */
export function namesOf(entries: readonly Entry[], kind: 'source' | 'destination', typed: string): FormOption[] {
  const wanted = typed.trim().toLowerCase();
  const bySlug = new Map<string, Named>(entries.map((entry) => [entry[kind].slug, entry[kind]]));
  return [...bySlug.values()]
    .filter(({ slug, name }) => slug.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted))
    .map(({ slug, name }) => ({ value: slug, label: name, ...(name !== slug && { hint: slug }) }));
}

/** From when to when, in UTC. */
export function windowForm(period: Period): Form {
  const [from = '', to = ''] = 'name' in period ? [] : periodText(period).split('..');
  const hint = 'e.g. 2026-11-20 or 2026-11-20T10:00';
  return {
    title: 'A period of your own',
    submit: 'Show',
    note: 'Times are UTC. The period just before, equally long, is what it is compared with.',
    fields: [
      { kind: 'text', name: 'from', label: 'From', hint, value: from, maxLength: 20 },
      { kind: 'text', name: 'to', label: 'To', hint, value: to, maxLength: 20 },
    ],
  };
}

export function windowFrom(values: Args): string {
  const text = `${(values.from ?? '').trim()}..${(values.to ?? '').trim()}`;
  try {
    return periodText(parsePeriod(text));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = `From “${cited(values.from ?? '')}” to “${cited(values.to ?? '')}” is not a period. Write days or times, the earlier one first.`;
    throw new UserError(error.code, message, { path: '/from' });
  }
}
