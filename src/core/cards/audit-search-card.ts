import type { AuditEvent, StoredEvent } from '../audit/event.ts';
import { partsOfSearch } from '../audit/parse-query.ts';
import type { AuditQuery } from '../audit/query.ts';
import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Block, Button, Message, Text } from '../messages/message.ts';
import { MOST_PAGES, placeAfter } from './audit-pages.ts';
import { actionOf, agoOf, resourceOf, sentenceOf, short, spanOf, stampOf, whoOf } from './audit-words.ts';

export interface AuditSearchCardInput {
  /** As typed. */
  text: string;
  query: AuditQuery;
  /** From where the page begins, newest first; of the newest page as many as are counted. */
  events: readonly StoredEvent[];
  /** There are more than these. */
  hasMore: boolean;
  /** The search ended here before it was through: what is older was not looked at. */
  lookedTo?: Pick<StoredEvent, 'at' | 'seq'>;
  /** From 0, the newest. */
  page: number;
  /** Rows on the pages before it. */
  rowsBefore: number;
  now: Date;
  /** In which days are meant. */
  zone: string;
  /** What has just been done, as a sentence. */
  done?: string;
  /** It stands in a channel, where what comes can be posted. */
  canWatch?: boolean;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}

/** Rows a page. */
const PAGE = 10;
/** So many changes are counted exactly. */
const COUNTED = 100;

export const pageSize = ({ tableRows }: Capabilities): number => Math.min(PAGE, tableRows);
/** How many events a page asks for: the newest one counts them, too. */
export const askedFor = (page: number, capabilities: Capabilities): number => (page === 0 ? COUNTED : pageSize(capabilities));

/** What a search found. `choices`: the events of the select, then the place where the next page begins. */
export function auditSearchCard(input: AuditSearchCardInput): { message: Message; choices: string[] } {
  const { events, page, capabilities, act, zone } = input;
  const rows = events.slice(0, pageSize(capabilities));
  const { shown: openable, left } = firstOf(rows, capabilities.selectOptions);
  const last = input.lookedTo && events.length === rows.length ? input.lookedTo : rows.at(-1);
  const hasOlder = last !== undefined && (input.hasMore || events.length > rows.length);
  const atEnd = hasOlder && page >= MOST_PAGES;
  const choices = openable.map(({ seq }) => String(seq));
  const buttons: Button[] = [
    ...(page > 0 ? [{ label: 'Newer', action: act('newer') }] : []),
    ...(hasOlder && !atEnd ? [{ label: 'Older', action: act('older', String(choices.length)) }] : []),
    { label: 'Change the search', action: act('change') },
    { label: 'Refresh', action: act('refresh') },
  ];
  const keep: Button[] = [
    { label: 'Save…', action: act('keep') },
    ...(input.canWatch ? [{ label: 'Watch here…', action: act('watch') }] : []),
    ...(rows.length > 0 ? [{ label: 'Export', action: act('export') }] : []),
  ];
  const blocks: Block[] = [
    ...(input.done === undefined ? [] : [{ kind: 'text' as const, text: input.done }]),
    ...(rows.length > 0 ? [table(input, rows)] : [{ kind: 'text' as const, text: widen(input) }]),
    ...(openable.length > 0 ? [openSelect(openable, input)] : []),
    whenSelect(input),
    { kind: 'buttons', label: 'More', buttons },
    { kind: 'buttons', label: 'Keep', buttons: keep },
    ...(left > 0 ? [context(`… and ${left} more to open by number, e.g. /audit show ${rows.at(-1)?.seq}`)] : []),
    ...(last && last === input.lookedTo
      ? [context(`Looked back to ${stampOf(last.at, input.now)} so far. Older looks on.`)]
      : []),
    ...(atEnd && last ? [context(`For older ones add until:${last.at.toISOString().slice(0, 10)} to the search.`)] : []),
    context([
      ...(input.text.trim() === '' ? [] : ['Searched for ', { code: input.text }, '. ']),
      `Days begin at midnight ${zone}.`,
    ]),
  ];
  const message: Message = { title: titleOf(input, rows), tone: 'info', blocks };
  return { message, choices: [...choices, ...(last && hasOlder ? [placeAfter(last, input.rowsBefore + rows.length)] : [])] };
}

const context = (text: Text): Block => ({ kind: 'context', text });

