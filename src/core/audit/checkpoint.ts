import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

/**
 * Signed notes of how far the trail went and what its chain's hash was there. Kept outside too (a channel, a file), they show what the
 * chain alone cannot: that its end was cut off, or all of it written anew.
 */
export interface Checkpoint {
  /** Counted from 1 without gaps. */
  number: number;
  /** Place in the chain of the last row it covers, its event's seq, and the chain's hash there. */
  n: number;
  seq: number;
  hash: string;
  at: Date;
  /** Hash of the checkpoint before, so that none can be taken out. */
  before: string;
}

/** Where the trail begins since its oldest part was dropped by its age: all of it up to `n`, but for a few rows that came just then. */
export interface TrailStart {
  n: number;
  hash: string;
  at: Date;
  /** Rows up to `n` that are still there: their place, and the hash of their text. */
  kept: [n: number, rowHash: string][];
  /** The last checkpoint that covers nothing after `n`: number and hash; 0 for none. */
  checkpoint: { number: number; hash: string };
}

/** Signs for this installation. Ed25519; the key is never in the database. */
export interface Signer {
  /** base64url of the 32 bytes: what others verify with. */
  publicKey: string;
  sign(text: string): Buffer;
}

const checkpointBody = z.tuple([
  z.literal('checkpoint'),
  z.int().min(1),
  z.int().min(1),
  z.int().min(1),
  z.string(),
  z.int(),
  z.string(),
]);
const startBody = z.tuple([
  z.literal('start'),
  z.int().min(0),
  z.string(),
  z.int(),
  z.array(z.tuple([z.int(), z.string()])),
  z.int(),
  z.string(),
]);

const PREFIX = 'pw1';
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** One word that can be pasted anywhere: what it says, and the signature over just these letters. */
function sealed(body: unknown, { sign }: Signer): string {
  const said = `${PREFIX}.${base64url(JSON.stringify(body))}`;
  return `${said}.${sign(said).toString('base64url')}`;
}

export const signCheckpoint = ({ number, n, seq, hash, at, before }: Checkpoint, signer: Signer): string =>
  sealed(['checkpoint', number, n, seq, hash, Number(at), before], signer);

export const signStart = ({ n, hash, at, kept, checkpoint }: TrailStart, signer: Signer): string =>
  sealed(['start', n, hash, Number(at), kept, checkpoint.number, checkpoint.hash], signer);

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** As `signCheckpoint` made it; undefined for anything else. Says nothing of who signed it. */
export function readCheckpoint(token: string): Checkpoint | undefined {
  const body = checkpointBody.safeParse(bodyOf(token));
  if (!body.success) return undefined;
  const [, number, n, seq, hash, at, before] = body.data;
  return { number, n, seq, hash, at: new Date(at), before };
}

export function readStart(token: string): TrailStart | undefined {
  const body = startBody.safeParse(bodyOf(token));
  if (!body.success) return undefined;
  const [, n, hash, at, kept, number, before] = body.data;
  return { n, hash, at: new Date(at), kept, checkpoint: { number, hash: before } };
}

function bodyOf(token: string): unknown {
  const [, body] = /^pw1\.([\w-]+)\.[\w-]+$/.exec(token) ?? [];
  try {
    return body === undefined ? undefined : JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Keys as they are printed (base64url of 32 bytes). Throws a sentence for what is no key. */
export function publicKeyOf(text: string): KeyObject {
  const key = text.trim();
  if (!/^[\w-]{43}$/.test(key))
    throw new Error(`“${key.slice(0, 64)}” is no public key. It has 43 letters, as pipewarden verify prints it.`);
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
}

export function isSignedBy(keys: readonly KeyObject[], token: string): boolean {
  const dot = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  return keys.some((key) => verify(null, Buffer.from(token.slice(0, dot)), key, signature));
}
