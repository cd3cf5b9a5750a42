import { createHash, randomUUID } from 'node:crypto';
import type { OwnDeed } from '../../core/audit/event.ts';
import { ownEvent } from '../../core/audit/own-event.ts';
import { floorTo, HOUR } from '../../core/delivery/time.ts';
import type { UserError } from '../../core/errors.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { Caller } from '../../core/people/caller.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Database, Stores } from '../../core/ports/stores.ts';
import { asNew } from './ingest.ts';

/** Where what is done for all workspaces is recorded. */
const MAIN = 'main';

/** Puts what somebody does through Pipewarden into the trail, in the transaction in which it is done. Returns its seq. */
export async function record(
  stores: Pick<Stores, 'audit'>,
  actor: Pick<Actor, 'account' | 'person' | 'workspace'>,
  deed: OwnDeed,
  at: Date,
  { workspace = actor.workspace ?? MAIN, id = randomUUID() as string } = {},
): Promise<number> {
  const [added] = await stores.audit.add([asNew(ownEvent(actor, deed, { id, at, workspace }))], at);
  return added?.seq ?? 0;
}

/**
 * What somebody was not allowed to do. The first time in an hour stands for all of them: nobody floods the trail by trying again, since
 * the others have the same id.
 */
export async function recordRefusal(
  { database, clock }: { database: Database; clock: Clock },
  { account, name }: Pick<Caller, 'account' | 'name'>,
  what: string,
  why: UserError,
): Promise<void> {
  const at = clock.now();
  const hour = floorTo(HOUR, at).toISOString();
  const id = createHash('sha256')
    .update(JSON.stringify([account, what, hour]))
    .digest('base64url');
  const resource = { kind: 'command', id: what, name: what };
  const deed: OwnDeed = { action: 'access.refused', resource, outcome: 'refused', context: { why: why.message } };
  await database.transaction((stores) => record(stores, { account, person: name }, deed, at, { id: `refused-${id}` }));
}
