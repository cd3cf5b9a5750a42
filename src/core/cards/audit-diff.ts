import type { Json } from '../audit/event.ts';

/**
 * One difference. `at` is given for a stretch of a list: from there on `removed` gave way to `added`. Undefined stands for what is
 * not there.
 */
export type Change =
  | { path: Path; before: Json | undefined; after: Json | undefined }
  | { path: Path; at: number; removed: Json[]; added: Json[] };
type Path = (string | number)[];

/** Changed paths only. Applied to `before` in order they give `after`. */
export function diff(before: Json | undefined, after: Json | undefined, path: Path = []): Change[] {
  if (isSame(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diff(own(before, key), own(after, key), [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length
      ? before.flatMap((item, at) => diff(item, after[at], [...path, at]))
      : [stretch(before, after, path)];
  }
  return [{ path, before, after }];
}

/** What lists have in common at their ends is left out. */
function stretch(before: Json[], after: Json[], path: Path): Change {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && isSame(before[at], after[at])) at++;
  let end = 0;
  while (end < shorter - at && isSame(before[before.length - 1 - end], after[after.length - 1 - end])) end++;
  return { path, at, removed: before.slice(at, before.length - end), added: after.slice(at, after.length - end) };
}

type JsonRecord = { [key: string]: Json };
const isRecord = (value: Json | undefined): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (record: JsonRecord, key: string): Json | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** Longest value and longest name that a line shows. */
const VALUE = 160;
const KEY = 60;

/** `- settings.enabled: true` and `+ settings.enabled: false`; one group of lines a change. */
export function linesOf(changes: readonly Change[]): string[][] {
  return changes.map((change) => {
    const line = (mark: string, path: Path, value: Json | undefined): string[] =>
      value === undefined ? [] : [`${mark} ${named(path)}${written(value)}`];
    if (!('at' in change)) return [...line('-', change.path, change.before), ...line('+', change.path, change.after)];
    const items = (mark: string, values: readonly Json[]): string[] =>
      values.flatMap((value, i) => line(mark, [...change.path, change.at + i], value));
    return [...items('-', change.removed), ...items('+', change.added)];
  });
}

/** All that is in a value, one line a leaf. */
export const leavesOf = (value: Json): string[] => leaves(value, []).map(([path, leaf]) => `${named(path)}${written(leaf)}`);

function leaves(value: Json, path: Path): [Path, Json][] {
  if (isRecord(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  }
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) {
    return value.flatMap((item, at) => leaves(item, [...path, at]));
  }
  return [[path, value]];
}

function named(path: Path): string {
  const name = path
    .map((key, at) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return `[${quoted(key, KEY)}]`;
      const shown = key.length > KEY ? `${whole(key.slice(0, KEY))}…` : key;
      return at === 0 ? shown : `.${shown}`;
    })
    .join('');
  return name === '' ? '' : `${name}: `;
}

/** As JSON, whose marks keep a text on its line and within its quotes. */
const written = (value: Json): string => quoted(value, VALUE);

function quoted(value: Json, most: number): string {
  const text = JSON.stringify(value).replace(/[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g, unicode);
  if (text.length <= most) return text;
  const shown = whole(text.slice(0, most));
  return `${shown} … and ${text.length - shown.length} more characters`;
}

const unicode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const whole = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '');
