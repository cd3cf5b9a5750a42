import type { Step } from '../../core/delivery/steps.ts';

export type Curve = 'shoppers' | 'office';

/** A way events end before they arrive, as a share of all events that come to it. */
export interface Loss {
  step: Step;
  reason: string;
  share: number;
  /** Event keys; empty = every event. */
  events: readonly string[];
}

export interface ShopEvent {
  type: 'track' | 'page' | 'identify';
  name: string;
  /** Share of the source's events. */
  mix: number;
}

export interface ShopSource {
  id: string;
  slug: string;
  name: string;
  /** Events a minute in the busiest hour of an ordinary day. */
  peak: number;
  curve: Curve;
  versions: readonly { version: string; share: number }[];
  events: readonly ShopEvent[];
  losses: readonly Loss[];
}

export interface ShopMapping {
  id: string;
  slug: string;
  name: string;
  /** Event keys it takes. */
  takes: readonly string[];
}

export interface ShopDestination {
  id: string;
  slug: string;
  name: string;
  /** Slug of its one source. */
  source: string;
  losses: readonly Loss[];
  /** None: a classic destination, which is offered every event. */
  mappings: readonly ShopMapping[];
}

/** What mappings and losses refer to an event by: an identify call has no name. */
export const eventKey = (event: ShopEvent): string => event.name || event.type;
