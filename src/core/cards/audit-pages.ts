import type { StoredEvent } from '../audit/event.ts';
import type { Args } from '../commands/command.ts';
import type { AuditPage } from '../ports/audit.ts';

/**
 * The way from the newest page to this one, in the arguments of the card: where each page on it began, and after how many rows. Not
 * all pages before it need have been full: a search may end early.
 */
type Before = NonNullable<AuditPage['before']>;

export interface PagePlace extends Before {
  /** Rows on the pages before it. */
  rows: number;
}

/** A way longer than this is no reading any more, but a search to be narrowed. */
export const MOST_PAGES = 200;

export const placeAfter = ({ at, seq }: Pick<StoredEvent, 'at' | 'seq'>, rows: number): string =>
  `${at.toISOString()}~${seq}~${rows}`;

/** Undefined for anything that `placeAfter` cannot have made. */
export function placeOf(text: string): PagePlace | undefined {
  const [, time = '', seq, rows] = /^([^~]+)~(\d{1,16})~(\d{1,5})$/.exec(text) ?? [];
  const at = new Date(time);
  return Number.isNaN(Number(at)) || at.toISOString() !== time ? undefined : { at, seq: Number(seq), rows: Number(rows) };
}

const wayOf = ({ way = '' }: Args): string[] => way.split(' ').filter((place) => placeOf(place) !== undefined);

/** From 0, the newest. */
export const pageOf = (args: Args): number => wayOf(args).length;
/** Where it begins; undefined for the newest. */
export const beginningOf = (args: Args): PagePlace | undefined => placeOf(wayOf(args).at(-1) ?? '');

export const older = (args: Args, place: string): Args => withWay(args, [...wayOf(args), place].slice(0, MOST_PAGES));
export const newer = (args: Args): Args => withWay(args, wayOf(args).slice(0, -1));

function withWay({ way: _way, ...args }: Args, way: readonly string[]): Args {
  return way.length === 0 ? args : { ...args, way: way.join(' ') };
}
