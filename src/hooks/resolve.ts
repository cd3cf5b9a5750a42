import { lookup as lookUp } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { kindOfAddress } from './addresses.ts';

export interface Address {
  address: string;
  family: number;
}

/** Every address of a name. */
export type Resolve = (host: string) => Promise<Address[]>;

/** As every other program here resolves names, `/etc/hosts` included. */
export const systemResolve: Resolve = (host) => lookUp(host, { all: true });

/** The target is not called; the message is a sentence. */
export class Refused extends Error {}

/** Why nothing is sent to these addresses of a host: one that may not be called is enough. Undefined when all may. */
export function refusalOf(host: string, addresses: readonly Address[]): string | undefined {
  if (addresses.length === 0) return `${host} has no address.`;
  for (const { address } of addresses) {
    const kind = kindOfAddress(address);
    if (kind === undefined) continue;
    const what = address === host ? `${host} is an address of the kind “${kind}”` : `${host} leads to ${address} (${kind})`;
    return `${what}. If it is a receiver of your own, set allow_private: true for this forward.`;
  }
  return undefined;
}

/**
 * For sockets: what was looked at is what is connected to, since no other resolving takes place. A name that changes its answer
 * meanwhile changes nothing.
 */
export function guardedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        const refusal = allowPrivate && first ? undefined : refusalOf(host, found);
        if (refusal !== undefined || !first) done(new Refused(refusal ?? `${host} has no address.`), '', 0);
        else if (options.all) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, '', 0),
    );
  };
}
