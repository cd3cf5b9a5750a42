import type { SavedSearch } from '../audit/saved-search.ts';
import type { Batch } from '../audit/watch-batch.ts';
import type { Place } from '../messages/place.ts';

/** A search whose future events are posted into a channel. */
export interface Watch {
  id: string;
  /** The channel. */
  place: Place;
  /** As typed. */
  query: string;
  /** Events with a greater seq are told. */
  after: number;
  /** Who began it. */
  by: string;
  account: string;
  at: Date;
}

/** Watches, what of them is being told, and searches that were saved. */
export interface AuditWatchStore {
  /** Whether anything is watched at all. */
  any(): Promise<boolean>;
  /** Oldest first; of one address where it is given. */
  all(address?: string): Promise<Watch[]>;
  watch(id: string): Promise<Watch | undefined>;
  /** Of searches that find the `same`, a channel has one watch. Returns the one there is; `isNew`: it is this one. */
  add(watch: Watch, same: string): Promise<{ watch: Watch; isNew: boolean }>;
  /** The one that was removed; undefined if somebody else did. */
  remove(id: string): Promise<Watch | undefined>;

  /** Up to which seq events were told. Held until the transaction ends: whoever tells or adds does it one after the other. */
  cursor(): Promise<number>;
  moveCursor(seq: number): Promise<void>;
  /** In order of their beginning, those to which something was added since; with `held`, those that wait for the channel. */
  batches(address: string, since: Date, held: boolean): Promise<Batch[]>;
  putBatches(address: string, batches: readonly Batch[]): Promise<void>;
  /** The channel is open again: what was held for it has been told. */
  endHeld(address: string): Promise<void>;

  /** By name. `scope`: the workspace whose people see them; empty where all are. */
  saved(scope: string): Promise<SavedSearch[]>;
  /** Returns what had the name before. */
  save(scope: string, search: SavedSearch): Promise<SavedSearch | undefined>;
  forget(scope: string, name: string): Promise<SavedSearch | undefined>;

  /** Forgets batches that are over. */
  retain(now: Date): Promise<void>;
}
