import { createHash } from 'node:crypto';
import type { DeliveryBatch } from '../../core/delivery/delivery-body.ts';
import { masked } from '../../core/delivery/sample.ts';
import type { Provider, Series } from '../../core/delivery/series.ts';
import { cited, UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { DeliveryPorts } from './ports.ts';

/**
 * Stores a pushed batch whole or not at all, once: the same id with the same content again changes nothing, with other content
 * it is refused. Resolves after the commit.
 */
export async function ingest(
  ports: DeliveryPorts,
  actor: Actor,
  batch: DeliveryBatch,
  workspace: string,
): Promise<{ accepted: number; duplicate: number }> {
  authorise(actor, 'ingest');
  const now = ports.clock.now();
  const rows = batch.counts.length + batch.gauges.length + batch.resources.length + batch.syncs.length + batch.samples.length;
  // Of the parsed content, so that another order of keys or white space is still the same batch.
  const bodyHash = createHash('sha256').update(JSON.stringify(batch)).digest('hex');
  return ports.database.transaction(async (stores) => {
    const claimed = await stores.delivery.claimBatch({ workspace, sender: actor.person, id: batch.batchId, bodyHash, at: now });
    if (claimed === 'same') return { accepted: 0, duplicate: rows };
    if (claimed === 'other') {
      const message = `Batch ${cited(batch.batchId)} was sent before with other content; that one is kept. Give every batch its own batchId.`;
      throw new UserError('batch_conflict', message, { path: '/batchId' });
    }
    await checkSeries(stores, batch, 'push');
    await stores.delivery.addCounts(batch.counts, 'push', now);
    await stores.delivery.putGauges(batch.gauges, 'push');
    await stores.delivery.putSyncs(batch.syncs, 'push');
    await stores.delivery.putSamples(batch.samples.map(masked), 'push');
    await stores.resources.put(batch.resources);
    return { accepted: rows, duplicate: 0 };
  });
}

async function checkSeries(stores: Stores, batch: DeliveryBatch, provider: Provider): Promise<void> {
  const items = [
    ...batch.counts.map(({ series, minute }, i) => ({ series, at: minute, path: `/counts/${i}` })),
    ...batch.gauges.map(({ series }, i) => ({ series, at: undefined, path: `/gauges/${i}` })),
    ...batch.syncs.map(({ series }, i) => ({ series, at: undefined, path: `/syncs/${i}` })),
    ...batch.samples.map(({ series }, i) => ({ series, at: undefined, path: `/samples/${i}` })),
  ];
  const states = await stores.delivery.seriesFor(
    items.map((item) => item.series),
    provider,
  );
  items.forEach(({ series, at, path }, i) => {
    const state = states[i];
    if (state && state.provider !== provider) {
      const message = `${path}: ${nameOf(series)} is filled by ${state.provider}. Push under another source or workspace.`;
      throw new UserError('other_provider', message, { path });
    }
    if (at && state?.closedUntil && at < state.closedUntil) {
      const message = `${path}/time: hours before ${state.closedUntil.toISOString()} were written whole and are closed.`;
      throw new UserError('closed', message, { path: `${path}/time` });
    }
  });
}

const nameOf = (series: Series): string => [series.source, series.destination].filter(Boolean).join(' → ');
