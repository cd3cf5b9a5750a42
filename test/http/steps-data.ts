import { expect } from 'vitest';
import { type apiServer, batchOf } from './server.ts';

export const PAGE = 100;
export const NAMES = 250;
export const nameOf = (i: number) => `Event ${String(i).padStart(3, '0')}`;

export interface Row {
  count: number;
  previousCount: number;
  [key: string]: unknown;
}

const at = (time: string) => ({ time: `2026-11-25T${time}:00Z`, source: 'shop' });
const ofSource = { destination: undefined };

/** One pipeline with reasons, mappings, an audience, and more event names than fit a page. */
export async function pushSteps(api: ReturnType<typeof apiServer>): Promise<void> {
  const failed = { ...at('10:10'), destination: 'braze', step: 'failed_delivery' };
  const names = Array.from({ length: NAMES }, (_, i) => ({
    ...at('10:12'),
    destination: 'braze',
    mapping: i % 2 ? 'm-1' : 'm-2',
    audience: i < 10 ? 'vip' : undefined,
    eventName: nameOf(i),
    // Many of the same count: their order must not be left to chance.
    count: 10 + Math.floor(i / 3),
  }));
  const pushed = await api.post(
    batchOf(
      {
        resources: [
          { kind: 'destination', id: 'braze', name: 'Braze', variant: 'actions' },
          { kind: 'mapping', id: 'm-1', name: 'Track order', parent: 'braze' },
          { kind: 'audience', id: 'vip', name: 'Very important' },
        ],
      },
      { ...at('10:09'), ...ofSource, step: 'successfully_received', count: 99_999 },
      { ...at('09:09'), ...ofSource, step: 'successfully_received', count: 77_777 },
      { ...at('10:09'), ...ofSource, step: 'failed_on_ingest', reason: 'TOO_LARGE', count: 12 },
      { ...at('10:09'), ...ofSource, step: 'filtered_at_source', reason: 'BLOCKED', count: 34 },
      { ...failed, mapping: 'm-1', reason: '400', eventName: 'A', appVersion: '1.0', count: 31 },
      { ...failed, mapping: 'm-1', reason: 'errors.discarded.400', eventName: 'A', appVersion: '2.0', count: 7 },
      { ...failed, mapping: 'm-2', reason: '429', eventName: 'B', eventType: 'identify', count: 13, retried: 2 },
      { ...failed, mapping: 'm-2', reason: 'brand_new_code', eventName: 'B', count: 13 },
      { ...failed, mapping: 'm-2', eventName: 'C', count: 3 },
      { ...failed, ...at('09:10'), mapping: 'm-1', reason: '400', eventName: 'A', count: 17 },
      { ...failed, ...at('09:10'), mapping: 'm-1', reason: 'only_before', eventName: 'A', count: 5 },
      { ...at('10:10'), destination: 'braze', mapping: 'm-1', step: 'filtered_at_destination', reason: 'no_match', count: 21 },
      ...names,
    ),
  );
  expect(pushed.json).toEqual({ accepted: 265, duplicate: 0 });
}