function titleOf(
  { events, hasMore, lookedTo, query, page, rowsBefore, now, zone }: AuditSearchCardInput,
  rows: readonly StoredEvent[],
): string {
  const span = spanOf(query, now, zone);
  const [newest] = rows;
  if (!newest) {
    const match = query.terms.length > 0 ? (query.terms.length === 1 ? ' with this term' : ' with all of these terms') : '';
    return `No ${page > 0 ? 'older ' : ''}changes${span}${match}${lookedTo ? `, back to ${stampOf(lookedTo.at, now)}` : ''}`;
  }
  const story = `${sentenceOf(newest)} ${agoOf(newest.at, now)}`;
  if (page > 0) return `Changes ${numbersOf(rowsBefore, rows)}${span}, newest of them: ${story}`;
  if (events.length === 1 && !hasMore) return `1 change${span}: ${story}`;
  return `${hasMore ? `${moreThan(lookedTo)} ${events.length}` : events.length} changes${span}, newest: ${story}`;
}

const numbersOf = (before: number, rows: readonly unknown[]): string => `${before + 1} to ${before + rows.length}`;

const moreThan = (lookedTo: unknown): string => (lookedTo ? 'At least' : 'More than');

function table(
  { events, hasMore, lookedTo, page, rowsBefore, query, now, zone }: AuditSearchCardInput,
  rows: readonly StoredEvent[],
): Block {
  const total = page > 0 ? '' : hasMore ? ` of ${moreThan(lookedTo).toLowerCase()} ${events.length}` : ` of ${events.length}`;
  const which = hasMore || events.length > rows.length || page > 0 ? `, ${numbersOf(rowsBefore, rows)}${total}` : '';
  return {
    kind: 'table',
    caption: `Changes${spanOf(query, now, zone)}${which}, newest first`,
    columns: ['When', 'Who', 'What', 'Resource'].map((label) => ({ label, align: 'left' })),
    rows: rows.map((event) => [whenCell(event), whoOf(event), whatCell(event), resourceCell(event, rows)]),
  };
}

export const whenCell = ({ at }: AuditEvent): Text => [{ time: at.toISOString(), as: 'datetime' }];
export const whatCell = (event: AuditEvent): Text => [{ code: actionOf(event) }];

/** The workspace is named only where there is more than one. */
export function resourceCell(event: AuditEvent, rows: readonly AuditEvent[]): string {
  const where = rows.some(({ workspace }) => workspace !== event.workspace) ? `${short(event.workspace)}: ` : '';
  return `${where}${resourceOf(event)}`;
}

const openSelect = (events: readonly StoredEvent[], { act, now }: AuditSearchCardInput): Block => ({
  kind: 'select',
  label: 'Open a change',
  action: act('open'),
  options: events.map((event, i) => ({ value: String(i), label: sentenceOf(event), hint: stampOf(event.at, now) })),
});

const spans: Record<string, string> = {
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '400d': 'Last 400 days',
};
export const isSpan = (word: string): boolean => Object.hasOwn(spans, word);

const isTime = (part: string): boolean => /^(?:since|until|on):/i.test(part);

/** The same search for another time. */
export function searchWithin(text: string, span: string): string {
  const others = partsOfSearch(text).filter((part) => !isTime(part));
  return [...others, span === 'today' ? 'on:today' : `since:${span}`].join(' ');
}

function whenSelect({ text, act }: AuditSearchCardInput): Block {
  const times = partsOfSearch(text).filter(isTime).join(' ').toLowerCase();
  const selected = text.trim() === '' ? 'today' : Object.keys(spans).find((span) => times === searchWithin('', span));
  return {
    kind: 'select',
    label: 'When',
    action: act('when'),
    options: Object.entries(spans).map(([value, label]) => ({ value, label })),
    ...(selected === undefined ? {} : { selected }),
  };
}

/** What to leave out of a search that found nothing. */
function widen({ query, text, page, lookedTo }: AuditSearchCardInput): Text {
  if (lookedTo)
    return 'Nothing was found so far, and looking at everything takes long. A time, a name or a word is found sooner.';
  if (page > 0) return 'There is nothing older. Go back to what is newer.';
  const whole = query.terms.find(({ field, negated, pattern }) => field !== 'word' && !negated && !pattern.includes('*'));
  const star = whole && `${whole.field}:${/\s/.test(whole.pattern) ? `"${whole.pattern}*"` : `${whole.pattern}*`}`;
  const hints: Text = [
    ...(query.since || query.until || text.trim() === '' ? ['Look further back. '] : []),
    ...(query.terms.length > 1 ? ['Leave a term out. '] : []),
    ...(star ? ['Names are matched whole: try ', { code: star }, '. '] : []),
  ];
  if (hints.length > 0) return hints;
  if (query.terms.length > 0) return 'Try another word: words are matched whole.';
  return ['Nothing has arrived yet. Events come with ', { code: 'POST /v1/audit' }, ', or from a provider that is connected.'];
}
