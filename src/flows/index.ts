import type { PeriodName } from '../core/delivery/period.ts';
import type { Actor } from '../core/people/actor.ts';
import type { OverviewRequest, PipelineOverview } from './delivery/overview.ts';
import type { Ranking } from './delivery/ranking.ts';

/** What commands are handed: the flows they may start, already given their ports. */
export interface Use {
  pipelineOverview(actor: Actor, request: OverviewRequest): Promise<PipelineOverview>;
  rankedPipelines(actor: Actor, request: { period: PeriodName; workspace?: string }): Promise<Ranking>;
}
