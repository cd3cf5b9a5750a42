import type { AuditEvent, StoredEvent } from '../audit/event.ts';
import type { AuditQuery } from '../audit/query.ts';

export interface AuditStore {
  /**
   * Adds events and owes what follows (sealing, watches, forwards). `conflict`: the id is taken by another event, which stays;
   * nothing of the call should then be kept. Events may repeat; a repeat is `same`.
   */
  add(events: readonly AuditEvent[], arrived: Date): Promise<{ outcome: 'new' | 'same' | 'conflict'; seq: number }[]>;
  /** Newest first. A page begins after `before` (exclusive), by time and seq. `sameAs` rows are left out: the earlier one shows. */
  search(query: AuditQuery & { workspace?: string }, page: AuditPage): Promise<StoredEvent[]>;
  event(seq: number): Promise<StoredEvent | undefined>;
  /** In order of arrival, for forwards and watches: those with a greater seq, oldest first, that can be followed without a gap. */
  after(seq: number, limit: number): Promise<StoredEvent[]>;
  /** The greatest seq up to which `after` is complete; 0 for none. */
  settledSeq(): Promise<number>;
}

export interface AuditPage {
  limit: number;
  before?: { at: Date; seq: number };
}
