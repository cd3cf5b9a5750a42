/** A kind of owed work. The `owed` rows are the truth; whatever runs them only wakes up and claims. */
export type OwedKind = 'roll_up' | 'roll_up_day' | 'post' | 'collect' | 'seal' | 'retention' | 'forward' | 'watch' | 'long';

export interface Owed {
  kind: OwedKind;
  /** Owed once however often it is asked for, e.g. an hour of a series, a channel, a connector. */
  key: string;
  dueAt: Date;
}

/** A claimed row. The fence grows with every claim: only the last claimant may settle the row. */
export interface Claim {
  kind: OwedKind;
  key: string;
  attempts: number;
  fence: number;
}

/**
 * Does the claimed work. Work that returns is settled, or owed again at the time it returned (a tick); work that throws stays
 * owed, later each time.
 */
export interface JobHandler {
  /** How many rows one call may take. */
  batch: number;
  /** How many calls may run beside each other in one process; one when absent. */
  lanes?: number;
  run(claims: Claim[]): Promise<Date | undefined>;
}

export type JobHandlers = Record<OwedKind, JobHandler>;

export interface Jobs {
  start(): Promise<void>;
  /** Looks for due rows of this kind now instead of at the next sweep. Never throws, never waits. */
  wake(kind: OwedKind): void;
  /** Finishes what runs; nothing new is claimed. Safe to call twice. */
  stop(): Promise<void>;
}
