import fc from 'fast-check';
import { directoryOf, type Entry } from '../../src/core/delivery/directory.ts';
import { discardReasons } from '../../src/core/delivery/discard-reasons.ts';
import { type Cell, type Overview, overview } from '../../src/core/delivery/overview.ts';
import { type Period, periodUsed, settledUntil } from '../../src/core/delivery/period.ts';
import type { Resource, Sync } from '../../src/core/delivery/series.ts';
import { type Step, variantSteps } from '../../src/core/delivery/steps.ts';
import { UserError } from '../../src/core/errors.ts';
import type { SeriesState } from '../../src/core/ports/stores.ts';

export const at = (text: string): Date => new Date(`2026-11-${text}Z`);
/** A Wednesday at noon. */
export const NOON = at('25T12:00:30');

export const cell = (step: Step, count: number, more: Partial<Cell> = {}): Cell => ({
  part: 'now',
  provisional: false,
  step,
  reason: '',
  count,
  retried: 0,
  ...more,
});
export const earlier = (step: Step, count: number, more: Partial<Cell> = {}): Cell =>
  cell(step, count, { ...more, part: 'before' });

export function overviewOf(
  cells: readonly Cell[],
  more: Partial<Parameters<typeof overview>[0]> & { period?: Period } = {},
): Overview {
  const { period = { name: '24h' }, newest = at('25T11:59:00'), ...rest } = more;
  return overview({
    pipeline: { workspace: 'main', source: 'src_web', destination: 'dst_amp' },
    variant: 'actions',
    used: periodUsed(period, NOON, at('11T00:00:00')),
    cells,
    pendingRetry: null,
    syncs: null,
    now: NOON,
    settledUntil: settledUntil(newest ?? undefined, NOON),
    newest,
    ...rest,
  });
}

export const seriesState = (more: Partial<SeriesState>): SeriesState => ({
  id: 1,
  workspace: 'main',
  source: 'src_web',
  destination: '',
  mapping: '',
  audience: '',
  provider: 'push',
  closedUntil: null,
  newest: null,
  ...more,
});

export const resource = (more: Partial<Resource> & Pick<Resource, 'kind' | 'id'>): Resource => ({
  workspace: 'main',
  slug: '',
  name: '',
  parent: '',
  variant: '',
  url: '',
  ...more,
});

/** One pipeline with names of your choice. */
export function entryOf(source: Partial<Resource>, destination: Partial<Resource>, workspace = 'main'): Entry {
  const named = { source: source.id ?? 'src_web', destination: destination.id ?? 'dst_amp' };
  const [entry] = directoryOf(
    [seriesState({ workspace, ...named, mapping: 'map_1' })],
    [
      resource({ workspace, ...source, kind: 'source', id: named.source }),
      resource({ workspace, ...destination, kind: 'destination', id: named.destination }),
    ],
  );
  return entry as Entry;
}

export const webToAmplitude = entryOf(
  { slug: 'web', name: 'Web shop' },
  { slug: 'amplitude', name: 'Amplitude', url: 'https://app.example.com/destinations/dst_amp' },
);

const discardStep = fc.constantFrom<Step>('failed_on_ingest', 'filtered_at_source', 'filtered_at_destination', 'failed_delivery');
const reason = fc.oneof(
  fc.constantFrom('', '429', 'errors.discarded.429', 'errors.awaiting-retry.429', 'never heard of'),
  fc.constantFrom(...discardReasons.map(([, code]) => code)),
);
const amount = fc.oneof(fc.nat(50), fc.nat(1_000_000_000));

/** Any sums a store could hand over. */
export const anyCell: fc.Arbitrary<Cell> = fc
  .record({
    part: fc.constantFrom<Cell['part']>('now', 'before'),
    provisional: fc.boolean(),
    step: fc.oneof(discardStep, fc.constantFrom<Step>(...variantSteps.actions)),
    reason,
    count: amount,
    retriedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ retriedShare, ...rest }) => ({ ...rest, retried: Math.floor(rest.count * retriedShare) }));
export const anyCells = fc.array(anyCell, { maxLength: 40 });

/** What the call throws, which must be a UserError: every other error is a bug of ours. */
export function refusal(call: () => unknown): UserError {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** A surrogate without its other half, which cannot be stored or shown. */
export const halfACharacter = /[\uD800-\uDFFF]/u;

/** A run of a storage pipeline; full, with rows, unless you say otherwise. */
export const syncOf = (more: Partial<Sync> = {}): Sync => ({
  series: { workspace: 'main', source: 'src_web', destination: 'dst_amp', mapping: '', audience: '' },
  id: 'run_1',
  start: at('25T10:05:00'),
  end: at('25T10:17:00'),
  status: 'success',
  rows: 1_200,
  reason: '',
  collections: [],
  ...more,
});
