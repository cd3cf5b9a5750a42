import { masked } from '../../core/delivery/sample.ts';
import { ceilTo, DAY, floorTo, HOUR, later, MINUTE, MINUTES_KEPT, plus, type Window } from '../../core/delivery/time.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { DeliveryPorts } from './ports.ts';

/** How far back a new connector's history goes: 14 days, and the 14 before them to compare with. */
const HISTORY = 28 * DAY;
/** Minutes are collected this far back, so that 24 h and the 24 h before are exact; older time is collected as hours. */
const MINUTES_WANTED = 49 * HOUR;
/** A minute is collected this long after its end. */
const MINUTE_SETTLES = 1_000;

/**
 * Brings a connector's counts up to now: hours for what is old, then minutes. Both are stored together with how far we are, so
 * a restart goes on where it was. Returns when to come back.
 */
export async function collect(ports: DeliveryPorts, connector: Connector): Promise<Date> {
  const now = ports.clock.now();
  const end = floorTo(MINUTE, now);
  const minutesStart = floorTo(HOUR, plus(now, -MINUTES_WANTED));
  const known = await ports.database.read(({ delivery }) => delivery.collectedUntil(connector.provider));
  let until = known ?? floorTo(HOUR, plus(now, -HISTORY));

  if (!known) await ports.database.transaction(({ resources }) => resources.put(connector.resources()));
  if (until < minutesStart) {
    const firstHour = ceilTo(HOUR, later(until, plus(now, -HISTORY)));
    // The rest of an hour that was begun in minutes; older minutes are not kept.
    if (until > plus(now, -MINUTES_KEPT)) await collectMinutes(ports, connector, { from: until, to: firstHour });
    await collectHours(ports, connector, { from: firstHour, to: minutesStart });
    until = minutesStart;
  }
  await collectMinutes(ports, connector, { from: until, to: end });
  return plus(end, MINUTE + MINUTE_SETTLES);
}

async function collectHours(ports: DeliveryPorts, connector: Connector, window: Window): Promise<void> {
  const runs = await connector.history(window);
  await ports.database.transaction(async ({ delivery }) => {
    await delivery.backfill(runs, connector.provider, window.to, ports.clock.now());
    await delivery.setCollectedUntil(connector.provider, window.to);
  });
}

async function collectMinutes(ports: DeliveryPorts, connector: Connector, window: Window): Promise<void> {
  if (window.from >= window.to) return;
  const { counts, gauges, syncs, samples } = await connector.delivery(window);
  await ports.database.transaction(async ({ delivery }) => {
    await delivery.addCounts(counts, connector.provider, ports.clock.now());
    await delivery.putGauges(gauges, connector.provider);
    await delivery.putSyncs(syncs, connector.provider);
    await delivery.putSamples(samples.map(masked), connector.provider);
    await delivery.setCollectedUntil(connector.provider, window.to);
  });
}
