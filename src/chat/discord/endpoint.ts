import { verify } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import { sentence } from '../../core/messages/message.ts';
import type { HttpRequest, HttpRoute } from '../../core/ports/http.ts';
import { wordsBody } from './body.ts';

/** How Discord's 32 bytes become a key that Node takes. */
const keyPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const PING = 1;
const ANSWER = 4;

/**
 * Discord checks an interactions address before it takes it. We listen on the gateway; once such an address is set, Discord
 * sends everything there and nothing to the gateway, and whoever asks is told so. What comes in changes nothing here, so
 * that an old request that is sent again does no harm.
 */
export function interactionsRoute(publicKey: string): HttpRoute {
  const key = { key: Buffer.concat([keyPrefix, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' } as const;

  const isGenuine = ({ headers, body }: HttpRequest): boolean => {
    const signature = Buffer.from(headers['x-signature-ed25519'] ?? '', 'hex');
    const signed = Buffer.concat([Buffer.from(headers['x-signature-timestamp'] ?? ''), body]);
    return signature.length === 64 && verify(null, signed, key, signature);
  };

  return {
    method: 'POST',
    path: '/discord/interactions',
    audience: 'machine',
    admit(headers) {
      if (!headers['x-signature-ed25519'] || !headers['x-signature-timestamp']) throw unsigned();
    },
    async handle(request) {
      if (!isGenuine(request)) throw unsigned();
      const { type } = JSON.parse(request.body.toString('utf8')) as { type?: number };
      const answer = type === PING ? { type: PING } : { type: ANSWER, data: elsewhere };
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
    },
  };
}

const unsigned = () => new UserError('unauthorized', 'The request is not signed by Discord with this application’s key.');

const elsewhere = wordsBody(
  sentence('I listen on Discord’s gateway. Clear “Interactions Endpoint URL” in the developer portal and ask again.', 'warning'),
  { ephemeral: true },
);
