import type { Entry } from '../core/delivery/directory.ts';
import type { Period } from '../core/delivery/period.ts';
import type { Actor } from '../core/people/actor.ts';
import type { PipelineOverview } from './delivery/overview.ts';
import type { Ranking } from './delivery/ranking.ts';
import type { OverviewRequest } from './delivery/selection.ts';
import type { PipelineStep, StepRequest, stepSamples } from './delivery/step.ts';

/** What commands are handed: the flows they may start, already given their ports. */
export interface Use {
  pipelineOverview(actor: Actor, request: OverviewRequest): Promise<PipelineOverview>;
  /** Every pipeline this actor may see, or those of one workspace. */
  knownPipelines(actor: Actor, workspace?: string): Promise<Entry[]>;
  rankedPipelines(actor: Actor, request: { period: Period; workspace?: string }): Promise<Ranking>;
  pipelineStep(actor: Actor, request: StepRequest): Promise<PipelineStep>;
  stepSamples(actor: Actor, request: StepRequest): ReturnType<typeof stepSamples>;
}
