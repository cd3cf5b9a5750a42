import type { KeyObject } from 'node:crypto';
import { UserError } from '../errors.ts';
import { chainHash, detailsHash, NO_HASH, rowHash, type SealedRow } from './chain.ts';
import { type Checkpoint, isSignedBy, readCheckpoint, readStart, type TrailStart, tokenHash } from './checkpoint.ts';

/** One line of a trail with its proof, in the order of the chain; a checkpoint stands after the row it covers. */
export type ProofLine =
  | { start: string }
  | SealedLine
  | { checkpoint: string }
  /** An event that no seal covers, by its seq; after all that are sealed. */
  | { unsealed: number };

export interface SealedLine {
  n: number;
  hash: string;
  /** Null where the event is gone. */
  row: SealedRow | null;
  /** Hex; null when the details were erased. */
  salt: string | null;
  details: string | null;
}

/** What was found. `tampered` names the first row that does not fit; `unproven` fits, but nobody signed for its end. */
export interface Verdict {
  state: 'proven' | 'unproven' | 'tampered';
  /** A sentence each: what is wrong, or what is missing for a proof. */
  because: string[];
  /** Where the first fault is. */
  fault?: { n: number; seq?: number };
  rows: { first: number; last: number } | null;
  checkpoints: number;
  /** The greatest row that a checkpoint from outside agrees with; 0 without one. */
  anchoredTo: number;
  /** Rows whose details were erased by law, and recorded as such. */
  erased: number;
  /** The last rows, that no checkpoint covers yet, and events that are not sealed yet. */
  unsigned: number;
  unsealed: number;
}

/** The action by which an erasure stands in the trail; the resource's id is the seq of the event whose details are gone. */
export const ERASED = 'audit.erased';

export interface VerifyWith {
  keys: readonly KeyObject[];
  /** Checkpoints kept elsewhere. */
  anchors: readonly string[];
  /** Told now and then. */
  progress?(rows: number): void;
}

class Fault extends Error {
  readonly at: { n: number; seq?: number };
  constructor(message: string, at: { n: number; seq?: number }) {
    super(message);
    this.at = at;
  }
}

/** Reads the lines once, in constant memory, and stops at the first fault. Throws a sentence for an anchor that is none. */
export async function verifyTrail(lines: AsyncIterable<readonly ProofLine[]>, wish: VerifyWith): Promise<Verdict> {
  const reader = new TrailReader(wish);
  try {
    for await (const page of lines) {
      for (const line of page) reader.read(line);
      wish.progress?.(reader.n);
    }
    return reader.end();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...reader.facts(), state: 'tampered', because: [error.message], fault: error.at };
  }
}

const NO_ANCHOR = 'This is no checkpoint that was signed with this key. Copy it whole, from pw1 on, and check the key.';

/** A row is expected next to the one before, wherever the lines come from. */
class TrailReader {
  readonly #wish: VerifyWith;
  readonly #anchors: Map<number, Checkpoint>;
  #start: TrailStart | undefined;
  #kept = new Map<number, string>();
  #hash = NO_HASH;
  #first: number | undefined;
  #seq = 0;
  #checkpoint = { number: 0, hash: '', n: 0 };
  #checkpoints = 0;
  #anchoredTo = 0;
  /** Rows without details whose erasure has not been read yet: by seq, the row's place. */
  readonly #erased = new Map<number, number>();
  #erasures = 0;
  #unsealed = 0;
  n = 0;

