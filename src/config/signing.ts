import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { Signer } from '../core/audit/checkpoint.ts';

/** What PKCS #8 writes before the 32 bytes of an Ed25519 key (RFC 8410). */
const BEFORE_KEY = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519 under a key of the installation: 32 bytes. */
export function createSigner(seed: Buffer): Signer {
  const key = createPrivateKey({ key: Buffer.concat([BEFORE_KEY, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return { publicKey: String(x), sign: (text) => sign(null, Buffer.from(text), key) };
}
