/**
 * Where an event is on its way. The order here is the number stored in the database: append only.
 * Names follow Segment's Delivery Overview.
 */
export const steps = [
  'successfully_received',
  'events_from_audience',
  'failed_on_ingest',
  'filtered_at_source',
  'filtered_at_destination',
  'failed_delivery',
  'successful_delivery',
  'failed_to_sync',
  'successfully_synced',
] as const;

export type Step = (typeof steps)[number];

interface StepFacts {
  label: string;
  /** first = what the shares are of · discard = events end here · last = arrived */
  role: 'first' | 'discard' | 'last';
  /** Source steps are stored once per source, without destination, and joined when read. */
  at: 'source' | 'destination';
  /** What is counted: shares exist only among events. */
  unit: 'events' | 'syncs';
}

export const stepFacts: Record<Step, StepFacts> = {
  successfully_received: { label: 'Received', role: 'first', at: 'source', unit: 'events' },
  events_from_audience: { label: 'From audience', role: 'first', at: 'destination', unit: 'events' },
  failed_on_ingest: { label: 'Failed on ingest', role: 'discard', at: 'source', unit: 'events' },
  filtered_at_source: { label: 'Filtered at source', role: 'discard', at: 'source', unit: 'events' },
  filtered_at_destination: { label: 'Filtered at destination', role: 'discard', at: 'destination', unit: 'events' },
  failed_delivery: { label: 'Failed delivery', role: 'discard', at: 'destination', unit: 'events' },
  successful_delivery: { label: 'Delivered', role: 'last', at: 'destination', unit: 'events' },
  failed_to_sync: { label: 'Failed to sync', role: 'discard', at: 'destination', unit: 'syncs' },
  successfully_synced: { label: 'Synced', role: 'last', at: 'destination', unit: 'syncs' },
};

/** A pipeline's ordered steps, by variant (Segment's Delivery Overview, pipeline variants). */
export const variantSteps = {
  classic: [
    'successfully_received',
    'failed_on_ingest',
    'filtered_at_source',
    'filtered_at_destination',
    'failed_delivery',
    'successful_delivery',
  ],
  actions: [
    'successfully_received',
    'failed_on_ingest',
    'filtered_at_source',
    'filtered_at_destination',
    'failed_delivery',
    'successful_delivery',
  ],
  /** Events become rows on the way: the last two steps count syncs. */
  storage: [
    'successfully_received',
    'failed_on_ingest',
    'filtered_at_source',
    'filtered_at_destination',
    'failed_to_sync',
    'successfully_synced',
  ],
  linked_audience: [
    'events_from_audience',
    'filtered_at_source',
    'filtered_at_destination',
    'failed_delivery',
    'successful_delivery',
  ],
  /** Segment shows no first step here; where nobody reports one, what ended somewhere stands for it. */
  engage: ['events_from_audience', 'filtered_at_source', 'filtered_at_destination', 'failed_delivery', 'successful_delivery'],
} as const satisfies Record<string, readonly Step[]>;

export type Variant = keyof typeof variantSteps;

export const isStep = (value: string): value is Step => (steps as readonly string[]).includes(value);
export const isVariant = (value: string): value is Variant => Object.hasOwn(variantSteps, value);
