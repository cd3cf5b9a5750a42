import type { SealedRow } from '../audit/chain.ts';
import type { SealedLine } from '../audit/verify.ts';

/** The seals of the audit trail: what its chain is kept in, and what a proof is read from. */
export interface SealStore {
  /** One sealer at a time; held until the transaction ends. */
  lock(): Promise<void>;
  /** Where the chain ends; where it begins while it holds nothing. */
  end(): Promise<ChainEnd>;
  /** Events after this seq that have no seal yet, oldest first, up to the settled one. */
  toSeal(after: number, settled: number, limit: number): Promise<SealedRow[]>;
  add(seals: readonly NewSeal[]): Promise<void>;

  /** The newest, or the newest that covers nothing after a row. */
  lastCheckpoint(upTo?: number): Promise<{ number: number; n: number; at: Date; token: string } | undefined>;
  addCheckpoint(checkpoint: { number: number; n: number; at: Date; token: string }): Promise<void>;
  /** When one was posted last; undefined before the first. */
  lastPosted(): Promise<Date | undefined>;
  markPosted(number: number): Promise<void>;

  /** Signed: where the trail begins since its oldest part was dropped. */
  start(): Promise<string | undefined>;
  /** Rows of the chain after this place, in its order. */
  rows(after: number, limit: number): Promise<SealedLine[]>;
  checkpoints(after: number, limit: number): Promise<{ number: number; n: number; token: string }[]>;
  /** Events without a seal after this seq: their seqs in order. */
  unsealed(after: number, limit: number): Promise<number[]>;

  /** What would be dropped of months that arrived before `before`; undefined for nothing, or while some of it is not sealed. */
  expiring(before: Date): Promise<Expiring | undefined>;
  /** Drops those months, and keeps the signed start. */
  drop(before: Date, start: { n: number; token: string }): Promise<void>;
  /** Removes details for good. Returns the seqs of those that had some. */
  erase(seqs: readonly number[]): Promise<number[]>;
}

export interface ChainEnd {
  n: number;
  seq: number;
  /** Hex. */
  hash: string;
}

export interface NewSeal extends ChainEnd {
  /** That of its event. */
  arrived: string;
}

export interface Expiring {
  /** The last row that goes, and the chain's hash there. */
  n: number;
  hash: string;
  /** Rows up to `n` that stay: they came at the turn of a month. */
  kept: { n: number; row: SealedRow }[];
  /** Rows that go. */
  rows: number;
}
