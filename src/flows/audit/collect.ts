import { masked } from '../../core/audit/audit-body.ts';
import type { AuditEvent } from '../../core/audit/event.ts';
import { DAY, floorTo, later, MINUTE, plus } from '../../core/delivery/time.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { Fingerprint } from '../../core/privacy/mask.ts';
import { type AuditPorts, asNew } from './ingest.ts';

/** How far back a new connector's trail goes, and that of one that was away for longer. */
const HISTORY = 21 * DAY;

export type CollectAuditPorts = AuditPorts & { print: Fingerprint };

/** Brings a connector's audit events up to now. Stored together with how far we are, so that a restart goes on where it was. */
export async function collectAudit({ database, clock, print }: CollectAuditPorts, connector: Connector): Promise<void> {
  if (!connector.audit) return;
  const key = `${connector.provider} audit`;
  const now = clock.now();
  const to = floorTo(MINUTE, now);
  const known = await database.read(({ delivery }) => delivery.collectedUntil(key));
  const from = later(known ?? plus(to, -HISTORY), plus(to, -HISTORY));
  if (from >= to) return;
  const events = await connector.audit({ from, to });
  await database.transaction(async ({ audit, delivery }) => {
    // An id that is taken keeps its event.
    await audit.add(
      events.map((event) => asNew(maskedEvent(event, print))),
      now,
    );
    await delivery.setCollectedUntil(key, to);
  });
}

const maskedEvent = (event: AuditEvent, print: Fingerprint): AuditEvent => ({
  ...event,
  ...masked('before', event.before, print),
  ...masked('after', event.after, print),
  ...masked('context', event.context, print),
});
