import { describe, expect, test } from 'vitest';
import { type PipelineCardInput, pipelineCard } from '../../src/core/cards/pipeline-card.ts';
import { samplesCard } from '../../src/core/cards/samples-card.ts';
import type { StepCardInput } from '../../src/core/cards/step-card.ts';
import type { Cell, overview } from '../../src/core/delivery/overview.ts';
import type { Sample } from '../../src/core/delivery/series.ts';
import { syncCells, syncTotals } from '../../src/core/delivery/syncs.ts';
import type { Block, Message } from '../../src/core/messages/message.ts';
import { at, cell, earlier, entryOf, overviewOf } from './samples.ts';
import { incident } from './situations.ts';
import { byName, byName401, byReason, pipelineInput, roomy, runs, stepOf, warehouse } from './step-situations.ts';

const named = (id: string, name: string) => ({ id, slug: id, name, url: '' });
const cardOf = (of: ReturnType<typeof overview>, more: Partial<PipelineCardInput> = {}) =>
  pipelineCard({ ...pipelineInput, metric: 'percent', overview: of, ...more });
const golden = (name: string) => `../golden/cards/${name}.json`;
const written = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const blockOf = <K extends Block['kind']>({ blocks }: Message, kind: K, label?: string) =>
  blocks.find((block) => block.kind === kind && (label === undefined || ('label' in block && block.label === label))) as
    | Extract<Block, { kind: K }>
    | undefined;
const labelsOf = (message: Message) => blockOf(message, 'buttons', 'More')?.buttons.map(({ label }) => label);

const { period, previous } = overviewOf([]);
const arrived: Cell[] = [
  cell('successfully_received', 640_000),
  cell('failed_on_ingest', 120, { reason: 'empty_batch' }),
  cell('filtered_at_source', 4_100, { reason: 'unplanned' }),
  earlier('successfully_received', 610_000),
  earlier('filtered_at_source', 4_000, { reason: 'unplanned' }),
];
const past = runs.map((run, i) => ({
  ...run,
  id: `old_${i}`,
  start: new Date(Number(run.start) - 86_400_000),
  status: 'success' as const,
}));
const stored = overviewOf([...arrived, ...syncCells([...runs, ...past], period, previous)], {
  pipeline: warehouse.pipeline,
  variant: 'storage',
  syncs: syncTotals(runs),
});
const sync = (more: Partial<StepCardInput>) =>
  stepOf([], { entry: warehouse, overview: stored, samples: {}, syncs: runs, step: 'failed_to_sync', ...more });

const engage = entryOf({ id: 'spa_1', name: 'Space' }, { id: 'dst_ads', name: 'Ads', variant: 'engage' });
const engaged = overviewOf(
  [
    cell('filtered_at_destination', 900, { reason: 'FILTERED_BY_RULES' }),
    cell('failed_delivery', 300, { reason: '429' }),
    cell('successful_delivery', 8_800),
    earlier('failed_delivery', 90, { reason: '429' }),
    earlier('successful_delivery', 9_000),
  ],
  { pipeline: engage.pipeline, variant: 'engage' },
);
const sample = (more: Partial<Sample>): Sample => ({
  series: { ...engage.pipeline, mapping: '', audience: '' },
  at: at('25T11:48:07'),
  step: 'failed_delivery',
  reason: '401',
  eventName: 'Order Completed',
  request: '{"event":"Order Completed","email":"[masked]"}',
  response: '{"error":"token expired"}',
  ...more,
});
const samples = [sample({}), sample({ at: at('25T11:47:00'), eventName: '', request: `"${'x'.repeat(900)}"`, response: '' })];

describe('the cards read like', () => {
  test.each([
    ['pipeline-storage', cardOf(stored, { entry: warehouse })],
    ['pipeline-engage', cardOf(engaged, { entry: engage })],
    ['step-by-reason', stepOf(byReason)],
    ['step-by-name-1', stepOf(byName, { by: 'name' })],
    ['step-by-name-2', stepOf(byName, { by: 'name', page: 1 })],
    ['step-of-a-reason', stepOf(byName401, { by: 'name', reason: '401' })],
    ['step-syncs', sync({})],
    ['step-sync-opened', sync({ sync: 'run_12' })],
    ['samples', { message: samplesCard({ name: 'Web shop → Amplitude', step: 'failed_delivery', reason: '401', samples }) }],
  ])('%s', async (name, card) => {
    await expect(written(card)).toMatchFileSnapshot(golden(name));
  });
});

