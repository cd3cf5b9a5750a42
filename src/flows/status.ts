import type { Status } from '../core/cards/status-card.ts';
import { later } from '../core/delivery/time.ts';
import { type Actor, authorise } from '../core/people/actor.ts';
import type { Policy } from '../core/people/policy.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Database } from '../core/ports/stores.ts';
import { visibleTo } from './forwards/list.ts';

export interface StatusPorts {
  database: Database;
  clock: Clock;
  /** Every part we lean on, by name: resolves while it works. */
  checks(): Record<string, () => Promise<void>>;
  /** As the policy file says them now. */
  policy(): Pick<Policy, 'forwards'>;
}

/** How long (ms) a part may think about it: a card is not worth more waiting. */
const PATIENCE = 2_000;

/** What works, what waits, how old the data is and where we may post. Of other workspaces a bound channel learns nothing. */
export async function status(ports: StatusPorts, actor: Actor): Promise<Status> {
  authorise(actor, 'read');
  const parts = await Promise.all(Object.entries(ports.checks()).map(([name, check]) => checked(ports.clock, name, check)));
  const isVisible = (workspace: string | null) => actor.workspace === undefined || workspace === actor.workspace;
  return ports.database.read(async ({ owed, delivery, chat, forwards }) => ({
    parts,
    backlog: (await owed.backlog(ports.clock.now())).map(({ kind, rows, waitedSeconds }) => ({ kind, rows, waitedSeconds })),
    workspaces: newestOf(await delivery.allSeries(actor.workspace)),
    channels: (await chat.channels()).filter(({ workspace }) => isVisible(workspace)),
    forwards: await forwards.overview(visibleTo(actor, ports.policy().forwards).map(({ name }) => name)),
  }));
}

async function checked(clock: Clock, name: string, check: () => Promise<void>): Promise<Status['parts'][number]> {
  let cancel = () => {};
  const tooLong = new Promise<never>((_, reject) => {
    cancel = clock.after(PATIENCE, () => reject(new Error(`no answer within ${PATIENCE / 1000} s`)));
  });
  try {
    await Promise.race([check(), tooLong]);
    return { name };
  } catch (error) {
    return { name, problem: error instanceof Error ? error.message : String(error) };
  } finally {
    cancel();
  }
}

function newestOf(series: readonly { workspace: string; newest: Date | null }[]): Status['workspaces'] {
  const newest = new Map<string, Date | null>();
  for (const one of series) {
    const before = newest.get(one.workspace) ?? null;
    newest.set(one.workspace, before && one.newest ? later(before, one.newest) : (before ?? one.newest));
  }
  return [...newest].map(([workspace, at]) => ({ workspace, newest: at })).sort((a, b) => (a.workspace < b.workspace ? -1 : 1));
}
