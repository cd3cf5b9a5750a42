import type { Entry, Named } from '../../core/delivery/directory.ts';
import { type Cell, type Overview, overview } from '../../core/delivery/overview.ts';
import type { Period } from '../../core/delivery/period.ts';
import type { Sync } from '../../core/delivery/series.ts';
import { syncCells, syncTotals } from '../../core/delivery/syncs.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { DeliveryPorts } from './ports.ts';
import { type OverviewRequest, type Selection, select } from './selection.ts';

export interface PipelineOverview {
  entry: Entry;
  period: Period;
  mapping: Named | undefined;
  audience: Named | undefined;
  overview: Overview;
}

/** One pipeline over one period: the numbers behind card, figure and JSON. */
export async function pipelineOverview(ports: DeliveryPorts, actor: Actor, request: OverviewRequest): Promise<PipelineOverview> {
  authorise(actor, 'read');
  const now = ports.clock.now();
  return ports.database.read(async (stores) => {
    const selection = await select(stores, actor, request, now);
    return (await overviewOf(stores, selection, request.period, now)).result;
  });
}

/** The same for a selection at hand, with the sums it was made from. */
export async function overviewOf(
  stores: Stores,
  selection: Selection,
  period: Period,
  now: Date,
): Promise<{ result: PipelineOverview; cells: Cell[]; syncs: Sync[] }> {
  const { entry, mapping, audience, used, query } = selection;
  const { window, previous } = used;
  const isStorage = entry.variant === 'storage';
  const syncs = isStorage ? await stores.delivery.syncs(query.series, { from: previous.from, to: window.to }) : [];
  const cells = [...(await stores.delivery.cells(query)), ...syncCells(syncs, window, previous)];
  const result = overview({
    pipeline: entry.pipeline,
    variant: entry.variant,
    used,
    cells,
    pendingRetry: await stores.delivery.gauge(query.series, 'pending_retry', window.to),
    syncs: isStorage ? syncTotals(syncs.filter((sync) => sync.start >= window.from)) : null,
    now,
    settledUntil: selection.settledUntil,
    newest: selection.newest ?? null,
  });
  return { result: { entry, period, mapping, audience, overview: result }, cells, syncs };
}
