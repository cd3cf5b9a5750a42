import { ERASED } from '../../core/audit/verify.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { AuditPorts } from './ingest.ts';
import { record } from './record.ts';

/**
 * Removes what was before and after, and all else beside these events, for good: where the law asks for it. The events stay, and the
 * trail can still be verified. Each is recorded with the reason. Returns the seqs of those that had something to erase.
 */
export async function eraseDetails(
  { database, clock }: AuditPorts,
  actor: Actor,
  { seqs, reason }: { seqs: readonly number[]; reason: string },
): Promise<number[]> {
  authorise(actor, 'manage');
  if (reason.trim() === '') throw new UserError('bad_argument', 'Say why they are erased: the reason stays in the trail.');
  return database.transaction(async (stores) => {
    for (const seq of seqs) {
      const event = await stores.audit.event(seq);
      // Of other workspaces not even the number is known.
      if (!event || (actor.workspace !== undefined && event.workspace !== actor.workspace)) {
        throw new UserError('not_found', `There is no change ${seq}, or not any more.`);
      }
    }
    const erased = await stores.seals.erase(seqs);
    for (const seq of erased) {
      const resource = { kind: 'audit_event', id: String(seq), name: `Change ${seq}` };
      await record(stores, actor, { action: ERASED, resource, outcome: 'done', context: { reason } }, clock.now());
    }
    return erased;
  });
}