describe('the card of a step', () => {
  test('names what it is narrowed to, and the window of one’s own', () => {
    const own = { from: at('20T00:00:00'), to: at('23T00:00:00') };
    const { message } = stepOf(byReason, { mapping: named('map_1', 'Purchases'), audience: named('vip', 'VIP'), period: own });
    expect(message.title).toBe(
      'Web shop → Amplitude · Purchases · VIP · Failed delivery: 66,226 events, 21.2 %, rose 19.9 points · 20 Nov 00:00 – 23 Nov 00:00 UTC',
    );
  });

  test('keeps, for every choice of its select, the reason it stands for', () => {
    const { message, choices } = stepOf(byReason);
    const select = blockOf(message, 'select', 'Look into a reason');
    expect(select?.options.map(({ label, value }) => [label.slice(0, 12), choices[Number(value)]])).toEqual([
      [expect.any(String), '401'],
      [expect.any(String), '503'],
      ['QUOTA_OF_THE', 'QUOTA_OF_THE_WEEK'],
      ['No reason gi', ''],
    ]);
  });

  test('offers the pages there are, samples where there are some, and the way back', () => {
    const by = { by: 'name' } as const;
    expect(labelsOf(stepOf(byName, by).message)).toEqual(['Next page', 'Show samples to me', 'Back to the pipeline']);
    expect(labelsOf(stepOf(byName, { ...by, page: 1, samples: {} }).message)).toEqual(['Previous page', 'Back to the pipeline']);
    expect(labelsOf(stepOf(byName, { ...by, reason: '404' }).message)).toEqual([
      'Next page',
      'All reasons',
      'Back to the pipeline',
    ]);
    expect(labelsOf(stepOf([], { ...by, step: 'successful_delivery' }).message)).toEqual(['Back to the pipeline']);
  });

  test('shows a page that does not exist as the nearest that does', () => {
    expect(stepOf(byName, { by: 'name', page: 99 })).toEqual(stepOf(byName, { by: 'name', page: 1 }));
    expect(stepOf(byName, { by: 'name', page: 0.5 })).toEqual(stepOf(byName, { by: 'name', page: 0 }));
    expect(stepOf(byName, { by: 'name', page: -1 })).toEqual(stepOf(byName, { by: 'name', page: 0 }));
  });

  test('of syncs opens the one that was chosen, with no pages and no reasons of events', () => {
    const { message, choices } = sync({});
    const select = blockOf(message, 'select', 'Open a sync');
    expect(choices).toEqual(['run_12', 'run_9']);
    expect(select?.options.map(({ label, hint }) => [label, hint])).toEqual([
      ['2026-11-25 09:10 UTC', '▲ partial'],
      ['2026-11-25 06:10 UTC', '■ failed'],
    ]);
    // Counts of syncs may be pushed beside the runs: their reasons are no choices here.
    const pushed = stepOf(byReason, { entry: warehouse, overview: stored, syncs: runs, step: 'failed_to_sync' });
    expect(blockOf(pushed.message, 'select', 'Look into a reason')).toBeUndefined();
    const opened = sync({ step: 'successfully_synced', sync: 'run_12' }).message;
    expect(labelsOf(opened)).toEqual(['All syncs', 'Back to the pipeline']);
  });

  test('of syncs has pages of ten, and says how many were skipped', () => {
    const pages = [0, 1].map((page) => blockOf(sync({ step: 'successfully_synced', page }).message, 'table')?.rows.length);
    expect(pages).toEqual([10, 2]);
    expect(written(sync({}).message)).toContain('One scheduled run was skipped in this period.');
  });

  test('says how many collections of a run it left out', () => {
    const collections = Array.from({ length: 60 }, (_, i) => ({ name: `table_${i}`, rows: i, failed: false }));
    const many = runs.map((run) => ({ ...run, collections }));
    const table = blockOf(sync({ sync: 'run_12', syncs: many, capabilities: { ...roomy, tableRows: 20 } }).message, 'table');
    expect([table?.rows.length, table?.left]).toEqual([20, 40]);
  });
});

describe('the card of a pipeline', () => {
  const mappings = Array.from({ length: 30 }, (_, i) => named(`map_${i}`, `Mapping ${i}`));
  const entry = { ...pipelineInput.entry, mappings, audiences: [named('vip', 'VIP')] };
  const selectOf = (mapping: number | undefined, selectOptions = 100) => {
    const of = overviewOf(incident);
    const { message, choices } = cardOf(of, {
      entry,
      mapping: mappings[mapping ?? -1],
      capabilities: { ...roomy, selectOptions },
    });
    return { select: blockOf(message, 'select', 'Mapping'), choices, message };
  };

  test('can be narrowed to each of its mappings and audiences', () => {
    const { select, choices, message } = selectOf(3);
    const audiences = blockOf(message, 'select', 'Audience')?.options;
    expect([...(select?.options ?? []), ...(audiences ?? [])].map(({ value }) => choices[Number(value)])).toEqual([
      undefined,
      ...mappings.map(({ id }) => id),
      undefined,
      'vip',
    ]);
    expect(choices[Number(select?.selected)]).toBe('map_3');
    expect(message.title).toMatch(/^Web shop → Amplitude · Mapping 3: /);
    expect(selectOf(undefined).select?.selected).toBe('all');
  });

  test('says how many mappings its select has no room for, and always lists the one in force', () => {
    const { select, choices } = selectOf(29, 25);
    expect(select?.options[0]?.label).toBe('All (6 more not listed)');
    expect(select?.options).toHaveLength(25);
    expect(choices[Number(select?.selected)]).toBe('map_29');
  });
});
