import type { AuditEvent, StoredEvent } from './event.ts';
import type { AuditQuery, AuditTerm, TermField } from './query.ts';
import { keyOf, keysOf, placesOf, wordsOf } from './words.ts';

/**
 * Whether a search would find this event: the same answer as the store's, for one event that is at hand. Like a search it leaves
 * out what came by another way before. Only letters beyond ASCII behind a star may differ, whose case the database folds by its locale.
 */
export function matches({ terms, since, until }: AuditQuery, event: StoredEvent): boolean {
  if (event.sameAs !== null || (since && event.at < since) || (until && event.at >= until)) return false;
  const indexed = indexOf(event);
  return terms.every((term) => holds(term, event, indexed) !== term.negated);
}

/** What an event is found by, made when first asked for: most terms need the keys alone. */
interface Indexed {
  keys(): readonly string[];
  places(): ReadonlyMap<string, readonly number[]>;
}

function indexOf(event: AuditEvent): Indexed {
  let keys: readonly string[] | undefined;
  let places: ReadonlyMap<string, readonly number[]> | undefined;
  return {
    keys() {
      keys ??= keysOf(event);
      return keys;
    },
    places() {
      places ??= placesOf(event);
      return places;
    },
  };
}

function holds({ field, pattern }: AuditTerm, event: AuditEvent, indexed: Indexed): boolean {
  if (field === 'word') return hasPhrase(indexed.places(), wordsOf(pattern));
  const star = pattern.indexOf('*');
  if (star < 0) return indexed.keys().includes(keyOf(field, pattern));
  const beginning = keyOf(field, pattern.slice(0, star));
  if (!indexed.keys().some((key) => key.startsWith(beginning))) return false;
  if (/^\*+$/.test(pattern.slice(star))) return true;
  return textsOf[field](event).some((text) => isLike(text, pattern));
}

const textsOf: Record<TermField, (event: AuditEvent) => string[]> = {
  actor: ({ actor }) => [actor.id, actor.name, actor.email],
  action: ({ action }) => [action],
  kind: ({ resource }) => [resource.kind],
  resource: ({ resource }) => [resource.id, resource.name],
  workspace: ({ workspace }) => [workspace],
  via: ({ via }) => [via],
};

/** Whether the words stand one right after the other somewhere. */
function hasPhrase(places: ReadonlyMap<string, readonly number[]>, [first, ...others]: readonly string[]): boolean {
  if (first === undefined) return false;
  let ends = places.get(first) ?? [];
  for (const word of others) {
    const here = new Set(places.get(word));
    ends = ends.map((end) => end + 1).filter((end) => here.has(end));
  }
  return ends.length > 0;
}

/** Whether the pattern, in which `*` stands for any text, is the whole text. Part after part from the left, so never slow. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.toLowerCase().split('*');
  const last = parts.pop() ?? '';
  const whole = text.toLowerCase();
  if (!whole.startsWith(first) || !whole.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= whole.length - last.length;
}
