import type { Clock } from '../../core/ports/clock.ts';
import type { Database } from '../../core/ports/stores.ts';

export interface DeliveryPorts {
  database: Database;
  clock: Clock;
}
