import { csvHead, csvLine } from '../core/audit/csv.ts';
import type { StoredEvent } from '../core/audit/event.ts';
import type { ProofLine } from '../core/audit/verify.ts';

/** An event as the API shows it. What a provider did not say is null. */
export const eventJson = (event: StoredEvent) => ({
  id: event.id,
  at: event.at,
  actor: event.actor,
  action: event.action,
  type: event.type,
  resource: event.resource,
  before: event.before ?? null,
  after: event.after ?? null,
  context: event.context ?? null,
  workspace: event.workspace,
  provider: event.provider,
  via: event.via,
  seq: event.seq,
});

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
