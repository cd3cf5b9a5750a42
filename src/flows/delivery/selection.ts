import { directoryOf, type Entry, findPart, findPipeline, type Named } from '../../core/delivery/directory.ts';
import { minutesFrom, type Period, type PeriodUsed, periodUsed, settledUntil } from '../../core/delivery/period.ts';
import { later } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { CellQuery, Database, SeriesState, Stores } from '../../core/ports/stores.ts';

/** Which pipeline, when, and narrowed to what. */
export interface OverviewRequest {
  source: string;
  destination: string;
  period: Period;
  workspace?: string;
  /** Narrows the steps after the source to one mapping. */
  mapping?: string;
  /** Narrows all steps to one audience. */
  audience?: string;
}

/** A request, resolved: what to read and for which times. */
export interface Selection {
  entry: Entry;
  mapping: Named | undefined;
  audience: Named | undefined;
  used: PeriodUsed;
  settledUntil: Date;
  newest: Date | undefined;
  query: CellQuery;
}

/** Every pipeline this actor may see, in one workspace if one is named. */
export async function entriesFor(stores: Stores, actor: Actor, workspace?: string): Promise<Entry[]> {
  if (actor.workspace !== undefined && workspace !== undefined && workspace !== actor.workspace) {
    throw new UserError('forbidden', `${actor.person} may see the workspace ${actor.workspace} only.`);
  }
  const wanted = workspace ?? actor.workspace;
  return directoryOf(await stores.delivery.allSeries(wanted), await stores.resources.all(wanted));
}

/** The same by itself, for whoever may read. */
export async function knownPipelines({ database }: { database: Database }, actor: Actor, workspace?: string): Promise<Entry[]> {
  authorise(actor, 'read');
  return database.read((stores) => entriesFor(stores, actor, workspace));
}

export async function select(stores: Stores, actor: Actor, request: OverviewRequest, now: Date): Promise<Selection> {
  const entry = findPipeline(await entriesFor(stores, actor, request.workspace), request);
  const mapping = request.mapping === undefined ? undefined : findPart(entry.mappings, 'mapping', request.mapping);
  const audience = request.audience === undefined ? undefined : findPart(entry.audiences, 'audience', request.audience);
  const series = entry.series.filter((s) => isWanted(s, mapping?.id, audience?.id));
  const from = minutesFrom(entry.series, now);
  const used = periodUsed(request.period, now, from);
  const newest = newestOf(entry.series);
  const settled = settledUntil(newest, now);
  return {
    entry,
    mapping,
    audience,
    used,
    settledUntil: settled,
    newest,
    query: {
      series: series.map((s) => s.id),
      now: used.window,
      before: used.previous,
      minutesFrom: from,
      provisionalFrom: settled,
    },
  };
}

/** A mapping narrows what happens at the destination; an audience also what happens before. */
function isWanted(s: SeriesState, mapping: string | undefined, audience: string | undefined): boolean {
  if (mapping !== undefined && s.destination !== '' && s.mapping !== mapping) return false;
  return audience === undefined || s.audience === audience;
}

const newestOf = (series: readonly SeriesState[]): Date | undefined =>
  series.reduce<Date | undefined>((newest, s) => (s.newest ? later(newest ?? s.newest, s.newest) : newest), undefined);
