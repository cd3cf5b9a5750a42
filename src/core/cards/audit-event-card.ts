import { viaWords } from '../audit/continuations.ts';
import type { Json, StoredEvent } from '../audit/event.ts';
import { DAY, MINUTE } from '../delivery/time.ts';
import type { Action } from '../messages/action-id.ts';
import { type Capabilities, firstOf } from '../messages/capabilities.ts';
import type { Block, Button, Message, Span, Text } from '../messages/message.ts';
import { diff, leavesOf, linesOf } from './audit-diff.ts';
import { resourceCell, whatCell, whenCell } from './audit-search-card.ts';
import { actionOf, agoOf, failedOutcome, sentenceOf, short, stampOf, thingOf, whoOf } from './audit-words.ts';

/** Events beside another one: the nearest, and how many more there are. */
export interface Beside {
  events: readonly StoredEvent[];
  left: number;
  /** There are more than were counted. */
  andMore: boolean;
}

/** Where the change can be looked at, and what it was about. */
export interface EventLinks {
  /** Of this change in our console. */
  permalink: string;
  /** Of the resource at its provider; undefined where none is known. */
  resource: string | undefined;
}

export interface AuditEventCardInput {
  event: StoredEvent;
  /** Within an hour of it, by the same actor. */
  byActor: Beside;
  /** About the same resource, newest first. */
  ofResource: Beside;
  links: EventLinks;
  now: Date;
  /** It was opened from a search, that one can go back to. */
  fromSearch: boolean;
  capabilities: Capabilities;
  act(action: string, choice?: string): Action;
}

const MOST_CHANGES = 30;
const MOST_LINES = 12;

/** One change: who, what, when, what is different, and what happened around it. `choices`: events to open, then searches. */
export function auditEventCard(input: AuditEventCardInput): { message: Message; choices: string[] } {
  const { event, byActor, ofResource, links, now, capabilities, act, fromSearch } = input;
  const who = whoOf(event);
  const around = [...byActor.events, ...ofResource.events].filter(
    ({ seq }, at, all) => all.findIndex((other) => other.seq === seq) === at,
  );
  const { shown: openable, left } = firstOf(around, capabilities.selectOptions);
  const searches = searchesAround(event);
  const buttons: Button[] = [
    { label: fromSearch ? 'Back to the search' : 'Changes of today', action: act('back') },
    ...searches.map(({ label }, i) => ({ label, action: act('query', String(openable.length + i)) })),
  ];
  const blocks: Block[] = [
    { kind: 'fields', fields: fieldsOf(event, links) },
    ...changeBlocks(event),
    ...contextBlocks(event),
    ...besideTable(`What else ${who} did within an hour`, byActor, capabilities),
    ...besideTable(`Other changes of ${thingOf(event)}`, ofResource, capabilities),
    ...(openable.length > 0 ? [openSelect(openable, input)] : []),
    ...(left > 0 ? [{ kind: 'context' as const, text: `… and ${left} more to open` }] : []),
    { kind: 'buttons', label: 'More', buttons },
    {
      kind: 'context',
      text: [{ link: 'Permalink', url: links.permalink }, ', or type ', { code: `/audit show ${event.seq}` }],
    },
  ];
  return {
    message: { title: `${sentenceOf(event)} ${agoOf(event.at, now)}`, tone: 'info', blocks },
    choices: [...openable.map(({ seq }) => String(seq)), ...searches.map(({ text }) => text)],
  };
}

function fieldsOf(event: StoredEvent, { resource: url }: EventLinks): { label: string; value: Text }[] {
  const { actor, resource, at, arrived, workspace, via, type, sameAs } = event;
  const action = actionOf(event);
  const outcome = failedOutcome(event);
  const more = (texts: readonly string[], but: string): Span[] =>
    texts.map((text) => short(text)).flatMap((text) => (text === '' || text === but ? [] : [' ', { code: text }]));
  const late = Number(arrived) - Number(at) > 5 * MINUTE;
  return [
    { label: 'Who', value: [whoOf(event), ...more([actor.email, actor.id, actor.type], whoOf(event))] },
    { label: 'What', value: [{ code: action }, ...(short(type) === '' || short(type) === action ? [] : [` ${short(type)}`])] },
    ...(outcome ? [{ label: 'Outcome', value: outcome }] : []),
    { label: 'When', value: [{ time: at.toISOString(), as: 'datetime' }] },
    {
      label: 'Resource',
      value: [
        url === undefined ? thingOf(event) : { link: thingOf(event), url },
        ...more([resource.kind, resource.id], thingOf(event)),
      ],
    },
    { label: 'Workspace', value: short(workspace) || '–' },
    { label: 'Origin', value: viaWords[via] ?? short(via) },
    ...(late ? [{ label: 'Arrived', value: [{ time: arrived.toISOString(), as: 'datetime' } as const] }] : []),
    ...(sameAs === null ? [] : [{ label: 'Came before as', value: [{ code: `/audit show ${sameAs}` }] }]),
  ];
}

