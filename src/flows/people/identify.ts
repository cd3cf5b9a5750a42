import { HOUR } from '../../core/delivery/time.ts';
import { UserError } from '../../core/errors.ts';
import { addressOf, type Place, publicPlace } from '../../core/messages/place.ts';
import type { Actor } from '../../core/people/actor.ts';
import type { Caller } from '../../core/people/caller.ts';
import { fileName, rolesOf } from '../../core/people/person.ts';
import type { Policy } from '../../core/people/policy.ts';
import { platformOf } from '../../core/people/subject.ts';
import type { KnownSubject, Seen } from '../../core/ports/people.ts';
import { knownPerson } from './person.ts';
import type { PeoplePorts } from './ports.ts';

/** How long (ms) an account that has not changed is not written again. */
const SEEN_WITHIN = HOUR;

const refusals: Record<Exclude<Caller['standing'], 'member'>, string> = {
  bot: 'I answer people only. Ask me from your own account.',
  guest: 'I answer full members of this team only, and you are its guest. Ask a member to look, or an admin to make you one.',
  stranger: 'You are not a member of the team that I work for. Ask one of its members to look for you.',
};

/** Who a caller is here and now, with the roles they have at this moment. Throws `forbidden` for those that are not of the team. */
export async function identify(ports: PeoplePorts, caller: Caller, place: Place): Promise<Actor> {
  if (caller.standing !== 'member') throw new UserError('forbidden', refusals[caller.standing]);
  const policy = ports.policy();
  const { accounts, subjects, workspace } = await ports.database.read(async (stores) => ({
    ...(await knownPerson(stores, policy, caller.account, caller.groups)),
    workspace: (await stores.chat.channel(addressOf(publicPlace(place))))?.workspace ?? undefined,
  }));
  const known = subjects.find(({ subject }) => subject === caller.account);
  await remember(ports, caller, place, known?.seen);
  return actorOf(ports, policy, { ...caller, workspace }, { accounts, subjects });
}

/** The same person later, where no platform vouches for them: with the roles of that moment, and the groups of before. */
export async function identifyAgain(
  ports: PeoplePorts,
  { person: name, account, groups = [], workspace }: Pick<Actor, 'person' | 'account' | 'groups' | 'workspace'>,
): Promise<Actor> {
  const policy = ports.policy();
  const known = await ports.database.read((stores) => knownPerson(stores, policy, account, groups));
  return actorOf(ports, policy, { name, account, groups, workspace }, known);
}

function actorOf(
  { builtIn }: Pick<PeoplePorts, 'builtIn'>,
  policy: Policy,
  caller: Pick<Caller, 'account' | 'name' | 'groups'> & Pick<Actor, 'workspace'>,
  { accounts, subjects }: { accounts: string[]; subjects: readonly KnownSubject[] },
): Actor {
  const name = fileName(policy, accounts);
  const person = subjects.find(({ subject }) => subject === caller.account)?.person;
  const granted = subjects.flatMap(({ roles }) => roles);
  const groups = caller.groups.filter(
    (group) =>
      subjects.some(({ subject, roles }) => subject === group && roles.length > 0) ||
      Object.values(policy.roles).some((holders) => holders.includes(group)),
  );
  return {
    person: name ?? caller.name,
    account: caller.account,
    personKey: name === undefined ? (person ?? caller.account) : `person:${name}`,
    roles: rolesOf({ policy, builtIn, accounts, groups: caller.groups, granted }),
    ...(groups.length > 0 ? { groups } : {}),
    workspace: caller.workspace,
  };
}

/** As its own platform describes it, not the console where it may have signed in. */
async function remember(ports: PeoplePorts, caller: Caller, place: Place, seen: Seen | undefined): Promise<void> {
  const { account, team, name } = caller;
  if (platformOf(account) !== place.platform) return;
  const at = ports.clock.now();
  if (seen?.team === team && seen.name === name && Number(at) - Number(seen.at) < SEEN_WITHIN) return;
  await ports.database.transaction(({ people }) => people.remember({ account, team, name, at }));
}
