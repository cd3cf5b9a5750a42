import type { Seal } from '../../core/ports/seal.ts';

/** Discord's permission to answer one command or press: 15 minutes, for whoever holds the token. */
export interface Reply {
  application: string;
  token: string;
  /** Milliseconds since 1970. */
  until: number;
  /** What `@original` is: our own deferred answer, or the card that was pressed. */
  original: 'answer' | 'card';
  /** Discord's id of that card. */
  card?: string;
}

export const sealReply = (seal: Seal, reply: Reply): string => seal.seal(JSON.stringify(reply));

/** Undefined where it was not sealed by us, or has run out. */
export function openReply(seal: Seal, sealed: string | undefined, now: Date): Reply | undefined {
  const text = sealed === undefined ? undefined : seal.open(sealed);
  if (text === undefined) return undefined;
  const reply = JSON.parse(text) as Reply;
  return reply.until > Number(now) ? reply : undefined;
}
