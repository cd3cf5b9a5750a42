import { existsSync } from 'node:fs';
import { configFileIn } from '../config/env.ts';
import { loadPolicy, POLICY_FILE, PolicyError } from '../config/policy-file.ts';

/**
 * `pipewarden check [FILE]`: looks at the named policy file, or at the one that a start would load. Prints each mistake as
 * `file:line:column message`, or what the file says.
 */
export async function check(args: readonly string[]): Promise<void> {
  const named = args[0] ?? configFileIn(process.env);
  const file = named ?? POLICY_FILE;
  if (named === undefined && !existsSync(file)) {
    console.log(`There is no file ${file}, and none is needed. To begin one: cp pipewarden.example.yml ${file}`);
    return;
  }
  try {
    const { people, roles, timezone, defaultRole, forwards } = loadPolicy(file);
    const given = Object.values(roles).flat().length;
    console.log(
      `${file}: ${counted(people.length, 'person', 'people')}, ${counted(given, 'role', 'roles')} given, ${defaultRole ?? 'no role'} for everyone else, ${timezone}${forwards.length > 0 ? `, ${counted(forwards.length, 'forward', 'forwards')}` : ''}`,
    );
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    console.log(error.message);
    process.exitCode = 1;
  }
}

const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
