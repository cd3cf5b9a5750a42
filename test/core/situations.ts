import type { Cell } from '../../src/core/delivery/overview.ts';
import type { Step } from '../../src/core/delivery/steps.ts';
import { cell, earlier } from './samples.ts';

type Amounts = Partial<Record<Step, number | Record<string, number>>>;
const amounts = (make: typeof cell, of: Amounts): Cell[] =>
  Object.entries(of).flatMap(([step, byReason]) =>
    Object.entries(typeof byReason === 'number' ? { '': byReason } : byReason).map(([reason, count]) =>
      make(step as Step, count, { reason }),
    ),
  );

/** A day like the one before: small, familiar losses. */
export const healthy: Cell[] = [
  ...amounts(cell, {
    successfully_received: 1_250_418,
    failed_on_ingest: { empty_batch: 1_502 },
    filtered_at_source: { unplanned: 4_100, schema_violation: 900 },
    filtered_at_destination: { FILTERED_BY_RULES: 12_000 },
    failed_delivery: { '429': 700, 'errors.discarded.400': 320 },
    successful_delivery: 1_230_890,
  }),
  cell('successful_delivery', 6, { retried: 6, provisional: true }),
  ...amounts(earlier, {
    successfully_received: 1_200_100,
    failed_on_ingest: { empty_batch: 1_633 },
    filtered_at_source: { unplanned: 5_012 },
    filtered_at_destination: { FILTERED_BY_RULES: 11_544 },
    failed_delivery: { '429': 911 },
    successful_delivery: 1_181_000,
  }),
];

/** A mapping was disabled and credentials ran out: more than a third is filtered, and more fails than before. */
export const incident: Cell[] = [
  ...amounts(cell, {
    successfully_received: 312_600,
    failed_on_ingest: { empty_batch: 212 },
    filtered_at_source: { unplanned: 1_020 },
    filtered_at_destination: { NO_MATCHING_MAPPING: 116_004, FILTERED_BY_RULES: 3_100 },
    failed_delivery: { '401': 61_377, 'errors.awaiting-retry.503': 4_020, QUOTA_OF_THE_WEEK: 812, '': 17 },
    successful_delivery: 123_900,
  }),
  cell('filtered_at_destination', 1_438, { reason: 'NO_MATCHING_MAPPING', provisional: true }),
  cell('successful_delivery', 600, { provisional: true }),
  ...amounts(earlier, {
    successfully_received: 305_200,
    failed_on_ingest: { empty_batch: 190 },
    filtered_at_source: { unplanned: 1_100 },
    filtered_at_destination: { FILTERED_BY_RULES: 2_950 },
    failed_delivery: { '503': 3_800 },
    successful_delivery: 297_160,
  }),
];
