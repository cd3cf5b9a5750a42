import { hash } from 'node:crypto';
import type { AuditEvent } from './event.ts';

/**
 * The chain that seals the trail. Each sealed event has a place in it, counted from 1 without gaps, and a hash over its text and the
 * hash before: whatever is changed, removed, put in or swapped afterwards, from there on nothing fits.
 */

/** What of an event is sealed. Its details are so by their salted hash, so that they can be erased by law. */
export interface SealedRow extends Omit<AuditEvent, 'at' | 'before' | 'after' | 'context' | 'provider' | 'via'> {
  /** Any: a proof made by a later version can be read. */
  provider: string;
  via: string;
  seq: number;
  /** ISO 8601, UTC, in milliseconds; as `at` is. */
  arrived: string;
  at: string;
  sameAs: number | null;
  /** SHA-256 over salt and details, hex. */
  detailsHash: string;
}

/** What the first row is chained to. */
export const NO_HASH = '0'.repeat(64);
const VERSION = 1;

/** Canonical JSON (RFC 8785) of a row: written with its keys in order, which is quicker than sorting them a million times. */
export const rowText = ({ actor, resource, ...row }: SealedRow): string =>
  JSON.stringify({
    action: row.action,
    actor: { email: actor.email, id: actor.id, name: actor.name, type: actor.type },
    arrived: row.arrived,
    at: row.at,
    detailsHash: row.detailsHash,
    id: row.id,
    provider: row.provider,
    resource: { id: resource.id, kind: resource.kind, name: resource.name },
    sameAs: row.sameAs,
    seq: row.seq,
    type: row.type,
    v: VERSION,
    via: row.via,
    workspace: row.workspace,
  });

/** Hex. */
export const chainHash = (before: string, n: number, row: SealedRow): string =>
  hash('sha256', `pipewarden-audit-row\n${before}\n${n}\n${rowText(row)}`);

/** The salt keeps short details from being guessed once they are erased. Both as they are stored; hex. */
export const detailsHash = (salt: Buffer, details: string): string => hash('sha256', Buffer.concat([salt, Buffer.from(details)]));

/** Of a row by itself, without its place. Hex. */
export const rowHash = (row: SealedRow): string => hash('sha256', rowText(row));
