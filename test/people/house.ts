import { randomBytes } from 'node:crypto';
import { createSeal } from '../../src/config/seal.ts';
import type { Place } from '../../src/core/messages/place.ts';
import type { Actor } from '../../src/core/people/actor.ts';
import type { Caller } from '../../src/core/people/caller.ts';
import type { BuiltIn } from '../../src/core/people/person.ts';
import { noPolicy, type Policy } from '../../src/core/people/policy.ts';
import { identify } from '../../src/flows/people/identify.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { FakeClock } from '../support/clock.ts';

export const ops: Place = { platform: 'slack', team: 'T1', channel: 'C1' };
export const dana: Caller = { account: 'slack:U1', name: 'Dana', team: 'T1', standing: 'member', groups: [] };
export const sam: Caller = { ...dana, account: 'slack:U2', name: 'Sam' };
export const danaOnDiscord: Caller = { ...dana, account: 'discord:4', name: 'dana_d', team: 'G1' };
export const onDiscord: Place = { platform: 'discord', team: 'G1', channel: '77' };

const key = randomBytes(32);

/** What the flows about people need, on a database; policy and built-in roles may be changed as a test goes on. */
export function house(database: OpenDatabase, clock: FakeClock) {
  const settings: { policy: Policy; builtIn: BuiltIn; consoleAlone: boolean; woken: string[] } = {
    ...{ policy: noPolicy, builtIn: {}, consoleAlone: true, woken: [] },
  };
  const ports = {
    database,
    clock,
    policy: () => settings.policy,
    get builtIn() {
      return settings.builtIn;
    },
    get consoleAlone() {
      return settings.consoleAlone;
    },
    seal: createSeal(key),
    jobs: { wake: (kind: string) => void settings.woken.push(kind) },
    url: () => 'http://127.0.0.1:3000',
    checks: () => ({ database: () => database.ping() }),
  };
  return {
    ports,
    settings,
    as: (caller: Caller, place: Place = caller.account.startsWith('discord:') ? onDiscord : ops): Promise<Actor> =>
      identify(ports, caller, place),
  };
}

export type House = ReturnType<typeof house>;
