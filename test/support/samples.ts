import type { Count, Gauge, Sample, Series, Sync } from '../../src/core/delivery/series.ts';

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

/** A run of web → amplitude that succeeded within five minutes, but for what is given. */
export const sync = (some: Partial<Omit<Sync, 'start' | 'end'>> & { start: Date | string; end?: Date | string | null }): Sync => {
  const start = new Date(some.start);
  const end = some.end === undefined ? new Date(Number(start) + 300_000) : some.end;
  const rest = { series: series(), id: 'run-1', status: 'success' as const, rows: 100, reason: '', collections: [] };
  return { ...rest, ...some, start, end: end === null ? null : new Date(end) };
};

/** An event that amplitude refused, but for what is given. */
export const sample = (some: Partial<Omit<Sample, 'at'>> & { at: Date | string }): Sample => ({
  series: series(),
  step: 'failed_delivery',
  reason: '400',
  eventName: 'Order Completed',
  request: '{}',
  response: '{}',
  ...some,
  at: new Date(some.at),
});

/** A log that keeps what it was told. */
export function keptLog() {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
