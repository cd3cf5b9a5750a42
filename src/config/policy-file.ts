import { readFileSync } from 'node:fs';
import { noPolicy, type Policy } from '../core/people/policy.ts';
import type { Log } from '../core/ports/log.ts';
import { type Mistake, parsePolicy } from './policy.ts';

/** Read if it is there; a file that was named has to be. */
export const POLICY_FILE = 'pipewarden.yml';

/** The mistakes of a file, one a line: `file:line:column message`. */
export class PolicyError extends Error {
  constructor(path: string, mistakes: readonly Mistake[]) {
    super(mistakes.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`).join('\n'));
    this.name = 'PolicyError';
  }
}

/** The policy of a file, whole or not at all. Without a path: that of `pipewarden.yml`, or none if there is no such file. */
export function loadPolicy(path?: string): Policy {
  const file = path ?? POLICY_FILE;
  const text = read(file, path === undefined);
  if (text === undefined) return noPolicy;
  const result = parsePolicy(text);
  if ('policy' in result) return result.policy;
  throw new PolicyError(file, result.mistakes);
}

function read(file: string, optional: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && optional) return undefined;
    if (code === 'ENOENT') throw new Error(`There is no file ${file}. Set CONFIG_FILE to the policy file, or to nothing.`);
    if (error instanceof TypeError) throw new PolicyError(file, [{ line: 1, column: 1, message: 'The file is not UTF-8' }]);
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

export interface CurrentPolicy {
  current(): Policy;
  /** Reads the file again. With mistakes in it, what was loaded before stays, and the log has them. Whether it was taken. */
  reload(): boolean;
}

/**
 * Throws if the file has mistakes, or `admit` does, which knows what else has to be there: nothing starts on half a policy.
 */
export function keepPolicy(path: string | undefined, log: Log, admit: (policy: Policy) => void = () => {}): CurrentPolicy {
  const load = (): Policy => {
    const loaded = loadPolicy(path);
    admit(loaded);
    return loaded;
  };
  let policy = load();
  return {
    current: () => policy,
    reload() {
      try {
        policy = load();
        log.info({ people: policy.people.length }, 'policy file loaded again');
        return true;
      } catch (error) {
        log.error({ error: (error as Error).message }, 'the policy file has mistakes; the one loaded before stays in force');
        return false;
      }
    },
  };
}
