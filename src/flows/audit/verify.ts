import { publicKeyOf, readStart, type Signer } from '../../core/audit/checkpoint.ts';
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

/** How many rows are looked at, of how many; the latter is not known at first. */
export type TellProgress = (rows: number, of: number | undefined) => void;

/** Checks the whole trail in the database. `anchors`: checkpoints kept elsewhere; throws a sentence for what is none. */
export async function verifyAudit(
  { database, signer }: ProofPorts,
  actor: Actor,
  anchors: readonly string[],
  tell: TellProgress = () => {},
): Promise<Verified> {
  authorise(actor, 'audit');
  tell(0, undefined);
  const [first, last] = await database.read(async ({ seals }) => [await seals.start(), (await seals.end()).n]);
  const before = first === undefined ? 0 : (readStart(first)?.n ?? 0);
  const wish = {
    keys: [publicKeyOf(signer.publicKey)],
    anchors,
    progress: (n: number) => tell(Math.max(0, n - before), last - before),
  };
  let verdict = await verifyTrail(proofLines(database), wish);
  // The oldest part may have been dropped, or details erased, while we read. What is really wrong is so again.
  if (verdict.state === 'tampered') verdict = await verifyTrail(proofLines(database), wish);
  const checkpoint = await database.read(({ seals }) => seals.lastCheckpoint());
  return { verdict, checkpoint, publicKey: signer.publicKey };
}

/** The whole trail with its proof, to be verified elsewhere. That it left is in the trail. */
export async function exportProof(ports: AuditPorts, actor: Actor): Promise<AsyncIterable<readonly ProofLine[]>> {
  authorise(actor, 'audit');
  if (actor.workspace !== undefined) {
    throw new UserError('forbidden', 'A proof is of the whole trail. Use a token that names no workspace.', { by: actor });
  }
  const resource = { kind: 'audit', id: 'audit', name: 'Audit trail' };
  const deed = { action: 'audit.exported', resource, outcome: 'done', context: { format: 'proof' } } as const;
  await ports.database.transaction((stores) => record(stores, actor, deed, ports.clock.now()));
  return proofLines(ports.database);
}
