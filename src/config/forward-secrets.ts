import { z } from 'zod';

/** A secret of Standard Webhooks has 24 to 64 bytes, in base64 after `whsec_`. */
function webhookKey(text: string): Buffer | undefined {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const key = Buffer.from(base64 ?? '', 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** Keys by the name of the forward, the newest first: all of them sign. */
export type ForwardSecrets = ReadonlyMap<string, readonly Buffer[]>;

/** `name:whsec_…,…`: the name stands again for the old secret while it is rotated, since base64 has neither colon nor comma. */
export const forwardSecrets = z.string().transform((text, context): ForwardSecrets => {
  const secrets = new Map<string, Buffer[]>();
  for (const part of text.split(',')) {
    const [, name = '', secret = ''] = /^([^:]+):(.*)$/.exec(part.trim()) ?? [];
    const key = webhookKey(secret);
    if (key) secrets.set(name, [...(secrets.get(name) ?? []), key]);
    // The secret itself is never repeated in a message.
    else context.addIssue({ code: 'custom', message: `each entry is name:whsec_…, 24 to 64 bytes in base64. ${howToMake()}` });
  }
  if ([...secrets.values()].some((keys) => keys.length > 2)) {
    context.addIssue({
      code: 'custom',
      message: 'a name may stand twice, with its new and then its old secret, but not more often',
    });
  }
  return secrets;
});

const howToMake = (name = 'siem'): string => `Make one: echo "FORWARD_SECRETS=${name}:whsec_$(openssl rand -base64 32)"`;

/** Every forward has a secret to sign with, or nothing starts. */
export function requireSecrets(forwards: readonly { name: string }[], secrets: ForwardSecrets): void {
  const missing = forwards.find(({ name }) => !secrets.has(name));
  if (!missing) return;
  const { name } = missing;
  throw new Error(
    `The forward ${name} has no secret in FORWARD_SECRETS to sign with. ${howToMake(name)}, then give it to the receiver too.`,
  );
}
