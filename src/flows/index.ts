import type { SavedSearch } from '../core/audit/saved-search.ts';
import type { ExportLinks } from '../core/cards/audit-export-card.ts';
import type { Status } from '../core/cards/status-card.ts';
import type { Verified } from '../core/cards/verify-card.ts';
import type { Entry } from '../core/delivery/directory.ts';
import type { Period } from '../core/delivery/period.ts';
import type { Place } from '../core/messages/place.ts';
import type { Actor } from '../core/people/actor.ts';
import type { AuditPage } from '../core/ports/audit.ts';
import type { Watch } from '../core/ports/audit-watches.ts';
import type { Saved } from './audit/saved.ts';
import type { FoundAudit, FoundEvent } from './audit/search.ts';
import type { TellProgress } from './audit/verify.ts';
import type { Begun, ListedWatch } from './audit/watch.ts';
import type { PipelineOverview } from './delivery/overview.ts';
import type { Ranking } from './delivery/ranking.ts';
import type { OverviewRequest } from './delivery/selection.ts';
import type { PipelineStep, StepRequest, stepSamples } from './delivery/step.ts';
import type { Forwards } from './forwards/list.ts';
import type { Connected } from './people/connect-channel.ts';
import type { LoginCard } from './people/login.ts';
import type { Roles } from './people/roles.ts';

/** What commands are handed: the flows they may start, already given their ports. */
export interface Use {
  pipelineOverview(actor: Actor, request: OverviewRequest): Promise<PipelineOverview>;
  /** Every pipeline this actor may see, or those of one workspace. */
  knownPipelines(actor: Actor, workspace?: string): Promise<Entry[]>;
  rankedPipelines(actor: Actor, request: { period: Period; workspace?: string }): Promise<Ranking>;
  pipelineStep(actor: Actor, request: StepRequest): Promise<PipelineStep>;
  stepSamples(actor: Actor, request: StepRequest): ReturnType<typeof stepSamples>;

  /** `text` as typed; nothing is today. Throws a QueryMistake for what cannot be read. */
  searchAudit(actor: Actor, search: { text: string } & AuditPage): Promise<FoundAudit>;
  auditEvent(actor: Actor, seq: number): Promise<FoundEvent>;
  /** The same search as files, for the asker alone. */
  exportLinks(actor: Actor, text: string): Promise<ExportLinks>;
  /** Returns the seqs of those that had details. */
  eraseDetails(actor: Actor, wish: { seqs: readonly number[]; reason: string }): Promise<number[]>;
  /** `anchors`: checkpoints kept elsewhere. Who asks while the same is being verified gets the same result. `tell` hears how far it is. */
  verifyAudit(actor: Actor, anchors: readonly string[], tell?: TellProgress): Promise<Verified>;
  listForwards(actor: Actor): Promise<Forwards>;
  /** Makes what a forward gave up due again; says so. */
  sendAgain(actor: Actor, name: string): Promise<string>;
  savedSearches(actor: Actor): Promise<SavedSearch[]>;
  /** These two change the list; saving says what had the name before, deleting what is gone. */
  saveSearch(actor: Actor, wish: { name: string; text: string }): Promise<Saved>;
  deleteSearch(actor: Actor, name: string): Promise<SavedSearch | undefined>;
  /** Throws a QueryMistake for what cannot be read, and for times. */
  beginWatch(actor: Actor, place: Place, text: string): Promise<Begun>;
  listWatches(actor: Actor, place: Place): Promise<ListedWatch[]>;
  /** Undefined if it was stopped before. */
  stopWatch(actor: Actor, place: Place, id: string): Promise<Watch | undefined>;

  status(actor: Actor): Promise<Status>;
  /** `workspace`: a name, `all`, or undefined for the only one there is. */
  connectChannel(actor: Actor, place: Place, workspace?: string): Promise<Connected>;
  loginLink(actor: Actor): Promise<LoginCard>;
  becomeOwner(actor: Actor, code: string): Promise<void>;
  listRoles(actor: Actor): Promise<Roles>;
  /** These three change something and say what, as a sentence. */
  giveRole(actor: Actor, wish: { who: string; role: string }): Promise<string>;
  takeRole(actor: Actor, wish: { who: string; role: string }): Promise<string>;
  separateAccount(actor: Actor, who: string): Promise<string>;
}
