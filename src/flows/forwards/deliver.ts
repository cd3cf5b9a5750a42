import type { StoredEvent } from '../../core/audit/event.ts';
import { type Forward, healthAfter, judge } from '../../core/audit/forward.ts';
import { matches } from '../../core/audit/matches.ts';
import { parseQuery } from '../../core/audit/parse-query.ts';
import { later, plus } from '../../core/delivery/time.ts';
import type { Delivery, ForwardHealth, ForwardState } from '../../core/ports/forwards.ts';
import type { SendingPorts } from './ports.ts';
import { webhookOf } from './webhook.ts';

/** A round begins no try after so long (ms): with the longest try it ends before somebody else takes its work for abandoned. */
const ROUND = 30_000;
/** So many are sent again, at most, when we die before we note that they were sent. */
const AT_ONCE = 25;
const SOON = 5_000;

/** One event to send: a new one, or one that failed before. */
interface Item {
  seq: number;
  /** Undefined when it is gone from the trail. */
  event: StoredEvent | undefined;
  before?: Delivery;
}

interface Batch {
  items: Item[];
  /** For new events: from where to where the trail was read. */
  from?: number;
  to?: number;
}

/**
 * Sends what is due and then what is new, in order, and returns when there will be more to do; undefined when nothing waits. An
 * event that fails is noted and tried again later, the others go on; when many fail in a row the receiver is left alone for a while.
 */
export async function deliver(ports: SendingPorts, forward: Forward): Promise<Date | undefined> {
  const { clock, database } = ports;
  const end = plus(clock.now(), ROUND);
  const known = await database.read(({ forwards }) => forwards.state(forward.name));
  if (known?.pausedUntil && isPaused(known, clock.now())) return known.pausedUntil;
  const { state: begun, settled } = await begin(ports, forward.name);
  let state = begun;
  while (clock.now() < end) {
    const now = clock.now();
    if (isPaused(state, now)) break;
    const batch = (await dueAgain(ports, forward.name, now)) ?? (await newEvents(ports, forward, state.seq, settled));
    if (!batch) break;
    const { health, seq, stopped } = await send(ports, forward, batch, state, end);
    state = { ...state, ...health, seq };
    // Not at once: as long as we are ending, nothing is sent.
    if (stopped) return plus(clock.now(), SOON);
  }
  return whenNext(ports, forward.name, state, settled);
}

const isPaused = ({ pausedUntil }: ForwardHealth, now: Date): boolean => pausedUntil !== null && pausedUntil > now;

async function begin({ database }: SendingPorts, name: string): Promise<{ state: ForwardState; settled: number }> {
  return database.transaction(async ({ audit, forwards }) => {
    const settled = await audit.settledSeq();
    await forwards.begin([name], settled);
    return { settled, state: (await forwards.state(name)) as ForwardState };
  });
}

async function whenNext(
  { database, clock }: SendingPorts,
  name: string,
  { pausedUntil, seq }: ForwardState,
  settled: number,
): Promise<Date | undefined> {
  const due = await database.read(({ forwards }) => forwards.nextDue(name));
  const now = clock.now();
  const next = seq < settled ? now : due;
  return next && later(next, pausedUntil ?? next);
}

async function dueAgain({ database }: SendingPorts, name: string, now: Date): Promise<Batch | undefined> {
  const items = await database.read(async ({ audit, forwards }) => {
    const found: Item[] = [];
    for (const before of await forwards.due(name, now, AT_ONCE)) {
      found.push({ seq: before.seq, before, event: await audit.event(before.seq) });
    }
    return found;
  });
  return items.length > 0 ? { items } : undefined;
}

async function newEvents(
  { database, clock }: SendingPorts,
  forward: Forward,
  from: number,
  settled: number,
): Promise<Batch | undefined> {
  if (from >= settled) return undefined;
  const { workspace, query } = forward;
  const parsed = parseQuery(query, clock.now());
  const read = await database.read(({ audit }) => audit.after(from, AT_ONCE));
  const events = read.filter(({ seq }) => seq <= settled);
  const wanted = events.filter((event) => (workspace === undefined || event.workspace === workspace) && matches(parsed, event));
  // Where nothing more is, the numbers up to the settled one were never given, or are gone.
  const to = read.length < AT_ONCE || events.length < read.length ? settled : (read.at(-1)?.seq ?? settled);
  return { items: wanted.map((event) => ({ seq: event.seq, event })), from, to };
}

/** Sends the batch one by one and notes what came of it. It ends early when the receiver needs a rest, or we do. */
async function send(
  ports: SendingPorts,
  forward: Forward,
  batch: Batch,
  state: ForwardState,
  end: Date,
): Promise<{ health: ForwardHealth; seq: number; stopped: boolean }> {
  const { clock, database } = ports;
  const delivered: number[] = [];
  const failed: Delivery[] = [];
  let health: ForwardHealth = state;
  let recovered = false;
  let stopped = false;
  let sent = 0;
  for (const item of batch.items) {
    const now = clock.now();
    if (now >= end || isPaused(health, now)) break;
    const result = await attempt(ports, forward, item);
    stopped = result === 'stopped';
    if (result === 'stopped') break;
    sent++;
    if (result === 'delivered') {
      recovered ||= health.pausedUntil !== null;
      if (item.before) delivered.push(item.seq);
    } else failed.push(result.delivery);
    if (result === 'delivered' || result.asked) health = healthAfter(health, result, clock.now());
  }
  // The trail was read up to the last one that was tried, or to the end of the batch.
  const isWhole = sent === batch.items.length;
  const seq = batch.to === undefined ? state.seq : isWhole ? batch.to : (batch.items[sent - 1]?.seq ?? state.seq);
  await database.transaction(async ({ forwards }) => {
    // It answers again: nobody waits hours for what failed because it did not.
    if (recovered) await forwards.hasten(forward.name, clock.now());
    if (batch.from !== undefined) await forwards.advance(forward.name, batch.from, seq);
    await forwards.save(forward.name, failed);
    await forwards.remove(forward.name, delivered);
    await forwards.mark(forward.name, health);
  });
  return { health, seq, stopped };
}

type Tried = 'delivered' | 'stopped' | { delivery: Delivery; asked: boolean; quietUntil?: Date };

async function attempt(ports: SendingPorts, forward: Forward, { seq, event, before }: Item): Promise<Tried> {
  const { clock, webhooks } = ports;
  const started = clock.now();
  const attempts = (before?.attempts ?? 0) + 1;
  const first = before && before.attempts > 0 ? before.firstTried : started;
  const noted = { seq, attempts, firstTried: first, tried: started };
  if (!event) {
    ports.tried(forward.name, 'dead');
    const error = 'The trail dropped this change for its age, before it could be sent.';
    return { delivery: { ...noted, state: 'dead', dueAt: started, error }, asked: false };
  }
  const outcome = await webhooks.post(webhookOf(forward, event, ports.keysOf(forward.name), started));
  if (outcome.kind === 'stopped') return 'stopped';
  const verdict = judge(outcome, { attempts, first, now: clock.now() }, ports.chance());
  ports.tried(forward.name, verdict.is);
  if (verdict.is === 'delivered') return 'delivered';
  const { error } = verdict;
  if (verdict.is === 'dead') return { delivery: { ...noted, state: 'dead', dueAt: started, error }, asked: true };
  const quiet = verdict.quietUntil ? { quietUntil: verdict.quietUntil } : {};
  return { delivery: { ...noted, state: 'due', dueAt: verdict.dueAt, error }, asked: true, ...quiet };
}
