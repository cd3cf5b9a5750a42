import { nameOf, pipelineCard } from '../src/core/cards/pipeline-card.ts';
import type { Metric } from '../src/core/cards/pipeline-figure.ts';
import { findForm, namesOf, windowForm, windowFrom } from '../src/core/cards/pipeline-forms.ts';
import { pipelinesCard } from '../src/core/cards/pipelines-card.ts';
import { samplesCard } from '../src/core/cards/samples-card.ts';
import { type By, stepCard } from '../src/core/cards/step-card.ts';
import type { Answer, Args, Call, Command } from '../src/core/commands/command.ts';
import { isSource, unknownSource } from '../src/core/delivery/directory.ts';
import { defaultPeriod, type Period, parsePeriod, periods } from '../src/core/delivery/period.ts';
import type { Pipeline } from '../src/core/delivery/series.ts';
import { isStep, type Step, stepFacts } from '../src/core/delivery/steps.ts';
import { cited, UserError } from '../src/core/errors.ts';
import type { Use } from '../src/flows/index.ts';

/** `/pipeline`: all pipelines; `/pipeline web`: those of one source; `/pipeline web amplitude 24h`: one card, and its steps. */
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
        period: { kind: 'period', summary: 'How far back, or from..to', required: false },
        show: { kind: 'metric', summary: 'Percent or counts', required: false },
        mapping: { kind: 'mapping', summary: 'Only what one mapping handles', required: false },
        audience: { kind: 'audience', summary: 'Only one audience', required: false },
        workspace: { kind: 'workspace', summary: 'Where two workspaces share names', required: false },
      },
      run: (call) => {
        const args = settled(call.args);
        if (!args.source || !args.destination) return all({ ...call, args });
        return args.step ? step({ ...call, args }) : one({ ...call, args });
      },
      actions: {
        period: (args, period) => ({ ...without(settled(args), 'page'), period }),
        metric: (args, show) => ({ ...args, show }),
        refresh: (args) => args,
        all: (args): Args => onlyPeriod(settled(args)),
        open: (args, choice, choices) => ({ ...onlyPeriod(settled(args)), ...pipelineIn(chosen(choices, choice)) }),
        mapping: (args, choice, choices) => narrowed(args, 'mapping', choice, choices),
        audience: (args, choice, choices) => narrowed(args, 'audience', choice, choices),
        step: (args, name) => ({ ...without(settled(args), 'page', 'reason', 'by', 'sync'), step: name }),
        by: (args, by) => ({ ...without(args, 'page'), by }),
        reason: (args, choice, choices) => ({ ...without(args, 'page', 'by'), reason: chosen(choices, choice) }),
        sync: (args, choice, choices) => ({ ...args, sync: chosen(choices, choice) }),
        page: (args, page) => ({ ...args, page }),
        back: (args) => without(args, 'page', 'reason', 'by', 'sync', 'step'),
      },
      asides: { samples },
      forms: {
        find: {
          open: async ({ actor, args, use }) =>
            findForm(await use.knownPipelines(actor, args.workspace), periodOf(settled(args))),
          options: async ({ actor, args, use }, field, typed) =>
            field === 'source' || field === 'destination'
              ? namesOf(await use.knownPipelines(actor, args.workspace), field, typed)
              : [],
          submit: ({ workspace }, { source = '', destination = '', period = '' }) => ({
            ...(workspace && { workspace }),
            source,
            destination,
            period,
          }),
        },
        window: {
          open: async ({ args }) => windowForm(periodOf(settled(args))),
          submit: (args, values) => ({ ...without(settled(args), 'page'), period: windowFrom(values) }),
        },
      },
    },
  },
};

const isPeriod = (word: string | undefined): word is string =>
  word !== undefined && (Object.hasOwn(periods, word.toLowerCase()) || /^\d{4}-\d\d-\d\d.*\.\./.test(word));

