import { randomUUID } from 'node:crypto';
import type { OwnDeed } from '../../core/audit/event.ts';
import { ownEvent } from '../../core/audit/own-event.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { asNew } from './ingest.ts';
import { oweWatch } from './owe-watch.ts';

/** Where what is done for all workspaces is recorded. */
const MAIN = 'main';

/** Puts what somebody does through Pipewarden into the trail, in the transaction in which it is done. Returns its seq. */
export async function record(
  stores: Pick<Stores, 'audit' | 'owed' | 'watches'>,
  actor: Actor,
  deed: OwnDeed,
  at: Date,
  workspace = actor.workspace ?? MAIN,
): Promise<number> {
  const [added] = await stores.audit.add([asNew(ownEvent(actor, deed, { id: randomUUID(), at, workspace }))], at);
  await oweWatch(stores, at);
  return added?.seq ?? 0;
}
