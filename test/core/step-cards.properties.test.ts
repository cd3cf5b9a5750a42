import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { samplesCard } from '../../src/core/cards/samples-card.ts';
import { stepCard } from '../../src/core/cards/step-card.ts';
import { breakdownRows } from '../../src/core/delivery/breakdown.ts';
import { type Sync, syncStatuses } from '../../src/core/delivery/series.ts';
import { type Step, stepFacts, type Variant, variantSteps } from '../../src/core/delivery/steps.ts';
import { syncCells, syncTotals } from '../../src/core/delivery/syncs.ts';
import { MINUTE, plus } from '../../src/core/delivery/time.ts';
import { bucketFor, timeline } from '../../src/core/delivery/timeline.ts';
import { ACTION_ID_LIMIT, encodeAction } from '../../src/core/messages/action-id.ts';
import type { Message } from '../../src/core/messages/message.ts';
import type { BreakdownCell } from '../../src/core/ports/stores.ts';
import { anyCells, at, entryOf, halfACharacter, NOON, overviewOf, syncOf } from './samples.ts';
import { act } from './step-situations.ts';

const hostile = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '<!channel>',
    '@everyone',
    '__proto__',
    'constructor',
    '\u202Eevil',
    'x'.repeat(1_024),
    '"\n\t',
    '429',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const room = fc.record({ tableRows: fc.integer({ min: 1, max: 60 }), selectOptions: fc.integer({ min: 10, max: 100 }) });
const OVER = overviewOf([]);

const run: fc.Arbitrary<Sync> = fc
  .record({
    id: hostile.map((text) => text || 'run'),
    ago: fc.integer({ min: 1, max: 2_879 }),
    minutes: fc.option(fc.nat(10_000)),
    status: fc.constantFrom(...syncStatuses),
    rows: fc.option(fc.nat(1_000_000_000)),
    reason: hostile,
    collections: fc.array(fc.record({ name: hostile, rows: fc.nat(), failed: fc.boolean() }), { maxLength: 70 }),
  })
  .map(({ ago, minutes, ...rest }) => {
    const start = plus(OVER.period.to, -ago * MINUTE);
    return syncOf({ ...rest, start, end: minutes === null ? null : plus(start, minutes * MINUTE) });
  });

const breakdown = (by: 'reason' | 'name' | 'version') =>
  fc.array(
    fc
      .tuple(fc.constantFrom<BreakdownCell['part']>('now', 'before'), fc.nat(1_000_000), hostile, hostile)
      .map(([part, count, one, two]) => ({
        part,
        count,
        keys: by === 'reason' ? { reason: one } : by === 'version' ? { appVersion: one } : { eventName: one, eventType: two },
      })),
    { maxLength: 30 },
  );

const asked = fc
  .record({
    variant: fc.constantFrom(...(Object.keys(variantSteps) as Variant[])),
    nth: fc.nat(10),
    reason: fc.option(hostile, { nil: undefined }),
    wanted: fc.constantFrom('reason', 'name', 'version'),
    page: fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constantFrom(1.5, Number.POSITIVE_INFINITY)),
  })
  .map(({ variant, nth, reason, wanted, page }) => {
    const steps: readonly Step[] = variantSteps[variant];
    const step = steps[nth % steps.length] as Step;
    const hasReasons = stepFacts[step].role === 'discard' && reason === undefined;
    const by = wanted === 'reason' && !hasReasons ? ('name' as const) : (wanted as 'reason' | 'name' | 'version');
    return { variant, step, reason, by, page };
  });

