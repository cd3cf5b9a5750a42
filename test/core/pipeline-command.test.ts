import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Args, Call, Verb } from '../../src/core/commands/command.ts';
import { parseLine } from '../../src/core/commands/line.ts';
import { breakdownRows } from '../../src/core/delivery/breakdown.ts';
import { rankPipeline } from '../../src/core/delivery/ranking.ts';
import { timeline } from '../../src/core/delivery/timeline.ts';
import { plain, type Text } from '../../src/core/messages/message.ts';
import type { Use } from '../../src/flows/index.ts';
import { entryOf, NOON, overviewOf, refusal, webToAmplitude } from './samples.ts';
import { healthy } from './situations.ts';

const verb = commands[0]?.verbs.show as Verb<Use>;
const press = (action: string, args: Args, choice = '', choices: string[] = []) => verb.actions[action]?.(args, choice, choices);
const one = { source: 'web', destination: 'amplitude' };
const own = '2026-11-20..2026-11-22';
const pipelines = [
  '{"workspace":"main","source":"src_web","destination":"dst_amp"}',
  '{"workspace":"demo","source":"s","destination":"d"}',
];
const deep = {
  ...one,
  period: '7d',
  mapping: 'map_1',
  show: 'counts',
  step: 'failed_delivery',
  reason: '429',
  by: 'version',
  page: '2',
};

