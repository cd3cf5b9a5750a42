import { withFileAccounts } from '../../core/people/person.ts';
import type { Policy } from '../../core/people/policy.ts';
import type { KnownSubject } from '../../core/ports/people.ts';
import type { Stores } from '../../core/ports/stores.ts';

/**
 * Everything known of a person's accounts, and of the groups of the one in use. Links of the file and of the chat may follow on each
 * other: it is asked again until nothing is added. That is one query for an account by itself, two for most others.
 */
export async function knownPerson(
  { people }: Pick<Stores, 'people'>,
  policy: Policy,
  account: string,
  groups: readonly string[] = [],
): Promise<{ accounts: string[]; subjects: KnownSubject[] }> {
  let accounts = withFileAccounts(policy, [account]);
  for (;;) {
    const subjects = await people.find([...accounts, ...groups]);
    const found = subjects.map(({ subject }) => subject).filter((subject) => !groups.includes(subject));
    const all = withFileAccounts(policy, found);
    if (all.length === found.length) return { accounts: all.sort(), subjects };
    accounts = all;
  }
}
