import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiToken } from '../http/tokens.ts';

/** The token made at first start when none is configured: all scopes, kept in the data folder for its owner alone. */
export function ownApiToken(dataDir: string): { token: ApiToken; isNew: boolean; path: string } {
  const path = join(dataDir, 'api-token');
  const of = (token: string): ApiToken => ({ name: 'default', token, scopes: ['ingest', 'read'] });
  try {
    return { token: of(readFileSync(path, 'utf8').trim()), isNew: false, path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = `pw_${randomBytes(24).toString('base64url')}`;
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  return { token: of(token), isNew: true, path };
}
