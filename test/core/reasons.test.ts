import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupBy } from '../../src/core/collections.ts';
import { discardReasons } from '../../src/core/delivery/discard-reasons.ts';
import { type Cell, overviewSteps } from '../../src/core/delivery/overview.ts';
import { normaliseReason, reasonFacts } from '../../src/core/delivery/reasons.ts';
import { anyCells, cell, earlier } from './samples.ts';

const reasonsOf = (cells: readonly Cell[]) =>
  overviewSteps('actions', [cell('successfully_received', 100), ...cells]).find((step) => step.step === 'failed_delivery')
    ?.reasons;
const failed = (count: number, reason: string) => cell('failed_delivery', count, { reason });
const failedBefore = (count: number, reason: string) => earlier('failed_delivery', count, { reason });

describe('discard reasons of a step', () => {
  test('stand with the most events first, each with its share of what was received', () => {
    const reasons = reasonsOf([failed(5, '404'), failed(20, '429'), failed(1, '404')]);
    expect(reasons?.map(({ code, count, share }) => [code, count, share])).toEqual([
      ['429', 20, 0.2],
      ['404', 6, 0.06],
    ]);
  });

  test('with equally many events have one order, whichever came first', () => {
    const reasons = [failed(3, 'b'), failed(3, 'A'), failed(3, 'a'), failed(3, '')];
    const codes = (of: Cell[]) => reasonsOf(of)?.map(({ code }) => code);
    expect(codes(reasons)).toEqual(['', 'A', 'a', 'b']);
    expect(codes(reasons.reverse())).toEqual(['', 'A', 'a', 'b']);
  });

  test('never given is a reason of its own', () => {
    expect(reasonsOf([failed(2, '')])).toMatchObject([{ code: '', label: 'No reason given', count: 2, known: true }]);
  });

  test('that have ended are left out', () => {
    expect(reasonsOf([failed(1, '404'), failedBefore(9, '429')])?.map(({ code }) => code)).toEqual(['404']);
  });

  test('are one, whether written with a prefix or without', () => {
    const [only, ...more] =
      reasonsOf([failed(1, '429'), failed(2, 'errors.discarded.429'), failed(4, 'errors.awaiting-retry.429')]) ?? [];
    expect(only).toMatchObject({ code: '429', count: 7, transient: false });
    expect(more).toEqual([]);
  });

  test('are transient while all of their events await a retry, whatever was given up before', () => {
    const waiting = failed(4, 'errors.awaiting-retry.429');
    expect(reasonsOf([waiting])?.[0]?.transient).toBe(true);
    expect(reasonsOf([waiting, failedBefore(9, 'errors.discarded.429')])?.[0]?.transient).toBe(true);
    expect(reasonsOf([waiting, failed(1, 'errors.discarded.429')])?.[0]?.transient).toBe(false);
  });

  test('that nobody documented pass through as they are, marked', () => {
    expect(reasonsOf([failed(1, 'QUOTA_EXHAUSTED')])).toMatchObject([
      { code: 'QUOTA_EXHAUSTED', label: 'QUOTA_EXHAUSTED', known: false },
    ]);
  });

  test('of one code at another step mean something else', () => {
    expect(reasonFacts('failed_on_ingest', '429').known).toBe(false);
    expect(reasonFacts('failed_delivery', '429').known).toBe(true);
  });

  test('move in points of what was received', () => {
    const [only] = reasonsOf([failed(20, '429'), earlier('successfully_received', 50), failedBefore(5, '429')]) ?? [];
    expect(only?.shareChange).toBeCloseTo(0.1, 12);
  });

  test('keep their order and numbers in whatever order counts come', () => {
    fc.assert(
      fc.property(
        anyCells.chain((cells) => fc.tuple(fc.constant(cells), fc.shuffledSubarray(cells, { minLength: cells.length }))),
        ([cells, mixed]) => {
          expect(overviewSteps('actions', mixed)).toEqual(overviewSteps('actions', cells));
        },
      ),
    );
  });
});

describe('the documented reasons', () => {
  test('are 76 pairs of step and code, each once', () => {
    expect(discardReasons).toHaveLength(76);
    expect(new Set(discardReasons.map(([step, code]) => `${step} ${code}`)).size).toBe(76);
    const perStep = [...groupBy(discardReasons, ([step]) => step)].map(([step, own]) => [step, own.length]);
    expect(Object.fromEntries(perStep)).toEqual({
      failed_on_ingest: 33,
      filtered_at_source: 5,
      filtered_at_destination: 20,
      failed_delivery: 18,
    });
  });

  test('are all known, with a label and what to do', () => {
    for (const [step, code] of discardReasons) {
      const facts = reasonFacts(step, code);
      expect(facts).toMatchObject({ code, known: true, label: expect.stringMatching(/\S/), remedy: expect.stringMatching(/\S/) });
    }
  });

  test('join the labels of a code that stands for several causes', () => {
    expect(reasonFacts('failed_on_ingest', 'source_disabled').label).toBe('Source disabled / Source/project is disabled');
  });

  test('keep upper-case and lower-case twins apart', () => {
    const codes = discardReasons.map(([step, code]) => `${step} ${code}`);
    const twins = [...groupBy(codes, (code) => code.toLowerCase()).values()].filter((group) => group.length > 1);
    expect(twins.length).toBeGreaterThan(0);
    expect(reasonsOf([failed(1, 'ETIMEDOUT'), failed(1, 'etimedout')])?.map(({ code }) => code)).toEqual([
      'ETIMEDOUT',
      'etimedout',
    ]);
  });
});

test('a prefix without a code is a code of its own', () => {
  expect(normaliseReason('errors.discarded.')).toEqual({ code: 'errors.discarded.', transient: false });
  expect(normaliseReason('errors.expired.429')).toEqual({ code: 'errors.expired.429', transient: false });
});
