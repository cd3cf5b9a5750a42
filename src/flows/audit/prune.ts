import { rowHash } from '../../core/audit/chain.ts';
import { type Signer, signStart, tokenHash } from '../../core/audit/checkpoint.ts';
import { AUDIT_KEPT, plus } from '../../core/delivery/time.ts';
import { pipewarden } from '../../core/people/actor.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Database } from '../../core/ports/stores.ts';
import { record } from './record.ts';

export interface PrunePorts {
  database: Database;
  clock: Clock;
  signer: Signer;
}

/**
 * Drops the months that are old enough, whole, and signs for where the trail begins since: what is left can still be verified. That
 * it was done is in the trail. Whatever is not sealed yet stays until it is.
 */
export async function prune({ database, clock, signer }: PrunePorts): Promise<void> {
  const at = clock.now();
  const before = plus(at, -AUDIT_KEPT);
  await database.transaction(async (stores) => {
    const { seals } = stores;
    await seals.lock();
    const old = await seals.expiring(before);
    if (!old) return;
    const { n, hash, rows } = old;
    const last = await seals.lastCheckpoint(n);
    const checkpoint = last ? { number: last.number, hash: tokenHash(last.token) } : { number: 0, hash: '' };
    const kept = old.kept.map(({ n: place, row }): [number, string] => [place, rowHash(row)]);
    const resource = { kind: 'audit', id: 'audit', name: 'Audit trail' };
    const context = { rows, upTo: n, arrivedBefore: before.toISOString() };
    await record(stores, pipewarden, { action: 'trail.pruned', resource, outcome: 'done', context }, at);
    await seals.drop(before, { n, token: signStart({ n, hash, at, kept, checkpoint }, signer) });
  });
}
