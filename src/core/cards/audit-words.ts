import type { AuditEvent } from '../audit/event.ts';
import type { AuditQuery } from '../audit/query.ts';
import { whenOf } from '../audit/when.ts';
import { DAY, HOUR, MINUTE } from '../delivery/time.ts';

/** Longest piece of somebody's words in a sentence of ours. */
const PIECE = 60;

/** Control characters, halves of one, and what turns the direction of our own words. */
const unruly = /[\p{Cc}\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;

/** One line of somebody's words, cut between characters. Empty for what shows nothing. */
export function short(text: string, most = PIECE): string {
  const line = text
    .slice(0, most * 4)
    .replace(unruly, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (!/[^\s\p{C}]/u.test(line)) return '';
  const characters = [...line];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
}

const firstWords = (...texts: string[]): string => texts.map((text) => short(text)).find((text) => text !== '') ?? '';

export const whoOf = ({ actor }: AuditEvent): string => firstWords(actor.name, actor.email, actor.id) || 'somebody';

export const thingOf = ({ resource }: AuditEvent): string =>
  firstWords(resource.name, resource.id, resource.kind) || 'something without a name';

/** "Amplitude (destination)". */
export function resourceOf(event: AuditEvent): string {
  const kind = short(event.resource.kind);
  const thing = thingOf(event);
  return kind === '' || kind === thing ? thing : `${thing} (${kind})`;
}

/** What was done, as a code: canonical where it is known, else the provider's own words. */
export const actionOf = ({ action, type }: AuditEvent): string =>
  (action.startsWith('other.') ? firstWords(type, action) : firstWords(action, type)) || 'unknown';

/** How it went, of what was done through Pipewarden; undefined where it was simply done. */
export function failedOutcome({ via, context }: AuditEvent): string | undefined {
  if (via !== 'pipewarden' || context === null || typeof context !== 'object' || Array.isArray(context)) return undefined;
  const { outcome } = context;
  return typeof outcome === 'string' && outcome !== 'done' ? firstWords(outcome) : undefined;
}

/** "Dana disabled Amplitude (destination.disabled)"; of what is no plain deed, "Dana: Violations Detected · Plan". */
export function sentenceOf(event: AuditEvent): string {
  const action = actionOf(event);
  const outcome = failedOutcome(event);
  const verb = action === event.action ? /(?:^|\.)([a-z]{3,20}ed)$/.exec(action)?.[1] : undefined;
  if (verb && !outcome) return `${whoOf(event)} ${verb} ${thingOf(event)} (${action})`;
  const words = firstWords(event.type) || action;
  const code = words.toLowerCase() === action || action === words ? '' : ` (${action})`;
  return `${whoOf(event)}: ${words} · ${thingOf(event)}${code}${outcome ? `, ${outcome}` : ''}`;
}

const format = (zone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });

/** "18 Nov", with its year where that is not this one. */
function day(at: Date, now: Date, zone: string): string {
  const sameYear = format(zone, { year: 'numeric' }).format(at) === format(zone, { year: 'numeric' }).format(now);
  return format(zone, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }).format(at);
}

const clock = format('UTC', { hour: '2-digit', minute: '2-digit' });

/** "18 Nov 10:05 UTC". */
export const stampOf = (at: Date, now: Date): string => `${day(at, now, 'UTC')} ${clock.format(at)} UTC`;

/** "3 minutes ago", or on which day where that is longer ago. */
export function agoOf(at: Date, now: Date): string {
  const passed = Number(now) - Number(at);
  // Clocks differ a little.
  if (passed < MINUTE) return passed > -HOUR ? 'just now' : `on ${stampOf(at, now)}`;
  if (passed < HOUR) return many(Math.floor(passed / MINUTE), 'minute');
  return passed < DAY ? many(Math.floor(passed / HOUR), 'hour') : `on ${stampOf(at, now)}`;
}

const many = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'} ago`;

/** When a search looks, at the end of a phrase: "today", "since 18 Nov", nothing for ever. */
export function spanOf({ since, until }: AuditQuery, now: Date, zone: string): string {
  for (const word of ['today', 'yesterday'] as const) {
    const named = whenOf(word, now, zone);
    if (named && 'from' in named && Number(named.from) === Number(since) && Number(named.to) === Number(until)) return ` ${word}`;
  }
  if (since && until) return ` from ${edge(since, now, zone)} to ${edge(until, now, zone)}`;
  if (since) return ` since ${edge(since, now, zone)}`;
  return until ? ` before ${edge(until, now, zone)}` : '';
}

/** A day where the hour does not matter. */
function edge(at: Date, now: Date, zone: string): string {
  const isMidnight = format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at) === '00:00:00';
  return isMidnight || Math.abs(Number(now) - Number(at)) > 2 * DAY ? day(at, now, zone) : stampOf(at, now);
}
