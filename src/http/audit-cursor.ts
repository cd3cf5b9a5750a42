import { timingSafeEqual } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { AuditPage } from '../core/ports/audit.ts';

type Place = NonNullable<AuditPage['before']>;
/** Keyed: only we can make it. */
type Sign = (text: string) => string;

const shape = /^(\d{1,15})\.(\d{1,16})\.([0-9a-f]+)$/;

/** Where the next page begins, opaque to the caller. Signed together with the search that it is of. */
export function cursorOf({ at, seq }: Place, search: string, sign: Sign): string {
  const place = `${Number(at)}.${seq}`;
  return Buffer.from(`${place}.${sign(`cursor ${place} ${search}`)}`).toString('base64url');
}

/** Throws for a cursor that we have not made, or made for another search. */
export function placeOf(cursor: string, search: string, sign: Sign): Place {
  const [, at, seq, signature = ''] = shape.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const expected = Buffer.from(sign(`cursor ${at}.${seq} ${search}`));
  const given = Buffer.from(signature);
  if (at !== undefined && seq !== undefined && given.length === expected.length && timingSafeEqual(given, expected)) {
    return { at: new Date(Number(at)), seq: Number(seq) };
  }
  throw new UserError('bad_argument', 'This cursor is not one of ours, or of another search. Start again without it.', {
    path: 'cursor',
  });
}