function isSound(
  message: Message,
  choices: readonly string[],
  { tableRows, selectOptions }: { tableRows: number; selectOptions: number },
) {
  expect(message.title.trim()).not.toBe('');
  for (const block of message.blocks) {
    if (block.kind === 'table') {
      expect(block.rows.length).toBeLessThanOrEqual(tableRows);
      for (const row of block.rows) expect(row).toHaveLength(block.columns.length);
    }
    if (block.kind === 'buttons') {
      for (const { action } of block.buttons) expect(encodeAction(action).length).toBeLessThanOrEqual(ACTION_ID_LIMIT);
    }
    if (block.kind === 'select') {
      expect(block.options.length).toBeLessThanOrEqual(selectOptions);
      for (const { value } of block.options) {
        expect(encodeAction({ ...block.action, choice: value }).length).toBeLessThanOrEqual(ACTION_ID_LIMIT);
        if (block.label.startsWith('Look into') || block.label.startsWith('Open')) expect(choices[Number(value)]).toBeDefined();
      }
    }
  }
  expect(JSON.stringify(message)).not.toMatch(/NaN|\[object|undefined|∞|Infinity/);
}

/** As the flow counts them: no key is special. */
const countsOf = (codes: readonly string[]): Record<string, number> =>
  codes.reduce((counts, code) => Object.assign(counts, { [code]: 3 }), Object.create(null) as Record<string, number>);

describe('with any names, numbers and room', () => {
  test('the card of a step fits, its buttons work, and its choices are known', () => {
    const situation = asked.chain((one) => fc.tuple(fc.constant(one), breakdown(one.by)));
    fc.assert(
      fc.property(
        situation,
        anyCells,
        fc.array(run, { maxLength: 25 }),
        hostile,
        room,
        fc.nat(30),
        ([one, cells], sums, runs, name, capabilities, nth) => {
          const { variant, step, reason, by, page } = one;
          const entry = entryOf({ id: 'src', name }, { id: 'dst', name, variant });
          const { period, previous } = OVER;
          const overview = overviewOf([...sums, ...(variant === 'storage' ? syncCells(runs, period, previous) : [])], {
            variant,
            syncs: variant === 'storage' ? syncTotals(runs) : null,
          });
          const { message, choices } = stepCard({
            entry,
            mapping: { id: 'map', slug: name, name, url: '' },
            audience: undefined,
            overview,
            period: { name: '24h' },
            step,
            rows: breakdownRows(cells, step, { now: 1_000, before: 0 }),
            timeline: timeline([], period, bucketFor(period, true), NOON),
            samples: countsOf(cells.map(({ keys }) => ('reason' in keys ? (keys.reason ?? '') : ''))),
            syncs: runs,
            by,
            reason,
            page,
            sync: nth < 10 ? runs[nth]?.id : undefined,
            capabilities,
            act,
          });
          // Names may say anything; ours may not.
          const isOrdinary = ![name, reason ?? '', JSON.stringify([cells, runs])].some((text) =>
            /NaN|\[object|undefined|∞|Infinity/.test(text),
          );
          if (isOrdinary) isSound(message, choices, capabilities);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('the pages of a step show every row once', () => {
    fc.assert(
      fc.property(breakdown('name'), room, (cells, capabilities) => {
        const rows = breakdownRows(cells, 'failed_delivery', { now: 1, before: 1 });
        const size = Math.min(10, capabilities.tableRows);
        const shown = Array.from({ length: Math.max(1, Math.ceil(rows.length / size)) }, (_, page) => {
          const { message } = stepCard({
            entry: entryOf({}, {}),
            mapping: undefined,
            audience: undefined,
            overview: OVER,
            period: { name: '24h' },
            step: 'failed_delivery',
            rows,
            timeline: timeline([], OVER.period, bucketFor(OVER.period, true), NOON),
            samples: {},
            syncs: [],
            by: 'name',
            reason: undefined,
            page,
            sync: undefined,
            capabilities,
            act,
          });
          return message.blocks.flatMap((block) => (block.kind === 'table' ? block.rows : []));
        }).flat();
        expect(shown.map(([event, type]) => [event, type])).toEqual(
          rows.map(({ keys }) => [keys.eventName || 'not named', keys.eventType || '–']),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('samples are shown short, whole, and never break the card', () => {
    const payload = fc.oneof(
      hostile,
      fc.nat(3).map((n) => `${'x'.repeat(n)}${'😀'.repeat(400)}`),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(payload, payload, hostile), { maxLength: 10 }),
        hostile,
        fc.option(hostile, { nil: undefined }),
        (all, name, reason) => {
          const samples = all.map(([request, response, eventName]) => {
            const { series } = syncOf();
            return {
              series,
              at: at('25T10:00:00'),
              step: 'failed_delivery' as const,
              reason: eventName,
              eventName,
              request,
              response,
            };
          });
          const message = samplesCard({ name, step: 'failed_delivery', reason, samples });
          expect(message.blocks.length).toBe(samples.length === 0 ? 0 : samples.length + 1);
          for (const block of message.blocks) {
            const spans = block.kind === 'text' && Array.isArray(block.text) ? block.text : [];
            for (const span of spans) {
              if (typeof span !== 'object' || !('code' in span)) continue;
              expect(span.code.length).toBeLessThanOrEqual(1_024);
              expect(span.code).not.toMatch(halfACharacter);
            }
          }
        },
      ),
    );
  });
});
