import { ceilTo, DAY, MINUTE, plus } from '../core/delivery/time.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Connector } from '../core/ports/connector.ts';
import type { JobHandlers } from '../core/ports/jobs.ts';
import type { Database } from '../core/ports/stores.ts';
import { runWatches } from './audit/run-watches.ts';
import { type SendPorts, sendPosts } from './chat/send.ts';
import { collect } from './delivery/collect.ts';
import { rollUp, rollUpDays } from './delivery/roll-up.ts';

/** What each kind of owed work does. A kind without a handler does not compile. */
export function jobHandlers(parts: SendPorts & { connectors: readonly Connector[] }): JobHandlers {
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
        return connector ? await collect(parts, connector) : undefined;
      },
    },
    watch: {
      batch: 1,
      async run() {
        await runWatches(parts);
        return undefined;
      },
    },
    retention: {
      batch: 1,
      async run() {
        const now = parts.clock.now();
        await parts.database.transaction(async ({ delivery, people, audit, watches }) => {
          await delivery.retain(now);
          await audit.retain(now);
          await people.retain(now);
          await watches.retain(now);
        });
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
      ...connectors.map(({ provider }) => ({ kind: 'collect' as const, key: provider, dueAt })),
    ]),
  );
}
