import type { Cell } from './overview.ts';
import type { Sync } from './series.ts';
import type { Window } from './time.ts';

/** The runs of a period, by how they ended. */
export interface SyncTotals {
  success: number;
  partial: number;
  failed: number;
  skipped: number;
  /** Rows written by all of them. */
  rows: number;
}

export function syncTotals(syncs: readonly Sync[]): SyncTotals {
  const totals: SyncTotals = { success: 0, partial: 0, failed: 0, skipped: 0, rows: 0 };
  for (const { status, rows } of syncs) {
    totals[status] += 1;
    totals.rows += rows ?? 0;
  }
  return totals;
}

/** Runs as cells of the two sync steps: a partial one counts in both, a skipped one in neither. */
export function syncCells(syncs: readonly Sync[], now: Window, before: Window): Cell[] {
  const partOf = ({ start }: Sync): Cell['part'] | undefined =>
    start >= now.from && start < now.to ? 'now' : start >= before.from && start < before.to ? 'before' : undefined;
  return syncs.flatMap((sync) => {
    const part = partOf(sync);
    if (!part) return [];
    const cell = { part, provisional: false, count: 1, retried: 0 } as const;
    const failed: Cell = { ...cell, step: 'failed_to_sync', reason: sync.reason };
    const synced: Cell = { ...cell, step: 'successfully_synced', reason: '' };
    return { success: [synced], partial: [failed, synced], failed: [failed], skipped: [] }[sync.status];
  });
}