/** "/pipeline 1h" and "/pipeline web 1h": a period stands where a name would. */
function settled(args: Args): Args {
  const { source, destination, ...rest } = args;
  if (isPeriod(source) && destination === undefined) return { ...rest, period: source };
  if (isPeriod(destination) && args.period === undefined) return { ...rest, ...(source ? { source } : {}), period: destination };
  return args;
}

const onlyPeriod = ({ period }: Args): Args => (period ? { period } : {});

const without = (args: Args, ...names: string[]): Args =>
  Object.fromEntries(Object.entries(args).filter(([name]) => !names.includes(name)));

function chosen(choices: readonly string[], choice: string): string {
  const value = /^\d+$/.test(choice) ? choices[Number(choice)] : undefined;
  if (value === undefined) throw new UserError('bad_argument', 'This choice is not in the list any more. Press Refresh first.');
  return value;
}

function narrowed(args: Args, kind: 'mapping' | 'audience', choice: string, choices: readonly string[]): Args {
  return choice === 'all' ? without(args, kind) : { ...args, [kind]: chosen(choices, choice) };
}

function pipelineIn(choice: string): Args {
  const { workspace, source, destination } = JSON.parse(choice) as Pipeline;
  return { workspace, source, destination };
}

/** What the arguments ask for: names as typed, the period parsed. */
function requestOf(args: Args) {
  const { source = '', destination = '', workspace, mapping, audience } = args;
  return { source, destination, workspace, mapping, audience, period: periodOf(args) };
}

const periodOf = ({ period }: Args): Period => (period === undefined ? defaultPeriod : parsePeriod(period));

async function one({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const metric = metricOf(args.show);
  const found = await use.pipelineOverview(actor, requestOf(args));
  return pipelineCard({ ...found, metric, capabilities, act });
}

async function step({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const name = stepOf(args.step);
  const { reason, sync } = args;
  const by = byOf(args.by, name, reason);
  const keys = { reason: ['reason'], name: ['eventName', 'eventType'], version: ['appVersion'] } as const;
  const found = await use.pipelineStep(actor, { ...requestOf(args), step: name, by: keys[by], reason });
  return stepCard({ ...found, by, reason, sync, page: Number(args.page ?? 0) || 0, capabilities, act });
}

async function samples({ actor, args, use }: Call<Use>) {
  const name = stepOf(args.step);
  const found = await use.stepSamples(actor, { ...requestOf(settled(args)), step: name, by: [], reason: args.reason });
  return samplesCard({ name: nameOf(found.selection), step: name, reason: args.reason, samples: found.samples });
}

async function all({ actor, args, use, capabilities, act }: Call<Use>): Promise<Answer> {
  const { source } = args;
  if (args.destination) throw new UserError('bad_argument', 'Name the source too, e.g. /pipeline web amplitude.');
  const period = periodOf(args);
  const ranking = await use.rankedPipelines(actor, { period, workspace: args.workspace });
  const rows = source === undefined ? ranking.rows : ranking.rows.filter(({ entry }) => isSource(entry, source));
  if (source !== undefined && rows.length === 0) {
    throw unknownSource(
      source,
      ranking.rows.map(({ entry }) => entry.source.slug),
    );
  }
  return pipelinesCard({ rows, period, capabilities, act });
}

function metricOf(text = 'percent'): Metric {
  if (text === 'percent' || text === 'counts') return text;
  throw new UserError('bad_argument', `“${cited(text)}” is neither percent nor counts.`, { suggestions: ['percent', 'counts'] });
}

function stepOf(text = ''): Step {
  if (isStep(text)) return text;
  throw new UserError('unknown_step', `“${cited(text)}” is not a step. Go back to the pipeline and choose one.`);
}

/** Discards are looked at by reason first; within a reason, and elsewhere, by name. */
function byOf(text: string | undefined, name: Step, reason: string | undefined): By {
  if (text === 'name' || text === 'version') return text;
  return stepFacts[name].role === 'discard' && reason === undefined ? 'reason' : 'name';
}
