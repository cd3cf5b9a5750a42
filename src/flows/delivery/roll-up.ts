import { DAY, floorTo, MINUTES_KEPT, plus } from '../../core/delivery/time.ts';
import type { Claim } from '../../core/ports/jobs.ts';
import type { DeliveryPorts } from './ports.ts';

/** The key under which an hour of a series is owed: the hour's start in seconds, then the series. */
export const rollUpKey = (series: number, hour: Date): string => `${Number(hour) / 1000}/${series}`;

export function parseRollUpKey(key: string): { series: number; hour: Date } {
  const [hour, series] = key.split('/').map(Number);
  return { series: series as number, hour: new Date((hour as number) * 1000) };
}

/** Recomputes hours from their minutes. An hour whose minutes are gone keeps what it has. */
export async function rollUp(ports: DeliveryPorts, claims: readonly Claim[]): Promise<void> {
  // As far back as counts are taken: those days are whole, since retention drops a day once all of it is older.
  const horizon = floorTo(DAY, plus(ports.clock.now(), -MINUTES_KEPT));
  const hours = claims.map((claim) => parseRollUpKey(claim.key)).filter(({ hour }) => hour >= horizon);
  if (hours.length > 0) await ports.database.transaction(({ delivery }) => delivery.rollUp(hours));
}
