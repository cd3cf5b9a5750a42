import type { StoredEvent } from '../audit/event.ts';
import type { Args } from '../commands/command.ts';
import type { AuditPage } from '../ports/audit.ts';

/** The way from the newest page to this one: where each page on it began, in the arguments of the card. */

type Before = NonNullable<AuditPage['before']>;

/** A way longer than this is no reading any more, but a search to be narrowed. */
export const MOST_PAGES = 200;

export const placeAfter = ({ at, seq }: Pick<StoredEvent, 'at' | 'seq'>): string => `${at.toISOString()}~${seq}`;

/** Undefined for anything that `placeAfter` cannot have made. */
export function placeOf(text: string): Before | undefined {
  const [, time = '', seq = ''] = /^([^~]+)~(\d{1,16})$/.exec(text) ?? [];
  const at = new Date(time);
  return Number.isNaN(Number(at)) || at.toISOString() !== time ? undefined : { at, seq: Number(seq) };
}

const wayOf = ({ way = '' }: Args): string[] => way.split(' ').filter((place) => placeOf(place) !== undefined);

/** From 0, the newest. */
export const pageOf = (args: Args): number => wayOf(args).length;
export const beforeOf = (args: Args): Before | undefined => placeOf(wayOf(args).at(-1) ?? '');

export const older = (args: Args, place: string): Args => withWay(args, [...wayOf(args), place].slice(0, MOST_PAGES));
export const newer = (args: Args): Args => withWay(args, wayOf(args).slice(0, -1));

function withWay({ way: _way, ...args }: Args, way: readonly string[]): Args {
  return way.length === 0 ? args : { ...args, way: way.join(' ') };
}
