import { groupBy } from '../../core/collections.ts';
import type { Entry } from '../../core/delivery/directory.ts';
import { minutesFrom, type Period, type PeriodUsed, periodUsed, settledUntil } from '../../core/delivery/period.ts';
import { byAttention, type RankedPipeline, rankPipeline } from '../../core/delivery/ranking.ts';
import { samePipeline } from '../../core/delivery/series.ts';
import { syncCells } from '../../core/delivery/syncs.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { DeliveryPorts } from './ports.ts';
import { entriesFor } from './selection.ts';

export interface Ranking {
  period: Period;
  /** The windows used, by pipelines that have them in common; pipelines without minutes at an edge use whole hours. */
  rows: (RankedPipeline & { entry: Entry; used: PeriodUsed })[];
}

/** Every pipeline over one period, what needs attention first. The numbers are those of each pipeline's own overview. */
export async function rankedPipelines(
  ports: DeliveryPorts,
  actor: Actor,
  request: { period: Period; workspace?: string },
): Promise<Ranking> {
  authorise(actor, 'read');
  const now = ports.clock.now();
  const used = (entry: Entry) => periodUsed(request.period, now, minutesFrom(entry.series, now));
  return ports.database.read(async (stores) => {
    const entries = await entriesFor(stores, actor, request.workspace);
    const rows: Ranking['rows'] = [];
    // Pipelines whose minutes begin together have the same windows and are read together: one query for nearly all of them.
    for (const group of groupBy(entries, (entry) => Number(minutesFrom(entry.series, now))).values()) {
      const { window, previous } = used(group[0] as Entry);
      const series = [...new Map(group.flatMap((entry) => entry.series).map((s) => [s.id, s])).values()];
      const cells = await stores.delivery.cells({
        series: series.map((s) => s.id),
        now: window,
        before: previous,
        minutesFrom: minutesFrom(series, now),
        provisionalFrom: settledUntil(undefined, now),
      });
      const bySeries = groupBy(cells, (cell) => cell.series);
      const storage = group.filter((entry) => entry.variant === 'storage').flatMap((entry) => entry.series.map((s) => s.id));
      const syncs = storage.length > 0 ? await stores.delivery.syncs(storage, { from: previous.from, to: window.to }) : [];
      for (const entry of group) {
        const own = [
          ...entry.series.flatMap((s) => bySeries.get(s.id) ?? []),
          ...syncCells(
            syncs.filter((sync) => samePipeline(sync.series, entry.pipeline)),
            window,
            previous,
          ),
        ];
        rows.push({ ...rankPipeline(entry.pipeline, entry.variant, own), entry, used: { window, previous } });
      }
    }
    return { period: request.period, rows: rows.sort(byAttention) };
  });
}
