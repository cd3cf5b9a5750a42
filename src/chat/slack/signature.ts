import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../../core/ports/http.ts';

/** Seconds, before and after: what is older may be a replay, what is younger was not signed by Slack's clock. */
export const SIGNED_WITHIN = 300;

/** The signature, if one of the secrets made it for just these bytes and about now. */
export function validSignature(
  secrets: readonly string[],
  { headers, body }: Pick<HttpRequest, 'headers' | 'body'>,
  now: Date,
): string | undefined {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const signature = headers['x-slack-signature'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(Number(now) / 1_000 - Number(timestamp)) > SIGNED_WITHIN) return undefined;
  // Every secret is tried, so that the time taken does not tell which one fits.
  const fits = secrets.map((secret) => {
    const hash = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
    return equal(`v0=${hash}`, signature);
  });
  return fits.includes(true) ? signature : undefined;
}

function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
