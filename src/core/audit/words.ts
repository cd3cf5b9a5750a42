import type { AuditEvent, Json } from './event.ts';

/** PostgreSQL counts positions to 16,383 and takes a text vector of at most 1 MB: what is longer is found by how it begins. */
const MOST_WORDS = 10_000;
const MOST_BYTES = 500_000;
const LONGEST_WORD = 60;

/** The words of a text, lower-cased: runs of letters and digits. Cut here and not by the database, whose rules depend on its locale. */
export function wordsOf(text: string): string[] {
  const words = isAscii(text)
    ? text.toLowerCase().match(/[a-z0-9]+/g)
    : text
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{N}\p{M}]+/gu);
  return (words ?? []).map((word) => (word.length <= LONGEST_WORD ? word : [...word].slice(0, LONGEST_WORD).join('')));
}

/** Most text is: its words are found in a fraction of the time. */
const isAscii = (text: string): boolean => !/[^ -~]/.test(text);

/** Fields that are found whole or by how they begin, beside the words. No word begins with `=`. */
export const fieldLetters = { actor: 'a', action: 'x', kind: 'k', resource: 'r', workspace: 'w', via: 'v' } as const;

/** What a search by field finds an event under. */
export function keysOf(event: AuditEvent): string[] {
  const { actor, action, resource, workspace, via } = event;
  const keys = [
    ...[actor.id, actor.name, actor.email].map((text) => keyOf('actor', text)),
    keyOf('action', action),
    keyOf('kind', resource.kind),
    ...[resource.id, resource.name].map((text) => keyOf('resource', text)),
    keyOf('workspace', workspace),
    keyOf('via', via),
  ];
  return [...new Set(keys.filter((key) => key.length > 2))];
}

/** A lexeme of PostgreSQL has at most 2,046 bytes. What is stored is shorter, what is asked may not be. */
const KEY_BYTES = 2_000;

export function keyOf(field: keyof typeof fieldLetters, text: string): string {
  const lower = text.toLowerCase();
  if (lower.length <= KEY_BYTES && isAscii(lower)) return `=${fieldLetters[field]}${lower}`;
  const bytes = Buffer.from(lower);
  const cut =
    bytes.length > KEY_BYTES
      ? bytes
          .subarray(0, KEY_BYTES)
          .toString()
          .replace(/\uFFFD$/, '')
      : bytes.toString();
  return `=${fieldLetters[field]}${cut}`;
}

/**
 * All words of an event with their positions: names, action, type, and whatever changed. Phrases do not reach from one text into
 * the next, since the positions leave a gap.
 */
export function* placedWords(event: AuditEvent): Generator<[word: string, position: number]> {
  let position = 0;
  let words = 0;
  let bytes = 0;
  for (const text of textsOf(event)) {
    position += 1;
    const ascii = isAscii(text);
    for (const word of wordsOf(text)) {
      words += 1;
      bytes += ascii ? word.length : Buffer.byteLength(word);
      if (words > MOST_WORDS || bytes > MOST_BYTES) return;
      yield [word, ++position];
    }
  }
}

/** Places beyond this, and more of one word, PostgreSQL does not keep. */
const LAST_PLACE = 16_383;
const MOST_PLACES = 255;

/** Where each word of an event stands, as far as it is kept. */
export function placesOf(event: AuditEvent): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [word, position] of placedWords(event)) {
    const known = places.get(word);
    const place = Math.min(position, LAST_PLACE);
    if (!known) places.set(word, [place]);
    else if (known.length < MOST_PLACES) known.push(place);
  }
  return places;
}

function* textsOf({ actor, action, type, resource, id, before, after, context }: AuditEvent): Generator<string> {
  yield* [actor.name, actor.email, actor.id, action, type, resource.kind, resource.name, resource.id, id];
  yield* textsIn(before);
  yield* textsIn(after);
  yield* textsIn(context);
}

function* textsIn(value: Json | undefined): Generator<string> {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) for (const item of value) yield* textsIn(item);
  else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      yield key;
      yield* textsIn(item);
    }
  } else yield String(value);
}
