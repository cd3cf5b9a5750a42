import { createHash, randomBytes } from 'node:crypto';
import { MINUTE, plus } from '../../core/delivery/time.ts';
import { sentence } from '../../core/messages/message.ts';
import type { Actor } from '../../core/people/actor.ts';
import { fileName } from '../../core/people/person.ts';
import { platformOf } from '../../core/people/subject.ts';
import type { Jobs } from '../../core/ports/jobs.ts';
import type { Logins } from '../../core/ports/people.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { record } from '../audit/record.ts';
import { newViewId, owePost } from '../chat/owe.ts';
import { knownPerson } from './person.ts';
import type { PeoplePorts } from './ports.ts';

const LINK_KEPT = 5 * MINUTE;

export interface LoginPorts extends PeoplePorts {
  /** Where people reach the console, without a slash at the end. */
  url(): string;
}

export interface LoginCard {
  /** Signs one browser in, once. Nowhere else in the clear. */
  url: string;
  expiresAt: Date;
  /** The asker's accounts: this one, and those that are one person with it. */
  accounts: string[];
}

/** The token has 256 random bits: a plain hash of it is as good as a slow one. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A link for the asker alone; an earlier one that was not used ends. Whoever may talk to us may have one. */
export async function loginLink(ports: LoginPorts, actor: Actor): Promise<LoginCard> {
  const token = randomBytes(32).toString('base64url');
  const { account } = actor;
  const link = { hash: hashOf(token), account, name: actor.person, expiresAt: plus(ports.clock.now(), LINK_KEPT) };
  const { accounts } = await ports.database.transaction(async (stores) => {
    await stores.people.saveLogin(link);
    return knownPerson(stores, ports.policy(), account);
  });
  return { url: `${ports.url()}/login/link/${token}`, expiresAt: link.expiresAt, accounts };
}

/** What the console does with links. The token is all the authority there is: it was shown to one person alone. */
export function createLogins(ports: PeoplePorts & { jobs: Pick<Jobs, 'wake'> }): Logins {
  return {
    look: (token) => ports.database.read(({ people }) => people.login(hashOf(token), ports.clock.now())),
    async use(token, signedInAs) {
      const now = ports.clock.now();
      const used = await ports.database.transaction(async (stores) => {
        const who = await stores.people.useLogin(hashOf(token), now);
        if (!who) return undefined;
        return { ...who, linked: signedInAs !== undefined && (await link(ports, stores, [signedInAs, who.account], now)) };
      });
      if (used?.linked) ports.jobs.wake('post');
      return used;
    },
  };
}

/** Whether two accounts are one person from now on, or were already. Both are told when it is new. */
async function link(ports: PeoplePorts, stores: Stores, accounts: [string, string], now: Date): Promise<boolean> {
  const [a, b] = accounts;
  if (platformOf(a) === platformOf(b)) return false;
  const policy = ports.policy();
  const names = [];
  for (const account of accounts) names.push(fileName(policy, (await knownPerson(stores, policy, account)).accounts));
  // The file knows better.
  if (names[0] !== undefined && names[1] !== undefined && names[0] !== names[1]) return false;
  if (!(await stores.people.link(accounts, `pn_${randomBytes(9).toString('base64url')}`, now))) return true;
  const resource = { kind: 'account', id: b, name: b };
  const deed = { action: 'account.linked', resource, outcome: 'done', after: { accounts } } as const;
  await record(stores, { account: a, person: names[0] ?? a }, deed, now);
  await tellBoth(stores, accounts, now);
  return true;
}

/** So that nobody is linked without hearing of it. The console needs no telling: it happened there. */
async function tellBoth(stores: Stores, accounts: readonly string[], now: Date): Promise<void> {
  const seen = await stores.people.find(accounts);
  for (const account of accounts) {
    const team = seen.find(({ subject }) => subject === account)?.seen?.team;
    const other = accounts.find((one) => one !== account) ?? '';
    if (platformOf(account) === 'console' || !team) continue;
    const place = { platform: platformOf(account), team, channel: '', person: account };
    const message = sentence(`Your account and ${other} are one person from now on, with the roles of both.`, 'info', [
      { kind: 'context', text: ['Not you? Ask an owner to separate them: ', { code: '/warden roles' }] },
    ]);
    await owePost(stores, { subject: newViewId(), place, message }, now);
  }
}
