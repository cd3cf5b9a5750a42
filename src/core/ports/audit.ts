import type { AuditEvent, StoredEvent } from '../audit/event.ts';
import type { AuditQuery } from '../audit/query.ts';

export interface AuditStore {
  /**
   * Adds events, each once. `conflict`: the id is taken by another event, which stays; nothing of the call should then be kept.
   * Events may repeat within a call; a repeat is `same`, as it is of an earlier call.
   */
  add(events: readonly NewEvent[], arrived: Date): Promise<Added[]>;
  /**
   * Newest first, by time and seq, beginning below `before`. An event that came by another way too shows once, as it came first.
   * Never from another workspace than the one given.
   */
  search(query: AuditQuery & { workspace?: string }, page: AuditPage): Promise<StoredEvent[]>;
  /**
   * The same, but it ends early when it has looked for longer than `patience` (ms). `reached`: how far it came; nothing was looked at
   * below.
   */
  page(
    query: AuditQuery & { workspace?: string },
    page: AuditPage,
    patience: number,
  ): Promise<{ events: StoredEvent[]; reached?: NonNullable<AuditPage['before']> }>;
  event(seq: number): Promise<StoredEvent | undefined>;
  /** In order of arrival, for seals, forwards and watches: those with a greater seq, oldest first. Complete up to `settledSeq`. */
  after(seq: number, limit: number): Promise<StoredEvent[]>;
  /**
   * The greatest seq up to which nothing can still arrive; 0 for none. Waits for the writers of this moment: ask it first in a
   * transaction, and not in one that writes events.
   */
  settledSeq(): Promise<number>;
  /** Makes room for what will arrive in the next days. */
  makeRoom(now: Date): Promise<void>;
}

/** An event, and a hash of what makes it this event and no other: with the same id, another hash is another event. */
export interface NewEvent {
  event: AuditEvent;
  /** SHA-256 */
  hash: Buffer;
}

export interface Added {
  outcome: 'new' | 'same' | 'conflict';
  /** Of the event that holds the id. */
  seq: number;
}

export interface AuditPage {
  limit: number;
  before?: { at: Date; seq: number };
}
