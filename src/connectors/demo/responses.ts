import { normaliseReason } from '../../core/delivery/reasons.ts';
import { chance, seedOf } from './chance.ts';
import { type Draw, hex, personOf, uuid } from './people.ts';
import { amountOf } from './requests.ts';
import { destinations } from './shop.ts';
import type { Way } from './ways.ts';

const slugOf = new Map(destinations.map(({ id, slug }) => [id, slug]));

/** What came back, with the status where a partner answered; undefined where nothing was sent to anybody. */
export function responseOf(way: Way, draw: Draw): unknown {
  if (way.step === 'failed_delivery') return failureOf(way, draw);
  if (way.reason !== 'schema_violation') return undefined;
  const field = `properties.${amountOf(way.eventName)}`;
  return { violations: [{ field, type: 'invalid_type', description: 'Expected number, got string' }] };
}

/** The key a destination sends, which is the same in every answer that refuses it. */
const keyOf = (destination: string): string => hex((what) => chance(seedOf(destination), seedOf(what)), 'key', 32);

function failureOf({ reason, series }: Way, draw: Draw): unknown {
  const { code } = normaliseReason(reason);
  const person = personOf(draw);
  switch (code) {
    case '400':
      return { status: 400, body: invalidBody(slugOf.get(series.destination) ?? '', draw) };
    case '401':
      return {
        status: 401,
        body: { code: 401, error: `Invalid API key: ${keyOf(series.destination)}`, request_id: uuid(draw, 'request') },
      };
    case '404':
      return {
        status: 404,
        body: { type: 'error.list', errors: [{ code: 'not_found', message: `No contact with e-mail ${person.email}` }] },
      };
    case '413':
      return { status: 413, body: { message: 'Request entity too large', limit: 1_024 } };
    case '429':
      return {
        status: 429,
        headers: { 'retry-after': '30' },
        body: { code: 429, error: 'Too many requests', throttled_users: { [person.email]: Math.ceil(90 * draw('throttled')) } },
      };
    case '502':
    case '503':
      return { status: Number(code), body: { message: code === '502' ? 'Bad gateway' : 'Service unavailable' } };
    default:
      return {
        error: code,
        message: `${code === 'ETIMEDOUT' ? 'connect' : 'read'} ${code} 198.51.100.${Math.ceil(250 * draw('host'))}:443`,
      };
  }
}

/** Each partner has its own way to say that something is wrong with the event. */
function invalidBody(destination: string, draw: Draw): unknown {
  const person = personOf(draw);
  switch (destination) {
    case 'amplitude':
      return { code: 400, error: 'Invalid field values on some events', events_with_invalid_fields: { price: [0] } };
    case 'hubspot':
      return {
        status: 'error',
        category: 'VALIDATION_ERROR',
        message: `Property "customer_note" of contact ${person.email} is longer than 500 characters`,
        correlationId: uuid(draw, 'correlation'),
      };
    case 'meta-capi':
    case 'facebook-audiences':
      return {
        error: {
          message: 'Invalid parameter',
          type: 'OAuthException',
          code: 100,
          error_user_msg: `No usable match key: e-mail "${person.email}" and phone "${person.phone}" must be hashed`,
        },
      };
    case 'google-ads':
      return {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: 'The conversion has neither a click id nor a usable identifier.',
        },
      };
    case 'sendgrid':
      return { errors: [{ field: 'contacts.email', message: `"${person.email}" is on the suppression list` }] };
    default:
      return { error: 'invalid_request', message: 'A required field is missing or malformed', field: 'customer_user_id' };
  }
}
