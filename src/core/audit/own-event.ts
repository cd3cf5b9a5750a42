import type { Actor } from '../people/actor.ts';
import type { AuditEvent, OwnDeed } from './event.ts';

const types: Record<string, string> = { api: 'token', pipewarden: 'system', address: 'address' };
const typeOf = (account: string): string => types[account.split(':')[0] ?? ''] ?? 'user';

/** What somebody does through Pipewarden, as an event of its trail. */
export function ownEvent(
  actor: Pick<Actor, 'account' | 'person'>,
  deed: OwnDeed,
  about: { id: string; at: Date; workspace: string },
): AuditEvent {
  const { action, resource, outcome, before, after, context } = deed;
  return {
    ...about,
    provider: 'pipewarden',
    via: 'pipewarden',
    actor: { id: actor.account, type: typeOf(actor.account), name: actor.person, email: '' },
    action,
    type: action,
    resource,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    context: { outcome, ...(context === undefined ? {} : { more: context }) },
  };
}
