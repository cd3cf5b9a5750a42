import { auditUse } from './flows/audit/search.ts';
import { pipelineOverview } from './flows/delivery/overview.ts';
import { rankedPipelines } from './flows/delivery/ranking.ts';
import { knownPipelines } from './flows/delivery/selection.ts';
import { pipelineStep, stepSamples } from './flows/delivery/step.ts';
import { forwardsUse } from './flows/forwards/list.ts';
import type { Use } from './flows/index.ts';
import { wardenUse } from './flows/people/use.ts';

interface UseParts {
  people: Parameters<typeof wardenUse>[0];
  trail: Parameters<typeof auditUse>[0];
  verification: Parameters<typeof auditUse>[1];
  forwarding: Parameters<typeof forwardsUse>[0];
}

/** What commands and routes are handed: every flow that a person or a program starts. */
export const useOf = ({ people, trail, verification, forwarding }: UseParts): Use => ({
  pipelineOverview: (actor, request) => pipelineOverview(people, actor, request),
  knownPipelines: (actor, workspace) => knownPipelines(people, actor, workspace),
  rankedPipelines: (actor, request) => rankedPipelines(people, actor, request),
  pipelineStep: (actor, request) => pipelineStep(people, actor, request),
  stepSamples: (actor, request) => stepSamples(people, actor, request),
  ...forwardsUse(forwarding),
  ...auditUse(trail, verification),
  ...wardenUse(people),
});
