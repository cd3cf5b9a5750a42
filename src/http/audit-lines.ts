import { csvHead, csvLine } from '../core/audit/csv.ts';
import type { StoredEvent } from '../core/audit/event.ts';
import { eventJson } from '../core/audit/event-json.ts';
import type { ProofLine } from '../core/audit/verify.ts';

export async function* asCsv(pages: AsyncIterable<StoredEvent[]>): AsyncIterable<string> {
  yield csvHead;
  for await (const events of pages) yield events.map(csvLine).join('');
}

export async function* asLines(pages: AsyncIterable<StoredEvent[]>): AsyncIterable<string> {
  for await (const events of pages) yield events.map((event) => `${JSON.stringify(eventJson(event))}\n`).join('');
}

/** Each line as `pipewarden verify` reads it. */
export async function* asProof(pages: AsyncIterable<readonly ProofLine[]>): AsyncIterable<string> {
  for await (const lines of pages) yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