  constructor(wish: VerifyWith) {
    this.#wish = wish;
    this.#anchors = new Map(
      wish.anchors.map((token) => {
        const anchor = readCheckpoint(token);
        if (!anchor || !this.#isSigned(token)) {
          throw new UserError('bad_argument', NO_ANCHOR);
        }
        return [anchor.n, anchor];
      }),
    );
  }

  /** Without a key only the chain itself is checked. */
  #isSigned(token: string): boolean {
    return this.#wish.keys.length === 0 || isSignedBy(this.#wish.keys, token);
  }

  read(line: ProofLine): void {
    if ('start' in line) this.#readStart(line.start);
    else if ('checkpoint' in line) this.#readCheckpoint(line.checkpoint);
    else if ('unsealed' in line) this.#readUnsealed(line.unsealed);
    else if (this.#kept.has(line.n)) this.#readKept(line);
    else this.#readRow(line);
  }

  #readStart(token: string): void {
    const start = readStart(token);
    if (this.n > 0 || this.#first !== undefined || !start || !this.#isSigned(token)) {
      throw new Fault('Where the trail begins is not signed with this key.', { n: 0 });
    }
    this.#start = start;
    this.#kept = new Map(start.kept);
    this.#hash = start.hash;
    this.#checkpoint = { ...start.checkpoint, n: start.n };
    this.n = start.n;
  }

  #readKept({ n, row, salt, details }: SealedLine): void {
    if (!row || rowHash(row) !== this.#kept.get(n)) {
      throw new Fault(`Row ${n} is not what it was when older ones were dropped.`, { n, ...seqOf(row) });
    }
    this.#kept.delete(n);
    this.#readDetails(n, row, salt, details);
  }

  #readRow({ n, hash, row, salt, details }: SealedLine): void {
    if (n !== this.n + 1) {
      const missing = n > this.n + 1;
      throw new Fault(
        missing
          ? `${rowsText(this.n + 1, n - 1)} ${n - this.n > 2 ? 'are' : 'is'} missing.`
          : `Row ${n} stands twice, or in the wrong place.`,
        { n: missing ? this.n + 1 : n, ...(missing ? {} : seqOf(row)) },
      );
    }
    if (!row) throw new Fault(`The event of row ${n} was removed.`, { n });
    if (row.seq <= this.#seq) throw new Fault(`Row ${n} stands in the wrong place.`, { n, seq: row.seq });
    if (chainHash(this.#hash, n, row) !== hash) {
      throw new Fault(`Row ${n} (change ${row.seq}) was changed, or a row before it.`, { n, seq: row.seq });
    }
    this.#readDetails(n, row, salt, details);
    this.#first ??= n;
    this.n = n;
    this.#seq = row.seq;
    this.#hash = hash;
    this.#compareAnchor();
  }

  #compareAnchor(): void {
    const anchor = this.#anchors.get(this.n);
    if (!anchor) return;
    if (anchor.hash !== this.#hash) {
      throw new Fault(`Up to row ${this.n} the trail is not the one that the anchor was signed for.`, {
        n: this.n,
        seq: this.#seq,
      });
    }
    this.#anchoredTo = this.n;
  }

  #readDetails(n: number, row: SealedRow, salt: string | null, details: string | null): void {
    if (row.action === ERASED && row.provider === 'pipewarden' && this.#erased.delete(Number(row.resource.id))) this.#erasures++;
    if (salt === null || details === null) this.#erased.set(row.seq, n);
    else if (detailsHash(Buffer.from(salt, 'hex'), details) !== row.detailsHash) {
      throw new Fault(`The details of row ${n} (change ${row.seq}) were changed.`, { n, seq: row.seq });
    }
  }

  #readCheckpoint(token: string): void {
    const checkpoint = readCheckpoint(token);
    const next = this.#checkpoint.number + 1;
    if (!checkpoint || !this.#isSigned(token)) {
      throw new Fault(`Checkpoint ${next} is not signed with this key.`, { n: this.#checkpoint.n + 1 });
    }
    const follows = checkpoint.number === next && checkpoint.before === this.#checkpoint.hash;
    if (!follows) throw new Fault(`Checkpoint ${next} is missing, or stands in the wrong place.`, { n: this.#checkpoint.n + 1 });
    if (checkpoint.n > this.n)
      throw new Fault(`${rowsText(this.n + 1, checkpoint.n)} were signed for and are missing.`, { n: this.n + 1 });
    if (checkpoint.n !== this.n || checkpoint.hash !== this.#hash) {
      throw new Fault(`Up to row ${checkpoint.n} the trail is not the one that was signed for.`, { n: this.#checkpoint.n + 1 });
    }
    this.#checkpoint = { number: next, hash: tokenHash(token), n: checkpoint.n };
    this.#checkpoints++;
  }

  #readUnsealed(seq: number): void {
    if (seq < this.#seq) throw new Fault(`Change ${seq} was put in later: it has no place in the chain.`, { n: 0, seq });
    this.#unsealed++;
  }

  end(): Verdict {
    const [lost] = [...this.#anchors.keys()].filter((n) => n > this.n).sort((a, b) => a - b);
    if (lost !== undefined)
      throw new Fault(`The anchor was signed for ${lost} rows, and the trail ends at row ${this.n}.`, { n: this.n + 1 });
    const [kept] = this.#kept.keys();
    if (kept !== undefined) throw new Fault(`Row ${kept} is missing.`, { n: kept });
    const [unrecorded] = this.#erased;
    if (unrecorded && this.#unsealed === 0) {
      const [seq, n] = unrecorded;
      throw new Fault(`The details of row ${n} (change ${seq}) are gone, and no erasure is recorded.`, { n, seq });
    }
    const facts = this.facts();
    const because = [
      // The record may be among what is not sealed yet.
      ...(unrecorded
        ? [
            `The details of row ${unrecorded[1]} (change ${unrecorded[0]}) are gone, and no sealed event says so yet. Verify again in a minute.`,
          ]
        : []),
      ...(this.#anchoredTo > 0 || this.n === (this.#start?.n ?? 0)
        ? []
        : ['No checkpoint from outside was given: that the newest rows were cut off could not be seen.']),
      ...(this.#wish.keys.length === 0 ? ['No key was given.'] : []),
    ];
    return { ...facts, state: because.length === 0 ? 'proven' : 'unproven', because };
  }

  facts(): Omit<Verdict, 'state' | 'because'> {
    return {
      rows: this.#first === undefined ? null : { first: this.#first, last: this.n },
      checkpoints: this.#checkpoints,
      anchoredTo: this.#anchoredTo,
      erased: this.#erasures,
      unsigned: this.n - this.#checkpoint.n,
      unsealed: this.#unsealed,
    };
  }
}

const seqOf = (row: SealedRow | null): { seq?: number } => (row ? { seq: row.seq } : {});
const rowsText = (first: number, last: number): string => (first === last ? `Row ${first}` : `Rows ${first} to ${last}`);
