import type { Forward } from '../../core/audit/forward.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Database } from '../../core/ports/stores.ts';
import type { Webhooks } from '../../core/ports/webhooks.ts';

export interface ForwardPorts {
  database: Database;
  clock: Clock;
  /** As the policy file says them now. */
  forwards(): readonly Forward[];
}

export interface SendingPorts extends ForwardPorts {
  webhooks: Pick<Webhooks, 'post'>;
  /** What a forward signs with: one key, or the new and the old one. */
  keysOf(name: string): readonly Buffer[];
  /** In [0, 1). */
  chance(): number;
  /** Told of every try, for counting. */
  tried(name: string, result: 'delivered' | 'due' | 'dead'): void;
}
