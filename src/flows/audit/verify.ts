import { publicKeyOf, type Signer } from '../../core/audit/checkpoint.ts';
import { type ProofLine, verifyTrail } from '../../core/audit/verify.ts';
import type { Verified } from '../../core/cards/verify-card.ts';
import { UserError } from '../../core/errors.ts';
import { type Actor, authorise } from '../../core/people/actor.ts';
import type { AuditPorts } from './ingest.ts';
import { proofLines } from './proof.ts';
import { record } from './record.ts';

export interface ProofPorts extends AuditPorts {
  signer: Signer;
}

/** Checks the whole trail in the database. `anchors`: checkpoints kept elsewhere; throws a sentence for what is none. */
export async function verifyAudit(ports: ProofPorts, actor: Actor, anchors: readonly string[]): Promise<Verified> {
  authorise(actor, 'audit');
  const { database, signer } = ports;
  const keys = [publicKeyOf(signer.publicKey)];
  let verdict = await verifyTrail(proofLines(database), { keys, anchors });
  // The oldest part may have been dropped, or details erased, while we read. What is really wrong is so again.
  if (verdict.state === 'tampered') verdict = await verifyTrail(proofLines(database), { keys, anchors });
  const checkpoint = await database.read(({ seals }) => seals.lastCheckpoint());
  return { verdict, checkpoint, publicKey: signer.publicKey };
}

/** The whole trail with its proof, to be verified elsewhere. That it left is in the trail. */
export async function exportProof(ports: AuditPorts, actor: Actor): Promise<AsyncIterable<readonly ProofLine[]>> {
  authorise(actor, 'audit');
  if (actor.workspace !== undefined) {
    throw new UserError('forbidden', 'A proof is of the whole trail. Use a token that names no workspace.');
  }
  const resource = { kind: 'audit', id: 'audit', name: 'Audit trail' };
  const deed = { action: 'audit.exported', resource, outcome: 'done', context: { format: 'proof' } } as const;
  await ports.database.transaction((stores) => record(stores, actor, deed, ports.clock.now()));
  return proofLines(ports.database);
}
