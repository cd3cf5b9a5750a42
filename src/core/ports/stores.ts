import type { Cell } from '../delivery/overview.ts';
import type { Count, Gauge, Pipeline, Provider, Resource, Sample, Series, Sync } from '../delivery/series.ts';
import type { Step } from '../delivery/steps.ts';
import type { Window } from '../delivery/time.ts';
import type { Message } from '../messages/message.ts';
import type { Place } from '../messages/place.ts';
import type { AuditStore } from './audit.ts';
import type { AuditWatchStore } from './audit-watches.ts';
import type { HourRun } from './connector.ts';
import type { ForwardStore } from './forwards.ts';
import type { Claim, Owed, OwedKind } from './jobs.ts';
import type { PeopleStore } from './people.ts';
import type { SealStore } from './seals.ts';

/** The database as the flows see it. Whatever a flow writes in one call of `transaction` is stored together or not at all. */
export interface Database {
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** One snapshot for several reads; writing in it fails. */
  read<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
}

export interface Stores {
  delivery: DeliveryStore;
  resources: ResourceStore;
  owed: OwedStore;
  chat: ChatStore;
  people: PeopleStore;
  audit: AuditStore;
  seals: SealStore;
  forwards: ForwardStore;
  watches: AuditWatchStore;
}

export interface SeriesState extends Series {
  id: number;
  provider: Provider;
  /** Hours before this were written directly by a back-fill: there are no minutes, and later rows are refused. */
  closedUntil: Date | null;
  /** Start of the newest minute with a count. */
  newest: Date | null;
}

export interface DeliveryStore {
  /** Claims a batch id for this body. `new`: go on; `same`: already stored; `other`: taken by another body. */
  claimBatch(batch: {
    workspace: string;
    sender: string;
    id: string;
    bodyHash: string;
    at: Date;
  }): Promise<'new' | 'same' | 'other'>;
  /** The state of these series, created where they are new. In the order asked for. */
  seriesFor(series: readonly Series[], provider: Provider): Promise<SeriesState[]>;
  /** Adds to the minutes, advances `newest`, and owes the roll-up of every hour touched. Keys may repeat. */
  addCounts(counts: readonly Count[], provider: Provider, now: Date): Promise<void>;
  putGauges(gauges: readonly Gauge[], provider: Provider): Promise<void>;
  /** By (series, id): the last report of a run counts. */
  putSyncs(syncs: readonly Sync[], provider: Provider): Promise<void>;
  /** At most ten of a reason an hour are kept. Masked before they come here. */
  putSamples(samples: readonly Sample[], provider: Provider): Promise<void>;
  /**
   * Writes whole hours, which nothing was written to before, and their days directly, and closes everything before `closedUntil` to
   * later rows. Runs of one kind of event are added up.
   */
  backfill(runs: readonly HourRun[], provider: Provider, closedUntil: Date, now: Date): Promise<void>;
  /** Recomputes the hours from their minutes, and owes the roll-up of their days. */
  rollUp(hours: readonly { series: number; hour: Date }[], now: Date): Promise<void>;
  /** Recomputes the days from their hours. */
  rollUpDays(days: readonly { series: number; day: Date }[]): Promise<void>;
  /** Drops minutes, hours, samples and what else is past its time, and makes room for the days to come. */
  retain(now: Date): Promise<void>;
  /** Up to when a connector's counts were collected; undefined before the first time. */
  collectedUntil(connector: string): Promise<Date | undefined>;
  setCollectedUntil(connector: string, until: Date): Promise<void>;

  /** All series, or those of one workspace. */
  allSeries(workspace?: string): Promise<SeriesState[]>;
  /** Series of one pipeline: its own, and its source's without destination. */
  pipelineSeries(pipeline: Pipeline): Promise<SeriesState[]>;
  /** Sums by series, step and reason, exact to the minute. Rows from `provisionalFrom` on are marked. */
  cells(query: CellQuery): Promise<(Cell & { series: number })[]>;
  /** Like `cells`, by event names instead: sums over these series of one step, perhaps of some reasons only. */
  breakdown(query: BreakdownQuery): Promise<BreakdownCell[]>;
  /** Sums of one step in equal buckets of the two windows; buckets without events are missing. */
  timeline(query: TimelineQuery): Promise<TimelineCell[]>;
  /** Runs that began in the window, newest first. */
  syncs(series: readonly number[], window: Window): Promise<Sync[]>;
  /** Newest first. */
  samples(series: readonly number[], step: Step, window: Window, limit: number): Promise<Sample[]>;
  /** Sum over the series of the last value before `at`; null when none ever reported. */
  gauge(series: readonly number[], metric: string, at: Date): Promise<number | null>;
}

export interface CellQuery {
  series: readonly number[];
  now: Window;
  before: Window;
  /** From when on these series have minute rows. */
  minutesFrom: Date;
  provisionalFrom: Date;
}

/** The parts of a count that tell events of one step apart. */
export type BreakdownKey = 'eventName' | 'eventType' | 'appVersion' | 'reason';

