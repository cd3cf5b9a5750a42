import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Args, Call, Verb } from '../../src/core/commands/command.ts';
import { parseLine } from '../../src/core/commands/line.ts';
import { breakdownRows } from '../../src/core/delivery/breakdown.ts';
import { rankPipeline } from '../../src/core/delivery/ranking.ts';
import { timeline } from '../../src/core/delivery/timeline.ts';
import { plain, type Text } from '../../src/core/messages/message.ts';
import type { Use } from '../../src/flows/index.ts';
import { entryOf, NOON, overviewOf, webToAmplitude } from './samples.ts';
import { healthy } from './situations.ts';

const verb = commands[0]?.verbs.show as Verb<Use>;
const one = { source: 'web', destination: 'amplitude' };
const own = '2026-11-20..2026-11-22';

const asked: unknown[] = [];
const entries = [webToAmplitude, entryOf({ id: 'src_ios', slug: 'ios', name: 'iOS app' }, { id: 'dst_amp', name: 'Amplitude' })];
const found = { entry: webToAmplitude, mapping: undefined, audience: undefined, overview: overviewOf(healthy) };
const step = { samples: {}, syncs: [], rows: breakdownRows([], 'failed_delivery', { now: 1, before: 1 }) };
const use = {
  pipelineOverview: async (_, request) => {
    asked.push(request);
    return { ...found, period: request.period };
  },
  rankedPipelines: async (_, request) => {
    asked.push(request);
    const { period: window, previous } = found.overview;
    const rows = entries.map((entry) => ({
      ...rankPipeline(entry.pipeline, 'actions', healthy),
      entry,
      used: { window, previous },
    }));
    return { period: request.period, rows };
  },
  pipelineStep: async (_, request) => {
    asked.push(request);
    const course = timeline([], found.overview.period, 1_800_000, NOON);
    return { ...found, ...step, period: request.period, step: request.step, timeline: course };
  },
  stepSamples: async (_, request) => {
    asked.push(request);
    return { selection: { entry: webToAmplitude }, samples: [] } as unknown as Awaited<ReturnType<Use['stepSamples']>>;
  },
  knownPipelines: async () => entries,
} satisfies Partial<Use> as Partial<Use> as Use;
const call = (args: Args): Call<Use> => ({
  actor: { person: 'ann', account: 'console:ann', personKey: 'console:ann', roles: ['viewer'] },
  args,
  use,
  capabilities: { tableRows: 50, selectOptions: 100 },
  place: { platform: 'console', team: 'T', channel: 'general', person: 'console:ann' },
  act: (action, choice) => ({ verb: `pipeline.${action}`, id: 'vw_1', ...(choice === undefined ? {} : { choice }) }),
});
const run = async (args: Args) => {
  asked.length = 0;
  const { message } = await verb.run(call(args));
  return { title: message.title, request: asked[0], message };
};
const typed = (line: string) => run(parseLine(commands, line).args);
const cellsOf = (text: readonly Text[] | undefined) => text?.map(plain);

