import type { Forward } from '../../core/audit/forward.ts';
import { cited, UserError } from '../../core/errors.ts';
import { type Actor, authorise, may } from '../../core/people/actor.ts';
import type { ForwardOverview } from '../../core/ports/forwards.ts';
import type { Jobs } from '../../core/ports/jobs.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { record } from '../audit/record.ts';
import type { Use } from '../index.ts';
import type { ForwardPorts } from './ports.ts';

export interface Forwards {
  /** As they stand in the file. */
  rows: (ForwardOverview & Pick<Forward, 'url' | 'query' | 'workspace'>)[];
  /** How many others there are, which are not about this actor's workspace alone. */
  hidden: number;
  /** May send again what is dead. */
  canManage: boolean;
  now: Date;
}

export interface ListPorts extends ForwardPorts {
  jobs: Pick<Jobs, 'wake'>;
}

/** Every forward, how far it has come, and what waits or is dead. */
export async function listForwards({ database, clock, forwards }: ForwardPorts, actor: Actor): Promise<Forwards> {
  authorise(actor, 'audit');
  const visible = visibleTo(actor, forwards());
  const rows = await database.read((stores) => overviewOf(stores, visible));
  return { rows, hidden: forwards().length - visible.length, canManage: may(actor, 'manage'), now: clock.now() };
}

/** An actor of one workspace hears of forwards of that workspace alone. */
export const visibleTo = (actor: Actor, all: readonly Forward[]): Forward[] =>
  all.filter(({ workspace }) => actor.workspace === undefined || workspace === actor.workspace);

async function overviewOf({ forwards }: Pick<Stores, 'forwards'>, wanted: readonly Forward[]): Promise<Forwards['rows']> {
  const known = await forwards.overview(wanted.map(({ name }) => name));
  return wanted.flatMap(({ name, url, query, workspace }) => {
    const one = known.find((candidate) => candidate.name === name);
    return one ? [{ ...one, url, query, ...(workspace === undefined ? {} : { workspace }) }] : [];
  });
}

/** Makes the forward's dead letters due at once, and ends its pause. Recorded in the trail. Returns what was done, as a sentence. */
export async function sendAgain(
  { database, clock, forwards: all, jobs }: ListPorts,
  actor: Actor,
  name: string,
): Promise<string> {
  authorise(actor, 'manage');
  if (!visibleTo(actor, all()).some((forward) => forward.name === name)) {
    throw new UserError('not_found', `There is no forward “${cited(name)}” in pipewarden.yml. /audit forwards lists them.`);
  }
  const now = clock.now();
  const { due, gone } = await database.transaction(async (stores) => {
    const { forwards, owed } = stores;
    const revived = await forwards.revive(name, now);
    const state = await forwards.state(name);
    if (state) await forwards.mark(name, { ...state, failures: 0, pausedUntil: null });
    await owed.owe([{ kind: 'forward', key: name, dueAt: now }]);
    const resource = { kind: 'forward', id: name, name };
    await record(stores, actor, { action: 'forward.sent_again', resource, outcome: 'done', context: { ...revived } }, now);
    return revived;
  });
  jobs.wake('forward');
  const left = gone === 0 ? '' : `; ${changes(gone)} had left the trail for good`;
  return due === 0 ? `${name} has nothing to send again${left}` : `${name} is sent ${changes(due)} again${left}`;
}

const changes = (n: number): string => `${n} ${n === 1 ? 'change' : 'changes'}`;

/** What `/audit forwards` may start, given its ports. */
export const forwardsUse = (ports: ListPorts): Pick<Use, 'listForwards' | 'sendAgain'> => ({
  listForwards: (actor) => listForwards(ports, actor),
  sendAgain: (actor, name) => sendAgain(ports, actor, name),
});