export interface BreakdownQuery extends CellQuery {
  step: Step;
  by: readonly BreakdownKey[];
  /** As stored; all when absent. */
  reasons?: readonly string[];
}

export interface BreakdownCell {
  part: 'now' | 'before';
  keys: Partial<Record<BreakdownKey, string>>;
  count: number;
}

export interface TimelineQuery extends CellQuery {
  step: Step;
  /** As stored; all when absent. */
  reasons?: readonly string[];
  /** Length of a bucket in ms. */
  bucket: number;
  /** Where the first bucket of each window begins: at the window's start, or a little before it. */
  origins: { now: Date; before: Date };
}

export interface TimelineCell {
  part: 'now' | 'before';
  /** Position in its window. */
  bucket: number;
  count: number;
}

export interface ResourceStore {
  put(resources: readonly Resource[]): Promise<void>;
  all(workspace?: string): Promise<Resource[]>;
  one(key: Pick<Resource, 'workspace' | 'kind' | 'id'>): Promise<Resource | undefined>;
}

export interface OwedStore {
  /** Owes the work; if it is owed already, once more in the same row, at the earlier of the two times. */
  owe(rows: readonly Owed[]): Promise<void>;
  /** Claims due rows of the kind that nobody holds, soonest first, and holds them until `leaseUntil`. */
  claim(query: { kind: OwedKind; now: Date; leaseUntil: Date; limit: number }): Promise<Claim[]>;
  /** Removes rows that are done, or makes them due again at `again`. A row owed meanwhile, or claimed by someone else, stays. */
  settle(claims: readonly Claim[], again?: Date): Promise<void>;
  /** Gives a claimed row back, due at `dueAt`. */
  giveBack(claim: Claim, dueAt: Date): Promise<void>;
  /** What is due by kind, and since when. */
  backlog(now: Date): Promise<{ kind: OwedKind; rows: number; waitedSeconds: number }[]>;
  /** When the next row falls due or its lease ends. */
  nextDue(): Promise<Date | undefined>;
}

/** State behind the buttons of one card. */
export interface View {
  id: string;
  command: string;
  verb: string;
  args: Record<string, string>;
  /** Values that a select's short choices stand for. */
  choices: string[];
  place: Place;
  expiresAt: Date;
}

/** One live message in one channel. `revision` counts edits, `shownRevision` what the platform has. */
export interface Post {
  id: number;
  subject: string;
  place: Place;
  message: Message;
  revision: number;
  shownRevision: number;
  externalId: string | null;
  /** When its newest revision was asked for. */
  queuedAt: Date;
  /** When sending it was tried first without a known outcome. */
  sendingSince: Date | null;
}

/** A channel as we know it; `address` names no person. */
export interface Channel {
  address: string;
  team: string;
  /** The one workspace it is about; null for all. */
  workspace: string | null;
  /** Why we cannot post there, as a sentence; null while we can. */
  closed: string | null;
}

export interface ChatStore {
  saveView(view: View): Promise<void>;
  view(id: string, now: Date): Promise<View | undefined>;
  /** Creates the post of this subject in this place, or gives it a new revision and the newest permission to answer. */
  putPost(post: { subject: string; place: Place; message: Message; at: Date }): Promise<void>;
  /** Posts of an address whose newest revision is not shown yet, in order. */
  unshown(address: string, limit: number): Promise<Post[]>;
  markShown(post: Pick<Post, 'id' | 'revision'>, externalId: string): Promise<void>;
  /** Notes that sending begins now, or (null) that the platform certainly has not taken it. */
  markSending(post: Pick<Post, 'id'>, since: Date | null): Promise<void>;
  /** Shows it elsewhere from now on, as a new message. */
  movePost(post: Pick<Post, 'id'>, place: Place): Promise<void>;

  /** Somebody is at this work, which shows how far it is in this place, and says so again before `until`. */
  keepWork(work: { id: string; place: Place; until: Date }): Promise<void>;
  endWork(id: string): Promise<void>;
  /** Ends work that nobody is at any more; its place, to one caller alone. */
  takeLostWork(id: string, now: Date): Promise<Place | undefined>;
  workUntil(id: string): Promise<Date | undefined>;

  channel(address: string): Promise<Channel | undefined>;
  /** All that are known, by address. */
  channels(): Promise<Channel[]>;
  /** Makes the channel one about this workspace, or about all of them. */
  bindChannel(channel: { address: string; team: string; workspace: string | null }): Promise<void>;
  /** We were invited: opens the channel where it was closed. True for the first invitation, which is greeted. */
  openChannel(channel: { address: string; team: string }): Promise<boolean>;
  /** Opens again what was closed with its whole team, not what was closed by itself. Returns those channels. */
  openTeam(team: { platform: string; team: string }): Promise<string[]>;
  /** Closes one channel, or all that are known of the team. Returns those that were open. */
  closeChannels(gone: { platform: string; team: string; address?: string; why: string }): Promise<string[]>;
}
