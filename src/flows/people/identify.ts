import type { Actor } from '../../core/people/actor.ts';
import type { Caller } from '../../core/people/caller.ts';

export async function identify(caller: Caller): Promise<Actor> {
  return { person: caller.name, account: caller.account, roles: [caller.account.startsWith('console:') ? 'owner' : 'viewer'] };
}
