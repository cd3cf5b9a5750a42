import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pipelineCard } from '../../src/core/cards/pipeline-card.ts';
import { pipelinesCard } from '../../src/core/cards/pipelines-card.ts';
import { type Period, periodNames } from '../../src/core/delivery/period.ts';
import { rankPipeline } from '../../src/core/delivery/ranking.ts';
import type { Action } from '../../src/core/messages/action-id.ts';
import { ACTION_ID_LIMIT, encodeAction } from '../../src/core/messages/action-id.ts';
import type { Block, Message } from '../../src/core/messages/message.ts';
import { anyCells, at, entryOf, overviewOf } from './samples.ts';

const act = (action: string, choice?: string): Action => ({
  verb: `pipeline.${action}`,
  id: 'vw_Xk3q-9_0aZbC',
  ...(choice === undefined ? {} : { choice }),
});

const name = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '"',
    '<!channel>',
    '@everyone',
    '[x](https://example.com)',
    '__proto__',
    '\u202Eevil',
    'x'.repeat(1_024),
    'é"\n\t',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const id = name.map((text) => text || 'id');
const entry = fc
  .tuple(id, id, name, name, name)
  .map(([source, destination, slug, called, workspace]) =>
    entryOf({ id: source, slug, name: called }, { id: destination, slug, name: called }, workspace),
  );
const capabilities = fc.record({ tableRows: fc.integer({ min: 1, max: 60 }), selectOptions: fc.integer({ min: 6, max: 100 }) });
const period = fc.oneof(
  fc.constantFrom(...periodNames).map((name): Period => ({ name })),
  fc.constant<Period>({ from: at('20T10:00:00'), to: at('22T11:30:00') }),
);

const actionsOf = (block: Block): Action[] => {
  if (block.kind === 'buttons') return block.buttons.map(({ action }) => action);
  // Choosing an option presses the select's action with its value.
  return block.kind === 'select' ? block.options.map(({ value }) => ({ ...block.action, choice: value })) : [];
};

function isSound(message: Message, room: { tableRows: number; selectOptions: number }): void {
  expect(message.title.trim()).not.toBe('');
  for (const block of message.blocks) {
    for (const action of actionsOf(block)) expect(encodeAction(action).length).toBeLessThanOrEqual(ACTION_ID_LIMIT);
    if (block.kind === 'table') {
      expect(block.rows.length).toBeLessThanOrEqual(room.tableRows);
      for (const row of block.rows) expect(row).toHaveLength(block.columns.length);
    }
    if (block.kind === 'select') expect(block.options.length).toBeLessThanOrEqual(room.selectOptions);
    if (block.kind === 'figure' && block.figure.kind === 'pipeline') {
      for (const { level, lost } of block.figure.steps) {
        expect(Math.min(level, lost)).toBeGreaterThanOrEqual(0);
        expect(level + lost).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  }
  expect(JSON.stringify(message)).not.toMatch(/NaN|Infinity|undefined|∞/);
}

describe('with any names, numbers and room', () => {
  test('the card of a pipeline fits, says what it left out, and its buttons work', () => {
    fc.assert(
      fc.property(
        entry,
        anyCells,
        capabilities,
        period,
        fc.constantFrom('percent', 'counts'),
        (of, cells, room, when, metric) => {
          const overview = overviewOf(cells, { period: when });
          const [mapping] = of.mappings;
          const input = { entry: of, mapping, audience: undefined, period: when, overview, metric, act };
          const { message } = pipelineCard({ ...input, capabilities: room });
          isSound(message, room);
          const reasons = overview.steps.flatMap((step) => step.reasons).length;
          const totals = message.blocks.flatMap((block) =>
            block.kind === 'table' ? [block.rows.length + (block.left ?? 0)] : [],
          );
          expect(totals).toEqual(reasons === 0 ? [6] : [6, reasons]);
        },
      ),
    );
  });

  test('the card of all pipelines fits, says what it left out, and its choices are known', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, anyCells), { maxLength: 70 }), capabilities, period, (pipelines, room, when) => {
        const rows = pipelines.map(([of, cells]) => ({ ...rankPipeline(of.pipeline, of.variant, cells), entry: of }));
        const { message, choices } = pipelinesCard({ rows, period: when, capabilities: room, act });
        isSound(message, room);
        for (const block of message.blocks) {
          if (block.kind === 'table') expect(block.rows.length + (block.left ?? 0)).toBe(rows.length);
          if (block.kind === 'select' && block.label === 'Open a pipeline') {
            expect(block.options.map(({ value }) => choices[Number(value)])).toEqual(choices);
          }
        }
        expect(choices.map((choice) => JSON.parse(choice))).toEqual(
          rows.slice(0, room.selectOptions).map((row) => row.entry.pipeline),
        );
      }),
      { numRuns: 50 },
    );
  });
});
