import type { StoredEvent } from '../../core/audit/event.ts';
import { matches } from '../../core/audit/matches.ts';
import type { AuditQuery } from '../../core/audit/query.ts';
import { type Batch, REACH, tell } from '../../core/audit/watch-batch.ts';
import { parseWatch } from '../../core/audit/watch-query.ts';
import { batchCard, batchSearch } from '../../core/cards/audit-batch-card.ts';
import { groupBy } from '../../core/collections.ts';
import { plus } from '../../core/delivery/time.ts';
import { addressOf, type Place } from '../../core/messages/place.ts';
import type { Watch } from '../../core/ports/audit-watches.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Database, Stores } from '../../core/ports/stores.ts';
import { newViewId, oweCard } from '../chat/owe.ts';

export interface WatchPorts {
  database: Database;
  clock: Clock;
  log: Log;
}

/** Events read at once, for all watches. */
const AT_ONCE = 500;

/**
 * Tells every channel what has come since the last time. What was read, the messages made of it and what is owed are stored together
 * or not at all: after a crash, or when two do it at once, every event is still told once.
 */
export async function runWatches(ports: WatchPorts): Promise<void> {
  // By itself, since it keeps all writers waiting until its end.
  const settled = await ports.database.transaction(({ audit }) => audit.settledSeq());
  while (await ports.database.transaction((stores) => tellNext(ports, stores, settled)));
}

/** Whether there is more. */
async function tellNext(ports: WatchPorts, stores: Stores, settled: number): Promise<boolean> {
  const { watches, audit } = stores;
  const told = await watches.cursor();
  if (told >= settled) return false;
  const channels = groupBy(await watches.all(), ({ place }) => addressOf(place));
  const found = channels.size === 0 ? [] : await audit.after(told, AT_ONCE);
  const events = found.filter(({ seq }) => seq <= settled);
  // In one order, so that two never wait for each other in a circle.
  for (const [address, here] of [...channels].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tellChannel(ports, stores, address, here, events);
  }
  const isLast = found.length < AT_ONCE || events.length < found.length;
  await watches.moveCursor(isLast ? settled : (events.at(-1)?.seq ?? settled));
  return !isLast;
}

async function tellChannel(
  { log, clock }: WatchPorts,
  stores: Stores,
  address: string,
  watches: readonly Watch[],
  events: readonly StoredEvent[],
): Promise<void> {
  const now = clock.now();
  const read = watches.flatMap((watch) => readWatch(watch, now, log));
  const channel = await stores.chat.channel(address);
  const scope = channel?.workspace ?? null;
  const wanted = events.filter(
    (event) => (scope === null || event.workspace === scope) && read.some((watch) => isTold(watch, event)),
  );
  const [first, place] = [wanted[0], watches[0]?.place];
  if (!first || !place) return;
  const closed = (channel?.closed ?? null) !== null;
  if (!closed) await stores.watches.endHeld(address);
  const recent = await stores.watches.batches(address, plus(first.arrived, -REACH), closed);
  const changed = tell(recent, wanted, { scope, closed, newId: newViewId });
  await stores.watches.putBatches(address, changed);
  const [only, other] = watches;
  for (const batch of changed) await post(stores, place, batch, other ? undefined : only?.query, now);
}

type Read = Watch & { parsed: AuditQuery };

/** One that cannot be read any more must not keep the others from being told. */
function readWatch(watch: Watch, now: Date, log: Log): Read[] {
  try {
    return [{ ...watch, parsed: parseWatch(watch.query, now) }];
  } catch (error) {
    log.error({ watch: watch.id, error: String(error) }, 'a watch cannot be read');
    return [];
  }
}

/** A watch does not tell that it began: its channel has just been told. */
const isTold = ({ id, after, parsed }: Read, event: StoredEvent): boolean =>
  event.seq > after && !(event.provider === 'pipewarden' && event.resource.id === id) && matches(parsed, event);

/** Its message, new or edited. Its buttons are those of a search for what is in it. */
async function post(stores: Stores, place: Place, batch: Batch, watched: string | undefined, now: Date): Promise<void> {
  const answer = batchCard(batch, (action, choice) => ({ verb: `audit.${action}`, id: batch.id, choice }));
  const args = { query: batchSearch(batch, watched) };
  await oweCard(stores, { id: batch.id, command: 'audit', verb: 'search', args, place, answer }, now);
}
