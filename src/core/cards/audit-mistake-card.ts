import { QueryMistake } from '../audit/query-mistake.ts';
import type { Action } from '../messages/action-id.ts';
import type { Form } from '../messages/form.ts';
import type { Button, Message } from '../messages/message.ts';
import { short } from './audit-words.ts';

/** Columns that stay on one line on a phone's card. */
const WIDTH = 56;

/** A search that cannot be read: what is wrong, where, and what was perhaps meant. `choices` holds that. */
export function auditMistakeCard(
  mistake: QueryMistake,
  act: (action: string, choice?: string) => Action,
  { again, change } = { again: 'Search for', change: 'Change the search' },
): { message: Message; choices: string[] } {
  const meant = correctedQuery(mistake)?.trim() || undefined;
  const buttons: Button[] = [
    ...(meant === undefined
      ? []
      : [{ label: `${again} ${short(meant, WIDTH)}`, action: act('query', '0'), style: 'primary' as const }]),
    { label: change, action: act('change') },
  ];
  return {
    message: {
      title: mistake.message,
      tone: 'warning',
      blocks: [
        { kind: 'code', text: pointedShort(mistake) },
        { kind: 'buttons', label: 'More', buttons },
      ],
    },
    choices: meant === undefined ? [] : [meant],
  };
}

/** The search with the first suggestion in the wrong part's place; undefined where there is none. */
export function correctedQuery({ query, at, length, suggestions: [first] }: QueryMistake): string | undefined {
  if (first === undefined) return undefined;
  const after = query.slice(at + length);
  // Of a qualifier alone the value stays as typed, with its quotes.
  const part = after.startsWith(':') ? first.slice(0, first.indexOf(':')) : first;
  return `${query.slice(0, at)}${part}${after}`;
}

/** The mark under the part that is wrong, with as much around it as stays on one line. */
export function pointedShort({ query, at, length, message }: QueryMistake): string {
  // Each of them as wide as what it stands for, or the mark would miss.
  const line = query.replace(/[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, ' ');
  const from = line.length <= WIDTH ? 0 : Math.max(0, at - WIDTH / 2);
  const to = Math.max(from + WIDTH, Math.min(at + length, from + 2 * WIDTH));
  const [head, tail] = [from > 0 ? '…' : '', to < line.length ? '…' : ''];
  const shown = `${head}${line.slice(from, to)}${tail}`;
  const part = { at: at - from + head.length, length: Math.min(length, to - at) };
  return new QueryMistake(shown, part, message).pointed();
}

/** The same where there is no fixed-width font, at a form's field. */
export function mistakeInWords({ query, at, length, message }: QueryMistake): string {
  const part = short(query.slice(at, at + length), WIDTH);
  return part === '' || message.includes(part) ? message : `At “${part}”: ${message}`;
}

export const auditForm = (text: string): Form => ({
  title: 'Change the search',
  submit: 'Search',
  note: 'actor: action: kind: resource: workspace: via: since: until: on: and free words. * stands for anything, - in front means not.',
  fields: [
    {
      kind: 'text',
      name: 'query',
      label: 'Search',
      hint: 'e.g. actor:dana* action:destination.* since:7d "checkout"',
      value: text,
      optional: true,
      maxLength: 1_000,
    },
  ],
});
