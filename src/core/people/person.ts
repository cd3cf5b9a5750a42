import { type PersonRole, personRoles } from './actor.ts';
import type { Policy } from './policy.ts';

/** Roles by account that need neither file nor row: the console's owner, the demo's people. */
export type BuiltIn = Readonly<Record<string, readonly PersonRole[]>>;

/** These accounts, and those that the file says are the same people. */
export function withFileAccounts({ people }: Policy, accounts: readonly string[]): string[] {
  const same = people.filter((person) => person.accounts.some((account) => accounts.includes(account)));
  return [...new Set([...accounts, ...same.flatMap((person) => person.accounts)])];
}

/** The person of the file that has one of these accounts. */
export const fileName = ({ people }: Policy, accounts: readonly string[]): string | undefined =>
  people.find((person) => person.accounts.some((account) => accounts.includes(account)))?.name;

/**
 * All that one person may do: what any of their accounts, any group of the account they use now, or their name in the file has been
 * given, and what every member has.
 */
export function rolesOf(facts: {
  policy: Policy;
  builtIn: BuiltIn;
  /** Every account of the person. */
  accounts: readonly string[];
  /** Of the account in use: what others of their platforms say is not known now. */
  groups: readonly string[];
  /** Given in chat to any of these. */
  granted: readonly PersonRole[];
}): PersonRole[] {
  const { policy, builtIn, accounts, groups, granted } = facts;
  const name = fileName(policy, accounts);
  const subjects = [...accounts, ...groups, ...(name === undefined ? [] : [name])];
  const has = new Set<PersonRole>(granted);
  for (const role of personRoles) if (policy.roles[role].some((subject) => subjects.includes(subject))) has.add(role);
  for (const account of accounts) for (const role of own(builtIn, account)) has.add(role);
  if (policy.defaultRole) has.add(policy.defaultRole);
  return personRoles.filter((role) => has.has(role));
}

const own = (builtIn: BuiltIn, account: string): readonly PersonRole[] =>
  Object.hasOwn(builtIn, account) ? (builtIn[account] ?? []) : [];
