import type { Count, Gauge, Series } from '../../src/core/delivery/series.ts';

/** A series of web → amplitude in `main`, but for what is given. */
export const series = (some: Partial<Series> = {}): Series => ({
  workspace: 'main',
  source: 'web',
  destination: 'amplitude',
  mapping: '',
  audience: '',
  ...some,
});

/** One delivered event, but for what is given. */
export const count = (some: Partial<Omit<Count, 'minute'>> & { minute: Date | string }): Count => ({
  series: series(),
  step: 'successful_delivery',
  eventType: 'track',
  eventName: 'Order Completed',
  appVersion: '',
  reason: '',
  count: 1,
  retried: 0,
  ...some,
  minute: new Date(some.minute),
});

export const gauge = (some: Partial<Omit<Gauge, 'at'>> & { at: Date | string }): Gauge => ({
  series: series(),
  metric: 'pending_retry',
  value: 1,
  ...some,
  at: new Date(some.at),
});

/** A log that keeps what it was told. */
export function keptLog() {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
