import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import type { Actor } from '../../core/people/actor.ts';
import { roleRows } from '../../core/people/role-rows.ts';
import { kindOf } from '../../core/people/subject.ts';
import type { PeopleStore } from '../../core/ports/people.ts';
import type { Seal } from '../../core/ports/seal.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { record } from '../audit/record.ts';
import type { PeoplePorts } from './ports.ts';

export interface OwnerPorts extends PeoplePorts {
  seal: Seal;
  /** There is no Slack and no Discord: an owner of the console is owner enough. In a chat nobody would know of that one. */
  consoleAlone: boolean;
}

const SECRET = 'owner code';
/** Wrong ones or right ones: so many an hour and account are looked at. */
const TRIES = 5;

/** Crockford's alphabet: nothing in it looks like something else. 60 bits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const group = (): string => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
const newCode = (): string => [group(), group(), group()].join('-');

/** As people type it: small letters, blanks for dashes, O for 0. */
const normal = (code: string): string =>
  code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');

function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(normal(text)).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const ownersInChat = async (ports: OwnerPorts, stores: Pick<Stores, 'people'>) =>
  ownerRows(ports.consoleAlone ? ports : { ...ports, builtIn: {} }, stores);

const ownerRows = async ({ policy, builtIn }: PeoplePorts, { people }: Pick<Stores, 'people'>) =>
  roleRows(policy(), builtIn, await people.grants()).filter(({ role }) => role === 'owner');

/** The code that makes its user owner, the same for every process. Undefined once there is an owner that is not the console's alone. */
export async function ownerCode(ports: OwnerPorts): Promise<string | undefined> {
  return ports.database.transaction(async (stores) => {
    if ((await ownersInChat(ports, stores)).length > 0) {
      await stores.people.dropSecret(SECRET);
      return undefined;
    }
    const kept = ports.seal.open(await stores.people.keepSecret(SECRET, ports.seal.seal(newCode())));
    return kept ?? replaced(ports.seal, stores.people);
  });
}

/** It was sealed with another key. */
async function replaced(seal: Seal, people: PeopleStore): Promise<string | undefined> {
  await people.dropSecret(SECRET);
  return seal.open(await people.keepSecret(SECRET, seal.seal(newCode())));
}

/** Makes the actor owner, if this is the code and nobody is owner yet. Needs no role: it is how the first one comes about. */
export async function becomeOwner(ports: OwnerPorts, actor: Actor, code: string): Promise<void> {
  const now = ports.clock.now();
  const outcome = await ports.database.transaction(async (stores) => {
    const { people } = stores;
    if ((await people.countTry(actor.account, now)) > TRIES) return 'too_many';
    if ((await ownersInChat(ports, stores)).length > 0) return 'taken';
    const sealed = await people.secret(SECRET);
    const resource = { kind: 'account', id: actor.account, name: actor.person };
    if (!same(code, (sealed && ports.seal.open(sealed)) || newCode())) {
      await record(stores, actor, { action: 'role.given', resource, outcome: 'refused', context: { why: 'wrong code' } }, now);
      return 'wrong';
    }
    // Of two at once, one removes it.
    if (!(await people.dropSecret(SECRET))) return 'taken';
    await people.give({ subject: actor.account, role: 'owner', by: 'start-up code', at: now });
    const context = { by: 'start-up code' };
    await record(stores, actor, { action: 'role.given', resource, outcome: 'done', after: { role: 'owner' }, context }, now);
    return 'owner';
  });
  // Thrown outside, so that the try is counted.
  if (outcome !== 'owner') throw new UserError('forbidden', refusals[outcome], { path: '/code' });
}

const refusals = {
  too_many: `That were ${TRIES} codes within an hour. Wait an hour, then copy the code from the line that I print at the start.`,
  taken: 'There is an owner already, and the code is used up. Ask an owner to give you a role: /warden roles',
  wrong: 'This is not the code. Copy it from the line that I print at the start, e.g. /warden login AB12-CD34-EF56',
};

/** Accounts of all owners, for notices: those named, and those of the people named. Members of groups are not known. */
export async function owners(ports: PeoplePorts): Promise<{ account: string; team: string }[]> {
  const { people } = ports.policy();
  return ports.database.read(async (stores) => {
    const accounts = (await ownerRows(ports, stores)).flatMap(({ subject }) =>
      kindOf(subject) === undefined ? (people.find(({ name }) => name === subject)?.accounts ?? []) : [subject],
    );
    const wanted = [...new Set(accounts)].filter((account) => kindOf(account) === 'account');
    const known = await stores.people.find(wanted);
    return wanted.map((account) => ({ account, team: known.find(({ subject }) => subject === account)?.seen?.team ?? '' }));
  });
}
