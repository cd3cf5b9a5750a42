import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
