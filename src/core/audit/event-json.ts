import type { StoredEvent } from './event.ts';

/** An event as the API and forwards show it. What a provider did not say is null. */
export const eventJson = (event: StoredEvent) => ({
  id: event.id,
  at: event.at,
  actor: event.actor,
  action: event.action,
  type: event.type,
  resource: event.resource,
  before: event.before ?? null,
  after: event.after ?? null,
  context: event.context ?? null,
  workspace: event.workspace,
  provider: event.provider,
  via: event.via,
  seq: event.seq,
});
