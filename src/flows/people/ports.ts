import type { BuiltIn } from '../../core/people/person.ts';
import type { Policy } from '../../core/people/policy.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Database } from '../../core/ports/stores.ts';

export interface PeoplePorts {
  database: Database;
  clock: Clock;
  /** As loaded last: it may change while we run. */
  policy(): Policy;
  /** Roles that need neither file nor row, by account. */
  builtIn: BuiltIn;
}
