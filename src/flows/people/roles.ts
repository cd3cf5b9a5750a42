import { nearest } from '../../core/delivery/directory.ts';
import { cited, UserError } from '../../core/errors.ts';
import { type Actor, authorise, isPersonRole, may, type PersonRole, personRoles } from '../../core/people/actor.ts';
import { type RoleRow, roleRows } from '../../core/people/role-rows.ts';
import { examples, subjectOf } from '../../core/people/subject.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { record } from '../audit/record.ts';
import type { PeoplePorts } from './ports.ts';

export interface Roles {
  rows: (RoleRow & { name?: string })[];
  defaultRole: PersonRole | null;
  /** Owners may give and take what was given in chat. */
  canManage: boolean;
}

/** Who has which role, from where, with the names that accounts were seen by. */
export async function listRoles(ports: PeoplePorts, actor: Actor): Promise<Roles> {
  authorise(actor, 'read');
  const policy = ports.policy();
  return ports.database.read(async ({ people }) => {
    const rows = roleRows(policy, ports.builtIn, await people.grants());
    const known = await people.find([...new Set(rows.map(({ subject }) => subject))]);
    const nameOf = new Map(known.map(({ subject, seen }) => [subject, seen?.name]));
    return {
      rows: rows.map((row) => ({ ...row, name: nameOf.get(row.subject) || undefined })),
      defaultRole: policy.defaultRole,
      canManage: may(actor, 'manage'),
    };
  });
}

/** What was asked for, as a sentence. Giving a role twice is giving it once. */
export async function giveRole(ports: PeoplePorts, actor: Actor, wish: { who: string; role: string }): Promise<string> {
  authorise(actor, 'manage');
  const role = roleOf(wish.role);
  return ports.database.transaction(async (stores) => {
    const subject = await named(stores, wish.who);
    const at = ports.clock.now();
    const given = await stores.people.give({ subject, role, by: actor.person, at });
    if (given) await record(stores, actor, { ...about(subject), action: 'role.given', after: { role } }, at);
    return given ? `${subject} is ${role} now` : `${subject} was ${role} already`;
  });
}

export async function takeRole(ports: PeoplePorts, actor: Actor, wish: { who: string; role: string }): Promise<string> {
  authorise(actor, 'manage');
  const role = roleOf(wish.role);
  return ports.database.transaction(async (stores) => {
    const subject = await named(stores, wish.who);
    await stores.people.lockRoles();
    const rows = roleRows(ports.policy(), ports.builtIn, await stores.people.grants()).filter((row) => row.role === role);
    const remaining = rows.filter((row) => row.subject !== subject || row.origin !== 'chat');
    if (role === 'owner' && remaining.length === 0) {
      throw new UserError('bad_argument', 'Then nobody would be owner. Make somebody else owner first.', { path: '/who' });
    }
    const taken = await stores.people.take({ subject, role });
    if (taken) await record(stores, actor, { ...about(subject), action: 'role.taken', before: { role } }, ports.clock.now());
    const stays = remaining.find((row) => row.subject === subject);
    if (stays) {
      const where = stays.origin === 'file' ? 'the policy file says so: change it there' : 'that is built in';
      return `${subject} stays ${role}: ${where}`;
    }
    return taken ? `${subject} is no longer ${role}` : `${subject} was not ${role}`;
  });
}

/** Takes an account out of a link made in chat. Not for the person: who is two people at will could approve what they requested. */
export async function separateAccount(ports: PeoplePorts, actor: Actor, who: string): Promise<string> {
  authorise(actor, 'manage');
  return ports.database.transaction(async (stores) => {
    const subject = await named(stores, who);
    const separated = await stores.people.unlink(subject);
    if (separated) await record(stores, actor, { ...about(subject), action: 'account.separated' }, ports.clock.now());
    const inFile = ports.policy().people.some(({ accounts }) => accounts.includes(subject));
    if (inFile) return `${subject} stays as the policy file links it: change it there`;
    return separated ? `${subject} is a person by itself now` : `${subject} was not linked to another account`;
  });
}

/** A deed about an account or a group. */
const about = (subject: string) => ({ resource: { kind: 'account', id: subject, name: subject }, outcome: 'done' as const });

function roleOf(text: string): PersonRole {
  const role = text.trim().toLowerCase();
  if (isPersonRole(role)) return role;
  const [near] = nearest(role, personRoles, 1);
  const message = `“${cited(text)}” is not a role. Did you mean ${near}? There are ${personRoles.join(', ')}.`;
  throw new UserError('bad_argument', message, { path: '/role' });
}

/** Names prove nothing, since everyone chooses their own: they only help to find the account. */
async function named({ people }: Stores, text: string): Promise<string> {
  const subject = subjectOf(text);
  if (subject !== undefined) return subject;
  const name = text.trim().replace(/^@/, '');
  // The database takes no control characters and no halves of one.
  const found = /\p{C}/u.test(name) ? [] : await people.accountsNamed(name, 5);
  const hint =
    found.length > 0
      ? `Called so: ${found.map(({ account }) => account).join(', ')}. Give the account itself.`
      : `Give an account or a group, e.g. ${examples.join(', ')}, or a mention.`;
  throw new UserError('bad_argument', `“${cited(text)}” is neither an account nor a group. ${hint}`, {
    path: '/who',
    suggestions: found.map(({ account }) => account),
  });
}