describe('a button or select of /pipeline', () => {
  test.each<[what: string, action: string, args: Args, choice: string, choices: string[], after: Args]>([
    ['a period', 'period', one, '7d', [], { ...one, period: '7d' }],
    ['a period of one’s own', 'period', { ...one, period: '1h' }, own, [], { ...one, period: own }],
    ['a period where one stood for the source', 'period', { source: '1h' }, '7d', [], { period: '7d' }],
    [
      'a period where one stood for the destination',
      'period',
      { source: 'web', destination: own },
      '7d',
      [],
      { source: 'web', period: '7d' },
    ],
    ['a period on page 3', 'period', { ...one, page: '2' }, '1h', [], { ...one, period: '1h' }],
    ['counts', 'metric', one, 'counts', [], { ...one, show: 'counts' }],
    ['refresh', 'refresh', deep, '', [], deep],
    ['all pipelines', 'all', deep, '', [], { period: '7d' }],
    ['all pipelines, without a period', 'all', one, '', [], {}],
    ['all pipelines, the period typed for a name', 'all', { source: 'web', destination: '1h' }, '', [], { period: '1h' }],
    ['open', 'open', { period: '1h' }, '1', pipelines, { period: '1h', workspace: 'demo', source: 's', destination: 'd' }],
    [
      'open, the period typed for a name',
      'open',
      { source: own },
      '0',
      pipelines,
      { period: own, workspace: 'main', source: 'src_web', destination: 'dst_amp' },
    ],
    ['a mapping', 'mapping', one, '1', ['map_1', 'map_2'], { ...one, mapping: 'map_2' }],
    ['all mappings', 'mapping', { ...one, mapping: 'map_2', audience: 'vip' }, 'all', ['map_1'], { ...one, audience: 'vip' }],
    ['an audience', 'audience', { ...one, mapping: 'map_2' }, '0', ['vip'], { ...one, mapping: 'map_2', audience: 'vip' }],
    ['all audiences', 'audience', { ...one, audience: 'vip' }, 'all', [], one],
    [
      'a step',
      'step',
      { ...one, mapping: 'map_1' },
      'failed_delivery',
      [],
      { ...one, mapping: 'map_1', step: 'failed_delivery' },
    ],
    [
      'another step: pages, reasons and runs are left',
      'step',
      { ...deep, sync: 'run_1' },
      'failed_on_ingest',
      [],
      { ...one, period: '7d', mapping: 'map_1', show: 'counts', step: 'failed_on_ingest' },
    ],
    [
      'rows by version',
      'by',
      { ...one, step: 'failed_delivery', page: '2' },
      'version',
      [],
      { ...one, step: 'failed_delivery', by: 'version' },
    ],
    [
      'a reason',
      'reason',
      { ...one, step: 'failed_delivery', by: 'reason', page: '1' },
      '1',
      ['429', '404'],
      { ...one, step: 'failed_delivery', reason: '404' },
    ],
    [
      'no reason given',
      'reason',
      { ...one, step: 'failed_delivery' },
      '0',
      [''],
      { ...one, step: 'failed_delivery', reason: '' },
    ],
    [
      'a run',
      'sync',
      { ...one, step: 'failed_to_sync', page: '1' },
      '0',
      ['run_1'],
      { ...one, step: 'failed_to_sync', page: '1', sync: 'run_1' },
    ],
    [
      'the next page',
      'page',
      { ...one, step: 'failed_delivery', by: 'name' },
      '1',
      [],
      { ...one, step: 'failed_delivery', by: 'name', page: '1' },
    ],
    ['back', 'back', { ...deep, sync: 'run_1' }, '', [], { ...one, period: '7d', mapping: 'map_1', show: 'counts' }],
  ])('%s', (_, action, args, choice, choices, after) => {
    const given = structuredClone(args);
    expect(press(action, args, choice, choices)).toEqual(after);
    expect(args).toEqual(given);
  });

  test.each(['open', 'mapping', 'audience', 'reason', 'sync'])(
    '%s that is not in the list is refused with what to do',
    (action) => {
      for (const choice of ['2', '-1', '', ' ', '0x0', '1e0', '1.5', '__proto__', 'length', '99999999999999999999']) {
        expect(refusal(() => press(action, one, choice, pipelines))).toMatchObject({
          code: 'bad_argument',
          message: 'This choice is not in the list any more. Press Refresh first.',
        });
      }
    },
  );
});

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
} satisfies Use;
const call = (args: Args): Call<Use> => ({
  actor: { person: 'ann', account: 'console:ann', roles: ['viewer'] },
  args,
  use,
  capabilities: { tableRows: 50, selectOptions: 100 },
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
      'Web shop → Amplitude: delivery rate 99.92 %, was 99.92 % · most lost: filtered at destination 1.0 % · last 24 hours',
    ],
    [
      `/pipeline web amplitude ${own}`,
      { ...one, period: window },
      'Web shop → Amplitude: delivery rate 99.92 %, was 99.92 % · most lost: filtered at destination 1.0 % · 20 Nov 00:00 – 23 Nov 00:00 UTC',
    ],
  ])('%s', async (line, request, title) => {
    const answer = await typed(line);
    expect(answer.request).toMatchObject(request);
    expect(answer.title.replace(', steady', ', was 99.92 %')).toBe(title);
  });

  test('narrows to a mapping, an audience or a workspace', async () => {
    const { request } = await typed('/pipeline web amplitude mapping:"Page views" audience:vip workspace:demo');
    expect(request).toMatchObject({ ...one, mapping: 'Page views', audience: 'vip', workspace: 'demo' });
  });

  test.each([
    ['/pipeline destination:amplitude', 'Name the source too, e.g. /pipeline web amplitude.'],
    ['/pipeline android', 'There is no source android. Did you mean amplitude or ios or web?'],
    ['/pipeline web amplitude 24h graph', '“graph” is neither percent nor counts.'],
    ['/pipeline web amplitude yesterday', '“yesterday” is not a period. Use one of 10m, 1h, 24h'],
  ])('wrongly is answered with what to do: %s', async (line, sentence) => {
    const error = await typed(line).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    if (line !== '/pipeline android') expect((error as Error).message).toContain(sentence);
    else expect((error as Error).message).toMatch(/^There is no source android\. Did you mean (web or ios|ios or web)\?$/);
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
  const help = await commands[1]?.verbs.help?.run(call({}));
  const [table] = help?.message.blocks ?? [];
  const lines = table?.kind === 'table' ? table.rows.map((row) => cellsOf(row)?.[0] ?? '') : [];
  expect(lines).toEqual(['/pipeline web amplitude 24h', '/warden help']);
  for (const line of lines) expect(() => parseLine(commands, line)).not.toThrow();
});
