import type { StoredEvent } from './event.ts';

/** A spreadsheet takes a cell that begins with one of these (or its full-width twin) for a formula, or runs on past them. */
const risky = /^[=+\-@\t\r\n\0＝＋－＠|%]/;
/** What we put before such a cell, and before one that begins with this itself: so taking one off gives back what was there. */
const GUARD = "'";

/** One cell by RFC 4180 that no spreadsheet runs. */
export function csvCell(text: string): string {
  const inert = risky.test(text) || text.startsWith(GUARD) ? `${GUARD}${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** What a cell, read as RFC 4180 says, stood for. */
export const fromCsvCell = (cell: string): string => (cell.startsWith(GUARD) ? cell.slice(GUARD.length) : cell);

const columns: Record<string, (event: StoredEvent) => string> = {
  seq: ({ seq }) => String(seq),
  id: ({ id }) => id,
  at: ({ at }) => at.toISOString(),
  arrived: ({ arrived }) => arrived.toISOString(),
  workspace: ({ workspace }) => workspace,
  provider: ({ provider }) => provider,
  via: ({ via }) => via,
  action: ({ action }) => action,
  type: ({ type }) => type,
  actor_id: ({ actor }) => actor.id,
  actor_type: ({ actor }) => actor.type,
  actor_name: ({ actor }) => actor.name,
  actor_email: ({ actor }) => actor.email,
  resource_kind: ({ resource }) => resource.kind,
  resource_id: ({ resource }) => resource.id,
  resource_name: ({ resource }) => resource.name,
  before: ({ before }) => jsonOf(before),
  after: ({ after }) => jsonOf(after),
  context: ({ context }) => jsonOf(context),
};

/** Empty for what was not said; `null` that was said is the word. */
const jsonOf = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));

const line = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

export const csvHead = line(Object.keys(columns));
export const csvLine = (event: StoredEvent): string => line(Object.values(columns).map((cell) => cell(event)));
