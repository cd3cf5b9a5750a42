/** (workspace, source, destination): what a card shows. Ids, not display names. */
export interface Pipeline {
  workspace: string;
  source: string;
  destination: string;
}

/** What counts are stored by. An empty string means "none", so that the key is unique without nulls. */
export interface Series extends Pipeline {
  mapping: string;
  audience: string;
}

/** Where facts come from. A series has one provider. */
export type Provider = 'segment' | 'push' | 'demo';

/** Events for one minute of one series: a number that adds up. */
export interface Count {
  series: Series;
  /** Start of the minute, UTC. */
  minute: Date;
  step: import('./steps.ts').Step;
  eventType: string;
  eventName: string;
  appVersion: string;
  /** Discard reason code; empty where there is none. */
  reason: string;
  count: number;
  /** Of `count`, how many arrived only after a retry. */
  retried: number;
}

/** A level at a time: the last value counts, values of different times are never added. */
export interface Gauge {
  series: Series;
  at: Date;
  metric: string;
  value: number;
}

export const syncStatuses = ['success', 'partial', 'failed', 'skipped'] as const;
export type SyncStatus = (typeof syncStatuses)[number];

/** One warehouse run. A partial one counts in both sync steps; a skipped one in neither. */
export interface Sync {
  series: Series;
  id: string;
  start: Date;
  /** null while it runs, and for a skipped one. */
  end: Date | null;
  status: SyncStatus;
  /** null when not reported. */
  rows: number | null;
  reason: string;
  /** What went into each collection, where reported. */
  collections: { name: string; rows: number; failed: boolean }[];
}

/** One discarded event, masked before it is stored. */
export interface Sample {
  series: Series;
  at: Date;
  step: import('./steps.ts').Step;
  reason: string;
  eventName: string;
  /** JSON text, masked; empty when not sent. */
  request: string;
  response: string;
}

/** Something in the monitored workspace that has a name. `id` is the key, slug and name are for people. */
export interface Resource {
  workspace: string;
  kind: string;
  id: string;
  slug: string;
  name: string;
  parent: string;
  variant: string;
  url: string;
}

export const samePipeline = (a: Pipeline, b: Pipeline): boolean =>
  a.workspace === b.workspace && a.source === b.source && a.destination === b.destination;
