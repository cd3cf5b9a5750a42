import type { AuditEvent } from '../audit/event.ts';
import type { Count, Gauge, Provider, Resource, Sample, Series, Sync } from '../delivery/series.ts';
import type { Step } from '../delivery/steps.ts';
import type { Window } from '../delivery/time.ts';

/** A source of facts about one monitored workspace. */
export interface Connector {
  provider: Provider;
  workspace: string;
  resources(): Resource[];
  /**
   * Minute counts and levels of whole minutes in the window, syncs that ended (or were skipped) and samples taken in it. The same window always
   * gives the same answer. Samples are raw: they are masked before they are stored.
   */
  delivery(window: Window): Promise<{ counts: Count[]; gauges: Gauge[]; syncs: Sync[]; samples: Sample[] }>;
  /** Hour counts of whole hours in the window, for the time before minutes are worth their cost. */
  history(window: Window): Promise<HourRun[]>;
  /** What was changed and done in the window, where it can tell. Raw, as samples are; ids stay the same however often it is asked. */
  audit?(window: Window): Promise<AuditEvent[]>;
}

/** Consecutive hours of one kind of event: one row a series, not one an hour, so that a back-fill stays small. */
export interface HourRun {
  series: Series;
  step: Step;
  eventType: string;
  eventName: string;
  appVersion: string;
  reason: string;
  /** The first hour, UTC; `counts[i]` is that of the i-th hour after it. */
  from: Date;
  counts: number[];
  retried: number[];
}
