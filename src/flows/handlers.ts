import { ceilTo, DAY, MINUTE, plus } from '../core/delivery/time.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Connector } from '../core/ports/connector.ts';
import type { JobHandlers } from '../core/ports/jobs.ts';
import type { Database } from '../core/ports/stores.ts';
import { type CollectAuditPorts, collectAudit } from './audit/collect.ts';
import { prune } from './audit/prune.ts';
import { runWatches } from './audit/run-watches.ts';
import { type SealPorts, seal } from './audit/seal.ts';
import { tellInterrupted } from './chat/interrupted.ts';
import { type SendPorts, sendPosts } from './chat/send.ts';
import { collect } from './delivery/collect.ts';
import { rollUp, rollUpDays } from './delivery/roll-up.ts';

/** What each kind of owed work does. A kind without a handler does not compile. */
export function jobHandlers(
  parts: SendPorts &
    SealPorts &
    CollectAuditPorts & {
      connectors: readonly Connector[];
      /** Sends what a forward has to send; when there will be more. */
      forward(name: string): Promise<Date | undefined>;
    },
): JobHandlers {
  return {
    roll_up: {
      batch: 500,
      async run(claims) {
        await rollUp(parts, claims);
        return undefined;
      },
    },
    roll_up_day: {
      batch: 500,
      async run(claims) {
        await rollUpDays(parts, claims);
        return undefined;
      },
    },
    post: {
      batch: 1,
      // A channel that waits for its platform must not hold up the others.
      lanes: 8,
      async run([claim]) {
        return claim && sendPosts(parts, claim);
      },
    },
    collect: {
      batch: 1,
      async run([claim]) {
        const connector = parts.connectors.find((candidate) => candidate.provider === claim?.key);
        if (!connector) return undefined;
        await collectAudit(parts, connector);
        return await collect(parts, connector);
      },
    },
    seal: {
      batch: 1,
      async run() {
        return seal(parts);
      },
    },
    forward: {
      batch: 1,
      // A receiver that is slow must not hold up the others.
      lanes: 4,
      run: async ([claim]) => claim && parts.forward(claim.key),
    },
    watch: {
      batch: 1,
      async run() {
        await runWatches(parts);
        return undefined;
      },
    },
    long: {
      batch: 1,
      run: async ([claim]) => claim && tellInterrupted(parts, claim.key),
    },
    retention: {
      batch: 1,
      async run() {
        const now = parts.clock.now();
        await parts.database.transaction(async ({ delivery, people, audit, watches }) => {
          await delivery.retain(now);
          await audit.makeRoom(now);
          await people.retain(now);
          await watches.retain(now);
        });
        await prune(parts);
        return plus(ceilTo(DAY, plus(now, 1)), 5 * MINUTE);
      },
    },
  };
}

/** What has to be done again and again, owed once. */
export async function oweTicks(database: Database, connectors: readonly Connector[], clock: Clock): Promise<void> {
  const dueAt = clock.now();
  await database.transaction(({ owed }) =>
    owed.owe([
      { kind: 'retention', key: 'daily', dueAt },
      { kind: 'seal', key: 'trail', dueAt },
      ...connectors.map(({ provider }) => ({ kind: 'collect' as const, key: provider, dueAt })),
    ]),
  );
}