function changeBlocks({ before, after, erased }: StoredEvent): Block[] {
  if (erased) return [{ kind: 'text', text: 'The details of this change were erased, as a law or a person asked for.' }];
  if (before === undefined && after === undefined) {
    return [{ kind: 'context', text: 'What was before and after, the provider does not say.' }];
  }
  const known = before === undefined ? 'after' : after === undefined ? 'before' : 'both';
  // What is known of one side alone is shown leaf by leaf, not as one long value.
  const none = (other: Json | undefined): Json | undefined =>
    typeof other === 'object' && other !== null && !Array.isArray(other) ? {} : undefined;
  const groups = linesOf(diff(before ?? none(after), after ?? none(before)));
  if (groups.length === 0) return [{ kind: 'context', text: 'Before and after are the same.' }];
  const { shown, left } = firstOf(groups, MOST_CHANGES);
  const heads = {
    both: 'What changed',
    after: 'After (what was before, the provider does not say)',
    before: 'Before (what is after, the provider does not say)',
  };
  return [
    { kind: 'text', text: [{ strong: heads[known] }] },
    { kind: 'code', text: shown.flat().join('\n') },
    ...(left > 0 ? [{ kind: 'context' as const, text: `… and ${left} more changed paths` }] : []),
  ];
}

function contextBlocks({ context, via }: StoredEvent): Block[] {
  const isOwn = via === 'pipewarden' && typeof context === 'object' && context !== null && !Array.isArray(context);
  // The outcome stands among the facts.
  const said = isOwn ? context.more : context;
  if (said === undefined || said === null) return [];
  const { shown, left } = firstOf(leavesOf(said), MOST_LINES);
  return [
    { kind: 'text', text: [{ strong: 'Context' }] },
    { kind: 'code', text: shown.join('\n') },
    ...(left > 0 ? [{ kind: 'context' as const, text: `… and ${left} more lines of context` }] : []),
  ];
}

function besideTable(caption: string, { events, left, andMore }: Beside, capabilities: Capabilities): Block[] {
  if (events.length === 0) return [{ kind: 'context', text: `${caption}: nothing` }];
  const { shown, left: cut } = firstOf(events, capabilities.tableRows);
  return [
    {
      kind: 'table',
      caption: `${caption}${andMore ? `, ${shown.length} of more than ${events.length + left}` : ''}`,
      columns: ['When', 'What', 'Resource', 'Who'].map((label) => ({ label, align: 'left' })),
      rows: shown.map((event) => [whenCell(event), whatCell(event), resourceCell(event, events), whoOf(event)]),
      left: left + cut,
    },
  ];
}

const openSelect = (events: readonly StoredEvent[], { act, now }: AuditEventCardInput): Block => ({
  kind: 'select',
  label: 'Open another change',
  action: act('open'),
  options: events.map((event, i) => ({ value: String(i), label: sentenceOf(event), hint: stampOf(event.at, now) })),
});

/** A value that would be read as something else, or not be found, makes no search. */
const isPlain = (text: string): boolean => text !== '' && text.length < 200 && !/["*\p{Cc}]/u.test(text) && text === text.trim();

function searchesAround({ actor, resource, at }: StoredEvent): { label: string; text: string }[] {
  const since = new Date(Number(at) - 30 * DAY).toISOString().slice(0, 10);
  return [
    ...(isPlain(actor.id) ? [{ label: 'All by this actor', text: `actor:"${actor.id}" since:${since}` }] : []),
    ...(isPlain(resource.id) ? [{ label: 'All of this resource', text: `resource:"${resource.id}" since:${since}` }] : []),
  ];
}
