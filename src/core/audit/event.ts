import type { Provider } from '../delivery/series.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** How an event came to us. */
export type Via = 'push' | 'poll' | 'webhook' | 'tracking' | 'demo' | 'pipewarden';

/** Who did something, as the provider names them. */
export interface AuditActor {
  id: string;
  /** `user`, `token`, `system`; anything a provider says. Empty where it says nothing. */
  type: string;
  /** Empty where unknown. */
  name: string;
  email: string;
}

/** Something that was changed or done, parsed and redacted. Text in it is data from outside. */
export interface AuditEvent {
  workspace: string;
  /** Where it comes from; what is done through Pipewarden comes from itself. */
  provider: Provider | 'pipewarden';
  /** The provider's own id: with workspace and provider, the natural key. */
  id: string;
  /** When it happened, UTC. */
  at: Date;
  actor: AuditActor;
  /** Canonical, e.g. `destination.disabled`. */
  action: string;
  /** The provider's own word, e.g. `Integration Disabled`. */
  type: string;
  resource: { kind: string; id: string; name: string };
  /** Undefined where the provider does not say. */
  before?: Json;
  after?: Json;
  /** Whatever else it said, redacted. */
  context?: Json;
  via: Via;
}

/** An event as it is kept. */
export interface StoredEvent extends AuditEvent {
  /** Grows with arrival; what pages and permalinks name. */
  seq: number;
  arrived: Date;
  /** The same change, that came before by another way. */
  sameAs: number | null;
  /** Its details were erased by law. */
  erased: boolean;
}

/** What one has done through Pipewarden, before it is an event. */
export interface OwnDeed {
  action: string;
  resource: AuditEvent['resource'];
  /** `done`, or why not. */
  outcome: 'done' | 'refused' | 'failed';
  before?: Json;
  after?: Json;
  context?: Json;
}
