import { directoryOf, type Entry, findPipeline } from '../../core/delivery/directory.ts';
import { type Overview, overview } from '../../core/delivery/overview.ts';
import { minutesFrom, type PeriodName, periodUsed, settledUntil } from '../../core/delivery/period.ts';
import { later } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { SeriesState, Stores } from '../../core/ports/stores.ts';
import type { DeliveryPorts } from './ports.ts';

export interface OverviewRequest {
  source: string;
  destination: string;
  period: PeriodName;
  workspace?: string;
}

export interface PipelineOverview {
  entry: Entry;
  period: PeriodName;
  overview: Overview;
}

/** One pipeline over one period: the numbers behind card, figure and JSON. */
export async function pipelineOverview(ports: DeliveryPorts, actor: Actor, request: OverviewRequest): Promise<PipelineOverview> {
  authorise(actor, 'read');
  const now = ports.clock.now();
  return ports.database.read(async (stores) => {
    const entry = findPipeline(await entriesFor(stores, actor, request.workspace), request);
    const { window, previous } = periodUsed(request.period, now, minutesFrom(entry.series, now));
    const newest = newestOf(entry.series);
    const settled = settledUntil(newest, now);
    const ids = entry.series.map((series) => series.id);
    const query = {
      series: ids,
      now: window,
      before: previous,
      minutesFrom: minutesFrom(entry.series, now),
      provisionalFrom: settled,
    };
    return {
      entry,
      period: request.period,
      overview: overview({
        pipeline: entry.pipeline,
        variant: entry.variant,
        used: { window, previous },
        cells: await stores.delivery.cells(query),
        pendingRetry: await stores.delivery.gauge(ids, 'pending_retry', window.to),
        now,
        settledUntil: settled,
        newest: newest ?? null,
      }),
    };
  });
}

/** Every pipeline this actor may see, in one workspace if one is named. */
export async function entriesFor(stores: Stores, actor: Actor, workspace?: string): Promise<Entry[]> {
  if (actor.workspace !== undefined && workspace !== undefined && workspace !== actor.workspace) {
    throw new UserError('forbidden', `${actor.person} may see the workspace ${actor.workspace} only.`);
  }
  const wanted = workspace ?? actor.workspace;
  return directoryOf(await stores.delivery.allSeries(wanted), await stores.resources.all(wanted));
}

export const newestOf = (series: readonly SeriesState[]): Date | undefined =>
  series.reduce<Date | undefined>((newest, s) => (s.newest ? later(newest ?? s.newest, s.newest) : newest), undefined);
