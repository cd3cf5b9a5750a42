import { type Draw, hex, type Person, personOf, pick, uuid } from './people.ts';
import { audiences } from './profiles.ts';
import { destinations } from './shop.ts';
import type { Way } from './ways.ts';

type Json = Record<string, unknown>;

const hubspot = destinations.find(({ slug }) => slug === 'hubspot');

const products = [
  { sku: 'LMP-204', name: 'Brass desk lamp', price: 89.9 },
  { sku: 'KTL-031', name: 'Enamel kettle', price: 54 },
  { sku: 'RUG-118', name: 'Wool rug 120×170', price: 219 },
  { sku: 'MUG-007', name: 'Stoneware mug', price: 14.5 },
];

/** The event as the source sent it, with what is wrong about it if something is. */
export function requestOf(way: Way, at: Date, draw: Draw): Json {
  const person = personOf(draw);
  const { eventType, eventName, appVersion } = way;
  const body = eventType === 'identify' ? { traits: traitsOf(person, draw) } : { properties: propertiesOf(way, person, draw) };
  const event: Json = {
    type: eventType,
    ...(eventType === 'track' && { event: eventName }),
    ...(eventType === 'page' && { name: eventName }),
    messageId: `msg-${uuid(draw, 'message')}`,
    timestamp: at.toISOString(),
    userId: person.id,
    anonymousId: person.anonymousId,
    context: contextOf(way, person, appVersion),
    ...body,
  };
  return spoil(event, way, person);
}

/** What each reason complains about. */
function spoil(event: Json, { reason, series }: Way, person: Person): Json {
  if (reason === '400' && series.destination === hubspot?.id) return { ...event, ...withNote(event, noteFor(person)) };
  switch (reason) {
    case 'id_required':
    case 'no_user_anon_id':
      return { ...event, userId: '', anonymousId: null };
    case 'properties_not_object':
      return { ...event, properties: JSON.stringify(event.properties) };
    case 'traits_not_object':
      return { ...event, traits: [event.traits] };
    case 'schema_violation':
      return { ...event, properties: { ...(event.properties as Json), [amountOf(String(event.event))]: 'EUR 54,00' } };
    default:
      return event;
  }
}

const withNote = ({ properties, traits }: Json, note: string): Json => {
  const noted = { ...((properties ?? traits) as Json), customer_note: note };
  return properties ? { properties: noted } : { traits: noted };
};

/** The property that is a text where the Tracking Plan wants a number. */
export const amountOf = (eventName: string): string => (eventName === 'Product Added' ? 'price' : 'total');

function contextOf({ series }: Way, person: Person, appVersion: string): Json {
  const audience = audiences.find(({ id }) => id === series.audience);
  if (!audience)
    return { ip: person.ip, locale: 'en-GB', library: { name: 'shop-sdk' }, ...(appVersion && { app: { version: appVersion } }) };
  return {
    personas: {
      computation_class: 'audience',
      computation_key: keyOf(audience),
      computation_id: audience.id,
      space_id: series.source,
    },
    traits: { email: person.email, phone: person.phone, firstName: person.firstName, lastName: person.lastName },
  };
}

const keyOf = (audience: { slug: string }): string => audience.slug.replaceAll('-', '_');

const traitsOf = (person: Person, draw: Draw): Json => ({
  email: person.email,
  phone: person.phone,
  firstName: person.firstName,
  lastName: person.lastName,
  address: { street: person.street, city: person.city },
  plan: pick(draw, 'plan', ['guest', 'member', 'member_plus']),
});

function propertiesOf({ eventName, series }: Way, person: Person, draw: Draw): Json {
  const product = pick(draw, 'product', products);
  const quantity = Math.ceil(3 * draw('quantity'));
  const order = {
    order_id: `SO-${Math.floor(100_000 + 900_000 * draw('order'))}`,
    currency: 'EUR',
    total: Math.round(100 * product.price * quantity) / 100,
  };
  const audience = audiences.find(({ id }) => id === series.audience);
  if (audience)
    return { audience_key: keyOf(audience), [keyOf(audience)]: eventName === 'Audience Entered', email: person.email };
  switch (eventName) {
    case 'Order Completed':
      return { ...order, email: person.email, products: [{ ...product, quantity }], shipping: addressOf(person) };
    case 'Checkout Started':
      return { ...order, products: [{ ...product, quantity }], session_token: person.token };
    case 'Payment Captured':
      return {
        ...order,
        payment: { method: 'card', card_number: person.card, card_holder: person.name },
        receipt_email: person.email,
      };
    case 'Order Shipped':
      return { ...order, carrier: 'DPD', ship_to: addressOf(person), delivery_note: `Leave it with ${person.name}` };
    case 'Order Refunded':
      return { ...order, reason: `Customer called from ${person.phone}: parcel damaged` };
    case 'Application Opened':
      return { from_background: draw('background') < 0.5, push_token: hex(draw, 'push', 64) };
    case 'Debug Menu Opened':
      return { authorization: `Bearer ${person.token}`, user: person.email };
    case 'Page Viewed':
      return {
        path: '/account/orders',
        url: `https://shop.example.com/account/orders?email=${person.email}`,
      };
    case 'Message Sent':
      return {
        channel: 'chat',
        text: `Hello, this is ${person.name}. Please call me back on ${person.phone} or write to ${person.email}.`,
      };
    case 'Ticket Opened':
    case 'Ticket Solved':
      return { ticket: Math.floor(50_000 * draw('ticket')), subject: `Refund to card ${person.card}?`, requester: person.email };
    default:
      return { ...product, quantity };
  }
}

const addressOf = (person: Person): Json => ({
  name: person.name,
  street: person.street,
  city: person.city,
  phone: person.phone,
});

/** Longer than the CRM accepts. */
const noteFor = (person: Person): string =>
  Array(8).fill(`Nobody in before six: leave it with ${person.name} at ${person.street} or call ${person.phone}.`).join(' ');
