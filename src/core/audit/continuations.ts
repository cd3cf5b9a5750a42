import type { Via } from './event.ts';
import { qualifiers, type TermField, type TimeField } from './query.ts';

const hints: Record<TermField | TimeField, string> = {
  actor: 'who did it: a name, e-mail or id',
  action: 'what was done, e.g. action:destination.*',
  kind: 'of what kind of thing, e.g. kind:filter',
  resource: 'to what: a name or id',
  workspace: 'where',
  via: 'how it came here',
  since: 'from then on, e.g. since:7d',
  until: 'before then, e.g. until:2026-11-20',
  on: 'one day, e.g. on:today',
};

const times = { '1h': 'an hour ago', '24h': '24 hours ago', '7d': 'seven days ago', '30d': 'thirty days ago' };
const days = { today: 'the day so far', yesterday: 'the day before' };

/** How events come to us, in words. */
export const viaWords: Record<Via, string> = {
  push: 'the push API',
  poll: 'read from the provider',
  webhook: 'forwarded by a webhook',
  tracking: 'forwarded as tracking events',
  demo: 'the simulated workspace',
  pipewarden: 'done through Pipewarden',
};

const values: Partial<Record<string, Record<string, string>>> = {
  since: { ...times, ...days },
  until: { ...times, ...days },
  on: days,
  via: viaWords,
};

/** How the term being typed at the end of a search may go on: its qualifier, then the values of those that have few. */
export function continuations(typed: string): { word: string; hint: string }[] {
  const [, minus = '', field, start = ''] = /^(-?)(?:([a-z]+):)?(.*)$/is.exec(typed) ?? [];
  if (field === undefined) {
    return qualifiers
      .filter((name) => name.startsWith(start.toLowerCase()))
      .map((name) => ({ word: `${minus}${name}:`, hint: hints[name as TermField | TimeField] }));
  }
  const known = Object.hasOwn(values, field.toLowerCase()) ? values[field.toLowerCase()] : undefined;
  return Object.entries(known ?? {})
    .filter(([value]) => value.startsWith(start.toLowerCase()))
    .map(([value, hint]) => ({ word: `${minus}${field}:${value} `, hint }));
}
