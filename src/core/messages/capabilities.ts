/** What an adapter can show, as values. Cards ask these, never the platform's name, and say what they left out. */
export interface Capabilities {
  tableRows: number;
  selectOptions: number;
  /** What one person alone was answered to a command cannot be changed: what comes later stands below it. */
  answersStay?: boolean;
}

/** How an adapter wants to be sent to. */
export interface Pace {
  /** For how long (ms) the platform takes the same key for the same message. After that a repeat is marked as one. */
  oncePerKey: number;
  /** Shortest time (ms) between two public posts into one channel. */
  postEvery: number;
}

/** The first `limit` items and how many are left: nothing is cut silently. */
export function firstOf<T>(items: readonly T[], limit: number): { shown: T[]; left: number } {
  return { shown: items.slice(0, limit), left: Math.max(0, items.length - limit) };
}
