import { actionOf, resourceOf, sentenceOf, whoOf } from '../cards/audit-words.ts';
import { earlier, later, MINUTE } from '../delivery/time.ts';
import type { StoredEvent } from './event.ts';

/** A batch ends once its actor was quiet for this long, */
export const QUIET = MINUTE / 2;
/** and at the latest after this long. */
export const LONGEST = 3 * MINUTE;
/** So many batches may begin in a channel within a minute; what comes then is told together. */
export const LIVE = 20;
/** A storm is told minute by minute. */
export const STORM = MINUTE;
/** The newest events of a batch, which its message lists. */
export const LISTED = 8;
/** Actors of a storm are counted up to here. */
export const COUNTED = 1_000;

/** One line of a message: what is needed of an event, since all of them would be too much to keep. */
export interface Line {
  seq: number;
  at: Date;
  who: string;
  what: string;
  resource: string;
  workspace: string;
  sentence: string;
}

/** What is told in one message of one channel. */
export interface Batch {
  /** Of its message's buttons. */
  id: string;
  /** One actor's changes; all of a storm; or all that came while nothing could be posted there. */
  kind: 'actor' | 'storm' | 'held';
  /** Whose: workspace and actor. Empty where it is everyone's. */
  key: string;
  /** The one workspace that the channel was about; null for all. */
  scope: string | null;
  /** When its first and its last event arrived: what decides whether it goes on. */
  startedAt: Date;
  lastAt: Date;
  /** From the earliest to the latest event, as they happened. */
  from: Date;
  to: Date;
  count: number;
  /** By key, at most COUNTED. */
  people: string[];
  actorId: string;
  /** In order of arrival. */
  lines: Line[];
}

/** A channel at the moment at which events are told in it. */
export interface Listening {
  scope: string | null;
  /** Nothing can be posted there for now. */
  closed: boolean;
  newId(): string;
}

/**
 * Puts events, in order of arrival, into the batches of a channel: into one each. `recent` are those that may still go on, and those
 * that began within the last minutes. Returns the batches that have changed, as they are now.
 */
export function tell(recent: readonly Batch[], events: readonly StoredEvent[], channel: Listening): Batch[] {
  const batches = new Map(recent.map((batch) => [batch.id, batch]));
  const changed = new Set<string>();
  for (const event of events) {
    const batch = withEvent(batchFor([...batches.values()], event, channel), event);
    batches.set(batch.id, batch);
    changed.add(batch.id);
  }
  return [...batches.values()].filter(({ id }) => changed.has(id));
}

/** How far back `recent` has to reach. */
export const REACH = LONGEST;

function batchFor(batches: readonly Batch[], event: StoredEvent, channel: Listening): Batch {
  const age = ({ startedAt }: Batch): number => Number(event.arrived) - Number(startedAt);
  const ofKind = (kind: Batch['kind']) => batches.filter((batch) => batch.kind === kind && batch.scope === channel.scope);
  if (channel.closed) return ofKind('held').at(-1) ?? fresh('held', event, channel);
  const storm = ofKind('storm').findLast((batch) => age(batch) < 2 * STORM);
  if (storm && age(storm) < STORM) return storm;
  const key = keyOf(event);
  const quiet = ({ lastAt }: Batch): number => Number(event.arrived) - Number(lastAt);
  const own = ofKind('actor').findLast((batch) => batch.key === key && quiet(batch) < QUIET && age(batch) < LONGEST);
  if (own) return own;
  const live = batches.filter((batch) => batch.kind === 'actor' && age(batch) < MINUTE).length;
  // A storm that goes on does not begin with a burst of messages again.
  const stormy = live >= LIVE || (storm?.people.length ?? 0) > LIVE;
  return fresh(stormy ? 'storm' : 'actor', event, channel);
}

const fresh = (kind: Batch['kind'], event: StoredEvent, { scope, newId }: Listening): Batch => ({
  id: newId(),
  kind,
  key: kind === 'actor' ? keyOf(event) : '',
  scope,
  startedAt: event.arrived,
  lastAt: event.arrived,
  from: event.at,
  to: event.at,
  count: 0,
  people: [],
  actorId: kind === 'actor' ? event.actor.id : '',
  lines: [],
});

function withEvent(batch: Batch, event: StoredEvent): Batch {
  const key = keyOf(event);
  const isKnown = batch.people.includes(key) || batch.people.length >= COUNTED;
  return {
    ...batch,
    lastAt: later(batch.lastAt, event.arrived),
    from: earlier(batch.from, event.at),
    to: later(batch.to, event.at),
    count: batch.count + 1,
    people: isKnown ? batch.people : [...batch.people, key],
    lines: [...batch.lines, lineOf(event)].slice(-LISTED),
  };
}

/** Names may be shared and change: the id is meant, where there is one. */
const keyOf = ({ workspace, actor }: StoredEvent): string =>
  JSON.stringify([workspace, actor.id || actor.email || actor.name]).slice(0, 400);

const lineOf = (event: StoredEvent): Line => ({
  seq: event.seq,
  at: event.at,
  who: whoOf(event),
  what: actionOf(event),
  resource: resourceOf(event),
  workspace: event.workspace,
  sentence: sentenceOf(event),
});
