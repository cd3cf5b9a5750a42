/**
 * A shop's deliveries. Yesterday all was well; today Amplitude's mapping for “Order Completed” is gone and some events are refused. One
 * event's name and one sample were written by somebody who would like to ping everyone.
 */
export const SHOP_NOW = '2026-11-25T12:40:20Z';

export const hostile = '<!channel> @everyone *Sale* <@U0DANA001> [x](https://evil.example)';

const yesterday = '2026-11-24T09:15:00Z';
const today = '2026-11-25T12:10:00Z';

const received = (time: string, source: string, count: number) => ({
  time,
  source,
  step: 'successfully_received',
  eventType: 'track',
  eventName: 'Order Completed',
  count,
});

const ended = (time: string, pair: string, step: string, count: number, more: object = {}) => {
  const [source, destination] = pair.split(' ');
  return { time, source, destination, step, eventType: 'track', eventName: 'Order Completed', count, ...more };
};

export const shop = {
  batchId: 'shop-1',
  resources: [
    { kind: 'source', id: 'web', name: 'Web shop', url: 'https://provider.example/sources/web' },
    { kind: 'source', id: 'orders', name: 'Order service' },
    {
      kind: 'destination',
      id: 'amplitude',
      name: 'Amplitude',
      parent: 'web',
      variant: 'actions',
      url: 'https://provider.example/amplitude',
    },
    { kind: 'destination', id: 'hubspot', name: 'HubSpot', variant: 'actions' },
  ],
  counts: [
    received(yesterday, 'web', 10_000),
    ended(yesterday, 'web amplitude', 'filtered_at_destination', 150, { reason: 'FILTERED_BY_RULES' }),
    ended(yesterday, 'web amplitude', 'failed_delivery', 50, { reason: '429' }),
    ended(yesterday, 'web amplitude', 'successful_delivery', 9_800),
    ended(yesterday, 'web hubspot', 'successful_delivery', 10_000),
    received(yesterday, 'orders', 4_000),
    ended(yesterday, 'orders hubspot', 'successful_delivery', 4_000),

    received(today, 'web', 12_000),
    ended(today, 'web amplitude', 'filtered_at_destination', 4_305, { reason: 'NO_MATCHING_MAPPING' }),
    ended(today, 'web amplitude', 'filtered_at_destination', 135, { reason: 'FILTERED_BY_RULES', eventName: hostile }),
    ended(today, 'web amplitude', 'failed_delivery', 240, { reason: '429', retried: 12 }),
    ended(today, 'web amplitude', 'successful_delivery', 7_320),
    ended(today, 'web hubspot', 'successful_delivery', 12_000),
    received(today, 'orders', 4_100),
    ended(today, 'orders hubspot', 'successful_delivery', 4_100),
  ],
  gauges: [{ time: today, source: 'web', destination: 'amplitude', metric: 'pending_retry', value: 38 }],
  samples: [
    {
      time: today,
      source: 'web',
      destination: 'amplitude',
      step: 'filtered_at_destination',
      reason: 'NO_MATCHING_MAPPING',
      eventName: 'Order Completed',
      request: '{"event":"Order Completed","properties":{"order":"8731","email":"kim@example.com","note":"` @everyone <!here>"}}',
      response: '',
    },
  ],
};
