import { count } from '../cards/format.ts';
import { ceilTo, floorTo, HOUR } from '../delivery/time.ts';
import type { Actor } from '../people/actor.ts';
import { networkOf } from '../people/network.ts';
import type { OwnDeed } from './event.ts';

type Who = Pick<Actor, 'account' | 'person' | 'workspace'>;

/** Somebody was turned away at the door. What they showed there is not in it. */
export interface RefusedAttempt {
  /** The route's own path, e.g. `/v1/audit.csv`. */
  route: string;
  /** Where they came from, as far as the network tells. */
  address: string;
  /** `unknown`: the token, key or signature was missing or wrong. `forbidden`: it is good, for other things. */
  why: 'unknown' | 'forbidden';
  /** Whose good token it was. */
  by?: Who;
}

/** What is to be recorded. The same id again is the same event: another process may have been told as well. */
export interface RefusalEvent {
  id: string;
  who: Who;
  deed: OwnDeed;
}

/** So many callers, each at one place for one reason, have an event of their own in an hour. */
const MOST = 50;
/** So many of them are named with their numbers at the end of the hour. */
const NAMED = 10;

const reasons: Record<RefusedAttempt['why'], string> = {
  unknown: 'The token, key or signature was missing or wrong.',
  forbidden: 'The token is good, but lacks the scope.',
};

const ourselves: Who = { account: 'pipewarden:itself', person: 'Pipewarden' };

/**
 * What the trail is told of those who were turned away: the first attempt of each in an hour at once, all of them as numbers once the
 * hour is over. Whoever tries again, or from ever more addresses, makes no more events, and costs no more memory.
 */
export class RefusalTally {
  #from = new Date(0);
  #seen = new Map<string, { who: Who; where: string; attempts: number }>();
  #others = 0;

  /** Nothing for most attempts. */
  note(attempt: RefusedAttempt, at: Date): RefusalEvent[] {
    const over = this.close(at);
    if (this.isEmpty) this.#from = floorTo(HOUR, at);
    const [who, where] = [whoIn(attempt), placeOf(attempt.route)];
    const key = JSON.stringify([who.account, where, attempt.why]);
    const known = this.#seen.get(key);
    if (known) {
      known.attempts += 1;
      return over;
    }
    const hour = this.#from.toISOString();
    if (this.#seen.size >= MOST) {
      this.#others += 1;
      return this.#others === 1 ? [...over, { id: `refused-others-${hour}`, who: ourselves, deed: manyOthers }] : over;
    }
    this.#seen.set(key, { who, where, attempts: 1 });
    return [...over, { id: `refused-${hour}-${key}`, who, deed: refusedAt(where, reasons[attempt.why]) }];
  }

  /** The numbers of an hour that is over at this time, or (without one) so far, if they say more than the events did. */
  close(at?: Date): RefusalEvent[] {
    if (at && Number(at) < Number(this.#end)) return [];
    const seen = [...this.#seen.values()];
    const attempts = seen.reduce((sum, one) => sum + one.attempts, this.#others);
    const event = { id: '', who: ourselves, deed: this.#numbers(attempts) };
    this.#seen.clear();
    this.#others = 0;
    return attempts > seen.length ? [event] : [];
  }

  get isEmpty(): boolean {
    return this.#seen.size === 0;
  }

  get #end(): Date {
    return ceilTo(HOUR, new Date(Number(this.#from) + 1));
  }

  #numbers(attempts: number): OwnDeed {
    const named = [...this.#seen.values()].toSorted((a, b) => b.attempts - a.attempts).slice(0, NAMED);
    return {
      action: 'access.refused',
      resource: { kind: 'access', id: 'refused', name: `${count(attempts)} refused attempts` },
      outcome: 'refused',
      context: {
        attempts,
        since: this.#from.toISOString(),
        until: this.#end.toISOString(),
        most: named.map(({ who, where, attempts: times }) => ({ who: who.account, where, attempts: times })),
      },
    };
  }
}

const refusedAt = (where: string, why: string): OwnDeed => ({
  action: 'access.refused',
  resource: { kind: 'route', id: where, name: where },
  outcome: 'refused',
  context: { why },
});

const manyOthers: OwnDeed = {
  action: 'access.refused',
  resource: { kind: 'access', id: 'others', name: `More than ${MOST} callers` },
  outcome: 'refused',
  context: { why: `More than ${MOST} callers were turned away in this hour. The others are counted, and told once it is over.` },
};

/** A stranger is known by their network alone: an address is somebody's, and what is in the trail stays there. */
function whoIn({ by, address }: RefusedAttempt): Who {
  if (by) return { account: by.account, person: by.person, workspace: by.workspace };
  const network = networkOf(address, { v4: 24, v6: 48 });
  return { account: `address:${network}`, person: network };
}

/** `/v1/audit` for all of `/v1/audit.csv`, `/v1/pipelines` for all below it. */
const placeOf = (route: string): string => /^(?:\/[^/.]+){1,2}/.exec(route)?.[0] ?? route;
