import { pipelineCard } from '../src/core/cards/pipeline-card.ts';
import type { Metric } from '../src/core/cards/pipeline-figure.ts';
import { pipelinesCard } from '../src/core/cards/pipelines-card.ts';
import type { Answer, Args, Call, Command } from '../src/core/commands/command.ts';
import { isSource, unknownSource } from '../src/core/delivery/directory.ts';
import { defaultPeriod, parsePeriod, periods } from '../src/core/delivery/period.ts';
import type { Pipeline } from '../src/core/delivery/series.ts';
import { cited, UserError } from '../src/core/errors.ts';
import type { Use } from '../src/flows/index.ts';

/** `/pipeline`: all pipelines; `/pipeline web`: those of one source; `/pipeline web amplitude 24h`: one card. */
export const pipeline: Command<Use> = {
  name: 'pipeline',
  summary: 'Where events are on their way to a destination, and why they were dropped',
  defaultVerb: 'show',
  verbs: {
    show: {
      summary: 'All pipelines, or one with its steps and discard reasons',
      example: '/pipeline web amplitude 24h',
      options: {
        source: { kind: 'source', summary: 'Where the events come from', required: false },
        destination: { kind: 'destination', summary: 'Where they go', required: false },
        period: { kind: 'period', summary: 'How far back', required: false },
        show: { kind: 'metric', summary: 'Percent or counts', required: false },
        workspace: { kind: 'workspace', summary: 'Where two workspaces share names', required: false },
      },
      run: (call) => {
        const args = settled(call.args);
        return args.source && args.destination ? one({ ...call, args }) : all({ ...call, args });
      },
      actions: {
        period: (args, period) => ({ ...settled(args), period }),
        metric: (args, show) => ({ ...args, show }),
        refresh: (args) => args,
        all: (args): Args => onlyPeriod(settled(args)),
        open: (args, choice, choices) => opened(onlyPeriod(settled(args)), choices[Number(choice)]),
      },
    },
  },
};

const isPeriod = (word: string | undefined): word is string => word !== undefined && Object.hasOwn(periods, word.toLowerCase());

/** "/pipeline 1h" and "/pipeline web 1h": a period stands where a name would. */
function settled(args: Args): Args {
  const { source, destination, ...rest } = args;
  if (isPeriod(source) && destination === undefined) return { ...rest, period: source };
  if (isPeriod(destination) && args.period === undefined) return { ...rest, ...(source ? { source } : {}), period: destination };
  return args;
}

const onlyPeriod = ({ period }: Args): Args => (period ? { period } : {});

async function one({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const { source = '', destination = '', workspace } = args;
  const metric = parseMetric(args.show);
  const period = parsePeriod(args.period ?? defaultPeriod);
  const found = await use.pipelineOverview(actor, { source, destination, workspace, period });
  return { message: pipelineCard({ ...found, metric, capabilities, act }) };
}

async function all({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const { source } = args;
  if (args.destination) throw new UserError('bad_argument', 'Name the source too, e.g. /pipeline web amplitude.');
  const period = parsePeriod(args.period ?? defaultPeriod);
  const ranking = await use.rankedPipelines(actor, { period, workspace: args.workspace });
  const rows = source === undefined ? ranking.rows : ranking.rows.filter(({ entry }) => isSource(entry, source));
  if (source !== undefined && rows.length === 0)
    throw unknownSource(
      source,
      ranking.rows.map(({ entry }) => entry.source.slug),
    );
  return pipelinesCard({ rows, period, capabilities, act });
}

function parseMetric(text = 'percent'): Metric {
  if (text === 'percent' || text === 'counts') return text;
  throw new UserError('bad_argument', `“${cited(text)}” is neither percent nor counts.`, { suggestions: ['percent', 'counts'] });
}

function opened(args: Args, choice: string | undefined): Args {
  if (choice === undefined) throw new UserError('bad_argument', 'This choice is not in the list any more. Press Refresh first.');
  const { workspace, source, destination } = JSON.parse(choice) as Pipeline;
  return { ...args, workspace, source, destination };
}
