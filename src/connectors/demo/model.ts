import type { Step, Variant } from '../../core/delivery/steps.ts';

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
  /** Id of the audience whose changes of membership it tells. */
  audience?: string;
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
  /** None: a destination that is offered every event. */
  mappings: readonly ShopMapping[];
  /** Absent: actions with mappings, classic without. */
  variant?: 'storage' | 'linked_audience' | 'engage';
  /** Ids of the audiences sent to it; absent = all events of its source. */
  audiences?: readonly string[];
}

export interface ShopAudience {
  id: string;
  slug: string;
  name: string;
  /** Slug of the source it is computed in. */
  source: string;
  /** How many are in it, more or less. */
  size: number;
}

export const variantOf = ({ variant, mappings }: ShopDestination): Variant =>
  variant ?? (mappings.length > 0 ? 'actions' : 'classic');

/** Whether a source's event is offered to a destination of that source. */
export const isOffered = ({ audiences }: ShopDestination, { audience }: ShopEvent): boolean =>
  audiences === undefined || (audience !== undefined && audiences.includes(audience));

/** What mappings and losses refer to an event by: an identify call has no name. */
export const eventKey = (event: ShopEvent): string => event.name || event.type;

const lossAt =
  (step: Step) =>
  (reason: string, share: number, ...events: string[]): Loss => ({ step, reason, share, events });
export const notIngested = lossAt('failed_on_ingest');
export const blocked = lossAt('filtered_at_source');
export const filtered = lossAt('filtered_at_destination');
export const failed = lossAt('failed_delivery');

export const track = (name: string, mix: number, audience?: string): ShopEvent => ({
  type: 'track',
  name,
  mix,
  ...(audience && { audience }),
});
export const identify = (mix: number): ShopEvent => ({ type: 'identify', name: '', mix });
