/** Time is an argument: production passes the system's, tests one that they move by hand. */
export interface Clock {
  now(): Date;
  /** Calls back once after `ms`; returns a function that cancels. */
  after(ms: number, call: () => void): () => void;
}
