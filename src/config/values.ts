import { isIP } from 'node:net';
import { z } from 'zod';
import type { ApiToken } from '../http/tokens.ts';

const tokenShape = /^([^:@]+)(?:@([^:]+))?:([^:]{8,})(?::([a-z+]+))?$/;

/** `name[@workspace]:token[:scope+scope],…` */
export const apiTokens = z.string().transform((text, context): ApiToken[] =>
  text.split(',').flatMap((part) => {
    const match = tokenShape.exec(part.trim());
    const scopes = (match?.[4] ?? 'ingest').split('+');
    if (!match?.[1] || !match[3] || !scopes.every((scope) => ['ingest', 'read', 'audit'].includes(scope))) {
      // The token itself is never repeated in a message.
      context.addIssue({
        code: 'custom',
        message:
          'each entry is name[@workspace]:token[:scope+scope], tokens of 8 characters or more, scopes ingest, read and audit',
      });
      return [];
    }
    return [{ name: match[1], workspace: match[2], token: match[3], scopes: scopes as ApiToken['scopes'] }];
  }),
);

/** 32 bytes in base64; what a person may paste. */
export const secretKey = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64')
  .transform((text) => Buffer.from(text, 'base64'));

/** `new,old`: two are good while one replaces the other. */
export const secrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (all) => all.length <= 2 && all.every((one) => one.length >= 8),
    'must be one secret of 8 characters or more, or `new,old`',
  );

/** `person:token,…`; a token alone has no person. */
export const consoleTokens = z.string().transform((text, context): { person: string | undefined; token: string }[] =>
  text.split(',').flatMap((part) => {
    const match = /^(?:([a-z0-9_.-]{1,40}):)?([^:]{8,})$/.exec(part.trim());
    if (match?.[2]) return [{ person: match[1], token: match[2] }];
    context.addIssue({ code: 'custom', message: 'each entry is person:token or a token, tokens of 8 characters or more' });
    return [];
  }),
);

/** `10.0.0.5,172.16.0.0/12,…`: what a server would believe from any address is believed of these alone. */
export const proxies = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((all) => all.every(isNetwork), 'each entry is an address or a network, e.g. 10.0.0.5 or 172.16.0.0/12');

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  return version > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest));
}
