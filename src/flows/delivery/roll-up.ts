import { DAY, floorTo, MINUTES_KEPT, plus } from '../../core/delivery/time.ts';
import type { Claim } from '../../core/ports/jobs.ts';
import type { DeliveryPorts } from './ports.ts';

/** An hour or a day of a series is owed under its start in seconds, then the series. */
export function parseRollUpKey(key: string): { series: number; start: Date } {
  const [start, series] = key.split('/').map(Number);
  return { series: series as number, start: new Date((start as number) * 1000) };
}

/** Recomputes hours from their minutes. An hour whose minutes are gone keeps what it has. */
export async function rollUp(ports: DeliveryPorts, claims: readonly Claim[]): Promise<void> {
  const now = ports.clock.now();
  // As far back as counts are taken: those days are whole, since retention drops a day once all of it is older.
  const horizon = floorTo(DAY, plus(now, -MINUTES_KEPT));
  const hours = claims.map(({ key }) => parseRollUpKey(key)).filter(({ start }) => start >= horizon);
  if (hours.length === 0) return;
  await ports.database.transaction(({ delivery }) =>
    delivery.rollUp(
      hours.map(({ series, start }) => ({ series, hour: start })),
      now,
    ),
  );
}

/** Recomputes days from their hours. */
export async function rollUpDays(ports: DeliveryPorts, claims: readonly Claim[]): Promise<void> {
  const days = claims.map(({ key }) => parseRollUpKey(key)).map(({ series, start }) => ({ series, day: start }));
  await ports.database.transaction(({ delivery }) => delivery.rollUpDays(days));
}
