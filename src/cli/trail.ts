import { hostname, userInfo } from 'node:os';
import { type Config, readConfig } from '../config/env.ts';
import { ownSecretKey, runningAt, signingKey } from '../config/own-keys.ts';
import { createSigner } from '../config/signing.ts';
import { parseQuery } from '../core/audit/parse-query.ts';
import type { ProofLine } from '../core/audit/verify.ts';
import type { Actor } from '../core/people/actor.ts';
import { exportAudit } from '../flows/audit/export.ts';
import { proofLines } from '../flows/audit/proof.ts';
import { exportProof } from '../flows/audit/verify.ts';
import { asCsv, asLines, asProof } from '../http/audit-lines.ts';
import { openEmbedded } from '../storage/database.ts';
import { FolderInUse } from '../storage/lock.ts';
import { openPostgres } from '../storage/postgres.ts';
import { proofIn } from './proof-text.ts';
import { processLog, systemClock } from './system.ts';

export type TrailFormat = 'csv' | 'jsonl' | 'proof';

/** The audit trail of this installation, for commands of the shell. */
export interface Trail {
  /** The export as text, in pieces. */
  read(format: TrailFormat, query: string): Promise<AsyncIterable<string>>;
  /** The proof as it is verified here, where nothing leaves. */
  proof(): Promise<AsyncIterable<readonly ProofLine[]>>;
  close(): Promise<void>;
}

/** Opens the database; where another process holds the embedded one, goes through it. */
export async function openTrail(): Promise<Trail> {
  const config = readConfig(process.env);
  try {
    return await directly(config);
  } catch (error) {
    const running = error instanceof FolderInUse ? runningAt(config.dataDir) : undefined;
    if (!running) throw error;
    return {
      read: (format, query) => throughProcess(running, format, query),
      proof: async () => proofIn(await throughProcess(running, 'proof', '')),
      close: async () => {},
    };
  }
}

/** Whoever may read the database may do this; the trail says who it was. */
const operator = (): Actor => {
  const account = `shell:${userInfo().username}@${hostname()}`;
  return { person: userInfo().username, account, personKey: account, roles: ['owner'] };
};

async function directly(config: Config): Promise<Trail> {
  const database = config.databaseUrl
    ? await openPostgres(config.databaseUrl, systemClock, processLog(config.logLevel))
    : await openEmbedded(config.dataDir, systemClock);
  const ports = { database, clock: systemClock };
  return {
    async read(format, text) {
      if (format === 'proof') return asProof(await exportProof(ports, operator()));
      const query = parseQuery(text, systemClock.now());
      const pages = await exportAudit(ports, operator(), { query, text, format });
      return format === 'csv' ? asCsv(pages) : asLines(pages);
    },
    proof: async () => proofLines(database),
    close: () => database.close(),
  };
}

async function throughProcess(
  { url, token }: { url: string; token: string },
  format: TrailFormat,
  query: string,
): Promise<AsyncIterable<string>> {
  const address = new URL(`/v1/audit.${format}`, url);
  if (format !== 'proof') address.searchParams.set('q', query);
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200 || !response.body) {
    const text = await response.text();
    throw new Error(`The running process answers ${response.status}: ${text.slice(0, 500)}`);
  }
  return response.body.pipeThrough(new TextDecoderStream());
}

/** What this installation signs with, as others verify it. */
export function ownPublicKey(): string {
  const config = readConfig(process.env);
  const secret = config.secretKey ?? ownSecretKey(config.dataDir);
  return createSigner(signingKey(secret)).publicKey;
}
