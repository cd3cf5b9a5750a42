import { type PersonRole, personRoles } from './actor.ts';
import type { BuiltIn } from './person.ts';
import type { Policy } from './policy.ts';

/** A role given in chat. */
export interface Grant {
  /** An account or a group. */
  subject: string;
  role: PersonRole;
  by: string;
  at: Date;
}

/** A line of `/warden roles`. */
export interface RoleRow {
  subject: string;
  role: PersonRole;
  origin: 'file' | 'chat' | 'built in';
  /** Who gave it in chat, and when. */
  by?: string;
  at?: Date;
  /** The file says the same: there it stays when it is taken in chat. */
  alsoInFile?: boolean;
}

/** Every role there is, owners first; within a role the file's first. */
export function roleRows(policy: Policy, builtIn: BuiltIn, grants: readonly Grant[]): RoleRow[] {
  return [...personRoles].reverse().flatMap((role): RoleRow[] => [
    ...policy.roles[role].map((subject) => ({ subject, role, origin: 'file' as const })),
    ...Object.entries(builtIn)
      .filter(([, roles]) => roles.includes(role))
      .map(([subject]) => ({ subject, role, origin: 'built in' as const })),
    ...grants
      .filter((grant) => grant.role === role)
      .map(({ subject, by, at }) => ({
        subject,
        role,
        origin: 'chat' as const,
        by,
        at,
        ...(policy.roles[role].includes(subject) && { alsoInFile: true }),
      })),
  ]);
}

/** The roles given in chat as one line for the policy file. Subjects hold nothing that YAML would read. */
export function rolesAsYaml(rows: readonly RoleRow[]): string {
  const lists = [...personRoles].reverse().flatMap((role) => {
    const subjects = rows.filter((row) => row.origin === 'chat' && row.role === role).map(({ subject }) => `"${subject}"`);
    return subjects.length === 0 ? [] : [`${role}: [${subjects.join(', ')}]`];
  });
  return `roles: {${lists.join(', ')}}`;
}
