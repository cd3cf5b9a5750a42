import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { acknowledge } from '../callbacks.ts';
import type { Forgery, HttpAnswer } from '../interface.ts';
import { isRecord, type Json } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { parseBody } from '../server.ts';

import type { Live, World } from '../world.ts';

export interface Signer {
  publicKey: string;
  key: KeyObject;
}

export function createSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of the SPKI form are the key itself.
  return { publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'), key: privateKey };
}

/** Posts a payload as Discord does, signed, or with something wrong about it. */
export async function postSigned(
  world: World,
  signer: Signer,
  url: string,
  payload: Json,
  forgery: Forgery = {},
  raw?: (answer: Response) => void,
): Promise<HttpAnswer> {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(world.now() / 1000) + (forgery.shift ?? 0));
  const signed = sign(null, Buffer.from(timestamp + (forgery.badSignature ? ' ' : '') + body), signer.key).toString('hex');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
  };
  if (!forgery.unsigned) Object.assign(headers, { 'x-signature-ed25519': signed, 'x-signature-timestamp': timestamp });
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body: forgery.tamper ? forgery.tamper(body) : body,
    signal: AbortSignal.timeout(world.limits.ackMs),
  });
  raw?.(answer.clone());
  const said = await answer.text();
  const contentType = answer.headers.get('content-type') ?? '';
  return { status: answer.status, contentType, body: contentType.includes('json') && said ? JSON.parse(said) : said };
}

/** Delivers an interaction over HTTP; what comes back is its first response. */
export async function deliverByHttp(world: World, signer: Signer, url: string, live: Live): Promise<void> {
  try {
    let clone: Response | undefined;
    const answer = await postSigned(world, signer, url, live.payload, {}, (raw) => {
      clone = raw;
    });
    live.status = answer.status;
    // 202 and an empty body: the response comes by the callback route.
    if (answer.status === 202 || answer.status === 204) return;
    if (answer.status !== 200 || !clone) throw new Error(`http_${answer.status}`);
    if (!/^(application\/json|multipart\/form-data)/.test(answer.contentType))
      throw new Error(`content_type ${answer.contentType}`);
    const { body, files } = await parseBody(Buffer.from(await clone.arrayBuffer()), answer.contentType);
    if (!isRecord(body)) throw new Error('no_object');
    acknowledge(world, live, body, files);
  } catch (error) {
    live.error =
      error instanceof Refusal
        ? String(error.code)
        : error instanceof Error && /^(http_|content_type|no_object)/.test(error.message)
          ? error.message
          : 'connection_failed';
    world.problems.push(`${live.type} ${live.id} over HTTP: ${error instanceof Error ? error.message : error}`);
    live.settle();
  }
}
