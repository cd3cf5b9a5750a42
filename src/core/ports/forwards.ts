/** How far each forward has come, and what it still has to deliver. */
export interface ForwardStore {
  /** Begins those that are new here behind this event; the others stay where they are. */
  begin(names: readonly string[], seq: number): Promise<void>;
  state(name: string): Promise<ForwardState | undefined>;
  /** Everything up to `to` was taken. Nothing happens unless it stood at `from`. */
  advance(name: string, from: number, to: number): Promise<void>;
  /** How it gets on with its receiver. */
  mark(name: string, health: ForwardHealth): Promise<void>;
  /** Those due by then, soonest first. */
  due(name: string, now: Date, limit: number): Promise<Delivery[]>;
  /** When the next one falls due; undefined when none waits. */
  nextDue(name: string): Promise<Date | undefined>;
  /** Notes deliveries that failed, by (forward, seq). */
  save(name: string, deliveries: readonly Delivery[]): Promise<void>;
  remove(name: string, seqs: readonly number[]): Promise<void>;
  /** Makes due now what waits for its next try. */
  hasten(name: string, now: Date): Promise<void>;
  /** Makes dead ones due again, their day beginning anew; those whose event is gone are removed. How many of each. */
  revive(name: string, now: Date): Promise<{ due: number; gone: number }>;
  /** Whether the owners were told of dead ones; forgotten when there are none any more. */
  setTold(name: string, told: boolean): Promise<void>;
  /** By name; those that have not begun are missing. */
  overview(names: readonly string[]): Promise<ForwardOverview[]>;
}

export interface ForwardHealth {
  /** In a row, up to now. */
  failures: number;
  /** Until then nothing is sent. */
  pausedUntil: Date | null;
  /** When something was delivered last. */
  deliveredAt: Date | null;
}

export interface ForwardState extends ForwardHealth {
  /** Events up to this one were taken. */
  seq: number;
  told: boolean;
}

/** An event that could not be delivered yet (`due`), or will not be by itself (`dead`). */
export interface Delivery {
  seq: number;
  state: 'due' | 'dead';
  attempts: number;
  firstTried: Date;
  /** Of the last try. */
  tried: Date;
  dueAt: Date;
  /** Why the last try failed, as a sentence. */
  error: string;
}

export interface ForwardOverview extends ForwardState {
  name: string;
  /** Failed, and tried again by themselves. */
  waiting: number;
  dead: number;
  /** Events that nobody has looked at yet; counted up to 1,000. */
  behind: number;
  /** Since when the oldest of them is not delivered. */
  since: Date | null;
  /** Of the last try that failed. */
  error: string | null;
}
