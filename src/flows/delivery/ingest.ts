import { createHash } from 'node:crypto';
import type { DeliveryBatch } from '../../core/delivery/delivery-body.ts';
import { masked } from '../../core/delivery/sample.ts';
import type { Series } from '../../core/delivery/series.ts';
import { cited, UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { SeriesState, Stores } from '../../core/ports/stores.ts';
import type { DeliveryPorts } from './ports.ts';

export interface Ingested {
  accepted: number;
  duplicate: number;
}

export type Ingest = (actor: Actor, batch: DeliveryBatch, workspace: string) => Promise<Ingested>;

interface Waiting {
  sender: string;
  workspace: string;
  batch: DeliveryBatch;
  settle(result: Promise<Ingested>): void;
}

/** Transactions at once: the next group gathers while these are written. */
const WRITERS = 2;
/** What one transaction takes; more waits for the next. */
const GROUP_BATCHES = 32;
const GROUP_ROWS = 20_000;

/**
 * Stores pushed batches, each whole or not at all, once: the same id with the same content again changes nothing, with other
 * content it is refused. Resolves after the commit. What concurrent callers bring is written together, and counts of the same
 * key are added up before they are written.
 */
export function createIngest(ports: DeliveryPorts): Ingest {
  const waiting: Waiting[] = [];
  let writers = 0;

  /** The next group: as many of those waiting as fit. */
  function nextGroup(): Waiting[] {
    let rows = 0;
    const size = waiting.findIndex(({ batch }, i) => {
      rows += rowsOf(batch);
      return i > 0 && (i >= GROUP_BATCHES || rows > GROUP_ROWS);
    });
    return waiting.splice(0, size === -1 ? waiting.length : size);
  }

  async function write(): Promise<void> {
    writers += 1;
    for (let group = nextGroup(); group.length > 0; group = nextGroup()) await writeGroup(group);
    writers -= 1;
  }

  /** One refused batch must not cost its neighbours anything: then each is written by itself. */
  async function writeGroup(group: Waiting[]): Promise<void> {
    const together = store(ports, group);
    const failure = await together.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // When the database is away, asking it once more for each only makes all of them wait longer.
    if (!failure || group.length === 1 || isOutage(failure.error)) {
      for (const [i, one] of group.entries()) one.settle(together.then((results) => results[i] as Ingested));
      return;
    }
    for (const one of group) {
      const alone = store(ports, [one]).then(([result]) => result as Ingested);
      one.settle(alone);
      await alone.catch(() => undefined);
    }
  }

  return async (actor, batch, workspace) => {
    authorise(actor, 'ingest');
    return new Promise((settle) => {
      waiting.push({ sender: actor.person, workspace, batch, settle });
      if (writers < WRITERS) void write();
    });
  };
}

const isOutage = (error: unknown): boolean => error instanceof UserError && error.code === 'unavailable';

const rowsOf = ({ counts, gauges, resources, syncs, samples }: DeliveryBatch): number =>
  counts.length + gauges.length + resources.length + syncs.length + samples.length;

/** Writes all of these batches in one transaction, or none. */
function store(ports: DeliveryPorts, group: readonly Waiting[]): Promise<Ingested[]> {
  const now = ports.clock.now();
  return ports.database.transaction(async (stores) => {
    const results = new Map<Waiting, Ingested>();
    const news = new Set<Waiting>();
    // Sorted, so that two writers with the same batches never wait for each other in a circle.
    for (const one of [...group].sort((a, b) => (claimKey(a) < claimKey(b) ? -1 : 1))) {
      const isNew = await claim(stores, one, now);
      if (isNew) news.add(one);
      results.set(one, isNew ? { accepted: rowsOf(one.batch), duplicate: 0 } : { accepted: 0, duplicate: rowsOf(one.batch) });
    }
    // As they came: of two reports of one sync or level, the later one counts.
    const fresh = group.filter((one) => news.has(one)).map((one) => one.batch);
    await checkSeries(stores, fresh);
    await stores.delivery.addCounts(
      fresh.flatMap((batch) => batch.counts),
      'push',
      now,
    );
    await stores.delivery.putGauges(
      fresh.flatMap((batch) => batch.gauges),
      'push',
    );
    await stores.delivery.putSyncs(
      fresh.flatMap((batch) => batch.syncs),
      'push',
    );
    await stores.delivery.putSamples(
      fresh.flatMap((batch) => batch.samples.map(masked)),
      'push',
    );
    await stores.resources.put(fresh.flatMap((batch) => batch.resources));
    return group.map((one) => results.get(one) as Ingested);
  });
}

const claimKey = ({ workspace, sender, batch }: Waiting): string => JSON.stringify([workspace, sender, batch.batchId]);

/** False for a batch that is stored already. */
async function claim(stores: Stores, { workspace, sender, batch }: Waiting, at: Date): Promise<boolean> {
  const bodyHash = createHash('sha256').update(contentOf(batch)).digest('hex');
  const claimed = await stores.delivery.claimBatch({ workspace, sender, id: batch.batchId, bodyHash, at });
  if (claimed !== 'other') return claimed === 'new';
  const message = `Batch ${cited(batch.batchId)} was sent before with other content; that one is kept. Give every batch its own batchId.`;
  throw new UserError('batch_conflict', message, { path: '/batchId' });
}

/**
 * Of the parsed content, so that another order of keys or white space is still the same batch. Series and dates would be most of it:
 * each series is written once, a minute as a number.
 */
function contentOf(batch: DeliveryBatch): string {
  const numbers = new Map<Series, number>();
  const numberOf = (series: Series) => {
    const number = numbers.get(series) ?? numbers.size;
    numbers.set(series, number);
    return number;
  };
  const counts = batch.counts.map((c) => [
    numberOf(c.series),
    Number(c.minute),
    c.step,
    c.eventType,
    c.eventName,
    c.appVersion,
    c.reason,
    c.count,
    c.retried,
  ]);
  return JSON.stringify({ ...batch, counts, series: [...numbers.keys()] });
}

/** In one call for all of them: new series are created in one order, whatever the order of the batches. */
async function checkSeries(stores: Stores, batches: readonly DeliveryBatch[]): Promise<void> {
  const parts = batches.flatMap(({ counts, gauges, syncs, samples }) => Object.entries({ counts, gauges, syncs, samples }));
  const series = [...new Set(parts.flatMap(([, items]) => items.map((item) => item.series)))];
  const found = await stores.delivery.seriesFor(series, 'push');
  const states = new Map(series.map((one, i) => [one, found[i]]));
  for (const [part, items] of parts) {
    for (const [i, item] of items.entries()) {
      const state = states.get(item.series);
      if (!state) continue;
      const isClosed = 'minute' in item && state.closedUntil !== null && item.minute < state.closedUntil;
      if (state.provider !== 'push' || isClosed) throw refused(state, `/${part}/${i}`);
    }
  }
}

function refused(state: SeriesState, path: string): UserError {
  if (state.provider !== 'push') {
    const message = `${path}: ${nameOf(state)} is filled by ${state.provider}. Push under another source or workspace.`;
    return new UserError('other_provider', message, { path });
  }
  const message = `${path}/time: hours before ${state.closedUntil?.toISOString()} were written whole and are closed.`;
  return new UserError('closed', message, { path: `${path}/time` });
}

const nameOf = (series: Series): string => [series.source, series.destination].filter(Boolean).join(' → ');
