import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiToken } from '../http/tokens.ts';

/** What is not configured is made at first start and kept in the data folder, for its owner alone. */
function kept(dataDir: string, name: string, make: () => string): { value: string; path: string } {
  const path = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return { value: readFileSync(path, 'utf8').trim(), path };
}

/** A token with all scopes. */
export function ownApiToken(dataDir: string): { token: ApiToken; path: string } {
  const { value, path } = kept(dataDir, 'api-token', () => `pw_${randomBytes(24).toString('base64url')}`);
  return { token: { name: 'default', token: value, scopes: ['ingest', 'read', 'audit'] }, path };
}

/** The key all others derive from, where SECRET_KEY does not say it. */
export const ownSecretKey = (dataDir: string): Buffer =>
  Buffer.from(kept(dataDir, 'secret-key', () => randomBytes(32).toString('base64')).value, 'base64');

/** One key for each use, from the one secret (HKDF). */
export const keyFor = (use: string, secret: Buffer): Buffer => Buffer.from(hkdfSync('sha256', secret, '', use, 32));
/** Checkpoints of the audit trail are signed with it. */
export const signingKey = (secret: Buffer): Buffer => keyFor('audit checkpoints', secret);

const PROCESS = 'process.json';

/**
 * The embedded database belongs to one process. Commands beside it go through it, with a token that is good while it runs and is
 * known to whoever may read the data folder.
 */
export function localAccess(dataDir: string): { token: ApiToken; open(url: string): void; close(): void } {
  const path = join(dataDir, PROCESS);
  const token = randomBytes(24).toString('base64url');
  return {
    token: { name: 'command line', token, scopes: ['read', 'audit'] },
    open: (url) => writeFileSync(path, JSON.stringify({ url, token }), { mode: 0o600 }),
    close: () => rmSync(path, { force: true }),
  };
}

/** Where the process that holds the folder listens; undefined when it has not said. */
export function runningAt(dataDir: string): { url: string; token: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, PROCESS), 'utf8'));
  } catch {
    return undefined;
  }
}