describe('what is typed', () => {
  const day = { name: '24h' };
  const window = { from: new Date('2026-11-20'), to: new Date('2026-11-23') };

  test.each<[line: string, request: object, title: string]>([
    ['/pipeline', { period: day }, 'All 2 pipelines are healthy in the last 24 hours'],
    ['/pipeline 1h', { period: { name: '1h' } }, 'All 2 pipelines are healthy in the last hour'],
    [`/pipeline ${own}`, { period: window }, 'All 2 pipelines are healthy from 20 Nov 00:00 to 23 Nov 00:00 UTC'],
    ['/pipeline web', { period: day }, 'The pipeline is healthy in the last 24 hours'],
    ['/pipeline web 1H', { period: { name: '1h' } }, 'The pipeline is healthy in the last hour'],
    [
      '/pipeline ios "2026-11-20 00:00..2026-11-22"',
      { period: window },
      'The pipeline is healthy from 20 Nov 00:00 to 23 Nov 00:00 UTC',
    ],
    [
      '/pipeline web amplitude',
      { ...one, period: day },
      'Web shop → Amplitude: delivery rate 99.9 %, steady · most lost: filtered at destination 1.0 % · last 24 hours',
    ],
    [
      `/pipeline web amplitude ${own}`,
      { ...one, period: window },
      'Web shop → Amplitude: delivery rate 99.9 %, steady · most lost: filtered at destination 1.0 % · 20 Nov 00:00 – 23 Nov 00:00 UTC',
    ],
  ])('%s', async (line, request, title) => {
    const answer = await typed(line);
    expect(answer.request).toMatchObject(request);
    expect(answer.title).toBe(title);
  });

  test('narrows to a mapping, an audience or a workspace', async () => {
    const { request } = await typed('/pipeline web amplitude mapping:"Page views" audience:vip workspace:demo');
    expect(request).toMatchObject({ ...one, mapping: 'Page views', audience: 'vip', workspace: 'demo' });
  });

  test.each([
    ['/pipeline destination:amplitude', 'Name the source too, e.g. /pipeline web amplitude.'],
    ['/pipeline android', 'There is no source android. Did you mean ios or web?'],
    ['/pipeline web amplitude 24h graph', '“graph” is neither percent nor counts.'],
    ['/pipeline web amplitude yesterday', '“yesterday” is not a period. Use one of 10m, 1h, 24h'],
  ])('wrongly is answered with what to do: %s', async (line, sentence) => {
    const error = await typed(line).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(sentence);
  });
});

describe('a step', () => {
  const at = { ...one, step: 'failed_delivery' };

  test.each<[args: Args, by: string[]]>([
    [at, ['reason']],
    [{ ...at, by: 'reason' }, ['reason']],
    [{ ...at, by: 'spaceship' }, ['reason']],
    [{ ...at, by: 'version' }, ['appVersion']],
    [{ ...at, by: 'name' }, ['eventName', 'eventType']],
    [{ ...at, reason: '429' }, ['eventName', 'eventType']],
    [{ ...at, reason: '429', by: 'reason' }, ['eventName', 'eventType']],
    [{ ...one, step: 'successful_delivery' }, ['eventName', 'eventType']],
  ])('%j has rows by %j', async (args, by) => {
    const { request } = await run(args);
    expect(request).toMatchObject({ step: args.step, by, ...(args.reason === undefined ? {} : { reason: args.reason }) });
  });

  test.each(['-1', '1.5', '99', 'NaN', 'Infinity', ''])('on page %j is a page that exists', async (page) => {
    const { message } = await run({ ...at, page });
    expect(JSON.stringify(message)).not.toMatch(/NaN|page \d\.\d/);
  });

  test('that does not exist is refused', async () => {
    await expect(run({ ...one, step: '__proto__' })).rejects.toMatchObject({ code: 'unknown_step' });
  });

  test('shows its samples to the presser alone, and asks for those of its reason', async () => {
    asked.length = 0;
    const message = await verb.asides?.samples?.(
      call({ source: 'web', destination: 'amplitude', step: 'failed_delivery', reason: '429' }),
    );
    expect(asked).toMatchObject([{ ...one, step: 'failed_delivery', reason: '429' }]);
    expect(message?.title).toMatch(/^No samples of Web shop → Amplitude · Failed delivery, .+ in this period\.$/);
  });
});

test('help lists every command with a line to try that can be read', async () => {
  const help = await commands.find(({ name }) => name === 'warden')?.verbs.help?.run(call({}));
  const [table] = help?.message.blocks ?? [];
  const lines = table?.kind === 'table' ? table.rows.map((row) => cellsOf(row)?.[0] ?? '') : [];
  expect(lines).toEqual([
    '/pipeline web amplitude 24h',
    '/audit actor:dana* action:destination.* since:7d',
    '/audit show 123',
    '/audit export since:30d',
    '/audit watch action:destination.* -actor:deploy-bot',
    '/audit watches',
    '/audit save night-deploys actor:deploy-bot since:1d',
    '/audit saved',
    '/audit verify',
    '/audit erase 123 asked for by the customer',
    '/audit forwards',
    '/warden help',
    '/warden status',
    '/warden connect main',
    '/warden login',
    '/warden roles',
  ]);
  for (const line of lines) expect(() => parseLine(commands, line)).not.toThrow();
});
