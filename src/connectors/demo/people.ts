/** Draws a number in [0, 1) for what it is asked for: the same word gives the same. */
export type Draw = (what: string) => number;

export function pick<T>(draw: Draw, what: string, from: readonly T[]): T {
  return from[Math.floor(draw(what) * from.length)] as T;
}

/** That many lower-case hexadecimal digits. */
export const hex = (draw: Draw, what: string, digits: number): string =>
  Array.from({ length: digits }, (_, i) => Math.floor(draw(`${what} ${i}`) * 16).toString(16)).join('');

export const uuid = (draw: Draw, what: string): string => {
  const digits = hex(draw, what, 30);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-a${digits.slice(15, 18)}-${digits.slice(18)}`;
};

const digitsOf = (draw: Draw, what: string, digits: number): string =>
  String(Math.floor(draw(what) * 10 ** digits)).padStart(digits, '0');

const firstNames = ['Ana', 'Jonas', 'Mira', 'Tomás', 'Sofie', 'Luca', 'Elif', 'Noah', 'Zofia', 'Henrik', 'Chloé', 'Marek'];
const lastNames = ['Silva', 'Lindqvist', 'Novak', 'Moreau', 'Keller', 'Rossi', 'Yilmaz', 'Jansen', 'Kowalska', 'Byrne'];
const streets = ['Harbour Lane', 'Mill Road', 'Station Street', 'Orchard Way', 'Church Hill'];
const cities = ['Lisbon', 'Rotterdam', 'Malmö', 'Graz', 'Lyon', 'Bristol'];

/** Numbers that card schemes give out for trying things. */
const cards = ['4242 4242 4242 4242', '5555 5555 5555 4444', '4000 0566 5566 5556', '3782 822463 10005'];

export type Person = ReturnType<typeof personOf>;

/** Nobody: invented names, addresses and numbers out of the ranges that are reserved for examples. */
export function personOf(draw: Draw) {
  const firstName = pick(draw, 'first name', firstNames);
  const lastName = pick(draw, 'last name', lastNames);
  const plain = `${firstName}.${lastName}`
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z.]/g, '');
  return {
    id: `u_${Math.floor(10_000 + 90_000 * draw('user'))}`,
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    email: `${plain}@${pick(draw, 'mail', ['example.com', 'example.org', 'mail.example.net'])}`,
    phone: pick(draw, 'phone kind', [`+44 20 7946 0${digitsOf(draw, 'phone', 3)}`, `+1 202-555-01${digitsOf(draw, 'phone', 2)}`]),
    street: `${Math.ceil(200 * draw('house'))} ${pick(draw, 'street', streets)}`,
    city: pick(draw, 'city', cities),
    ip: `203.0.113.${Math.floor(254 * draw('ip')) + 1}`,
    card: pick(draw, 'card', cards),
    anonymousId: uuid(draw, 'anonymous'),
    /** Looks like a signed token, and is noise. */
    token: `eyJhbGciOiJIUzI1NiJ9.eyJ${hex(draw, 'token', 24)}.${hex(draw, 'sign', 32)}`,
  };
}

const member = (id: string, name: string) => ({ id, type: 'user', name, email: `${name.toLowerCase()}@shop.example` });

/** Who runs the shop's pipelines. The first three are those of the console. */
export const team = {
  dana: member('usr_dana7Qk', 'Dana'),
  sam: member('usr_sam2Lx', 'Sam'),
  kim: member('usr_kim9Wb', 'Kim'),
  ines: member('usr_ines4Td', 'Ines'),
  jonas: member('usr_jonas6Rm', 'Jonas'),
} as const;

const token = (id: string, name: string) => ({ id, type: 'token', name, email: '' });

/** Access tokens, by what they are used for. Dana's is that of her script for the nights and weekends. */
export const accessTokens = {
  dana: token('tok_dana3Hv', 'Dana'),
  release: token('tok_release8Ns', 'Release pipeline'),
  rotation: token('tok_rotate5Yc', 'Secret rotation'),
} as const;

/** What happens without anybody. */
export const system = { id: 'system', type: 'system', name: 'System', email: '' } as const;
