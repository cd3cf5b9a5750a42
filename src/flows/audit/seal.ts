import { chainHash } from '../../core/audit/chain.ts';
import { readStart, type Signer, signCheckpoint, tokenHash } from '../../core/audit/checkpoint.ts';
import { checkpointMessage } from '../../core/cards/checkpoint-message.ts';
import { HOUR, plus } from '../../core/delivery/time.ts';
import type { Place } from '../../core/messages/place.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Jobs } from '../../core/ports/jobs.ts';
import type { NewSeal } from '../../core/ports/seals.ts';
import type { Database, Stores } from '../../core/ports/stores.ts';
import { owePost } from '../chat/owe.ts';

export interface SealPorts {
  database: Database;
  clock: Clock;
  signer: Signer;
  jobs: Pick<Jobs, 'wake'>;
  /** The address where checkpoints are posted, e.g. `slack:C0123`; undefined for nowhere. */
  checkpointsTo(): string | undefined;
}

/** Rows sealed in one transaction, and signed for by one checkpoint. */
const ROWS = 1_000;
/** Rows that came since are signed for after so long at the latest. */
const SIGNED_WITHIN = HOUR;
/** How often what came is looked for, should nobody say. */
const EVERY = 15_000;

/** Seals what has arrived, in its order, behind those who write. Returns when to look again. */
export async function seal(ports: SealPorts): Promise<Date> {
  // Waits for the writers of this moment, so in a transaction of its own that holds nothing.
  const settled = await ports.database.transaction(({ audit }) => audit.settledSeq());
  while ((await ports.database.transaction((stores) => sealSome(stores, ports, settled))) === ROWS);
  return plus(ports.clock.now(), EVERY);
}

async function sealSome(stores: Stores, ports: SealPorts, settled: number): Promise<number> {
  const { seals } = stores;
  await seals.lock();
  const end = await seals.end();
  const rows = await seals.toSeal(end.seq, settled, ROWS);
  const news: NewSeal[] = [];
  let { n, hash, seq } = end;
  for (const row of rows) {
    n += 1;
    hash = chainHash(hash, n, row);
    seq = row.seq;
    news.push({ n, seq, hash, arrived: row.arrived });
  }
  if (news.length > 0) await seals.add(news);
  await signFor(stores, ports, { n, seq, hash });
  return rows.length;
}

async function signFor(stores: Stores, ports: SealPorts, end: Omit<NewSeal, 'arrived'>): Promise<void> {
  const { seals } = stores;
  const last = await lastSigned(stores);
  const at = ports.clock.now();
  const isDue = !last.at || end.n - last.n >= ROWS || Number(at) - Number(last.at) >= SIGNED_WITHIN;
  if (end.n === last.n || !isDue) return;
  const number = last.number + 1;
  const token = signCheckpoint({ number, ...end, at, before: last.hash }, ports.signer);
  await seals.addCheckpoint({ number, n: end.n, at, token });
  await post(stores, ports, { number, n: end.n, at, token });
}

/** The last checkpoint, or what the start says of it where all were dropped. */
async function lastSigned({ seals }: Stores): Promise<{ number: number; n: number; hash: string; at?: Date }> {
  const last = await seals.lastCheckpoint();
  if (last) return { ...last, hash: tokenHash(last.token) };
  const token = await seals.start();
  const start = token === undefined ? undefined : readStart(token);
  return start ? { ...start.checkpoint, n: start.n } : { number: 0, n: 0, hash: '' };
}

/** At most once in a while, however much arrives: a channel is read by people. */
async function post(
  stores: Stores,
  { checkpointsTo, jobs }: SealPorts,
  checkpoint: { number: number; n: number; at: Date; token: string },
): Promise<void> {
  const { number, at } = checkpoint;
  const posted = await stores.seals.lastPosted();
  const place = await placeOf(stores, checkpointsTo());
  if (!place || (posted && Number(at) - Number(posted) < SIGNED_WITHIN)) return;
  await owePost(stores, { subject: `checkpoint ${number}`, place, message: checkpointMessage(checkpoint) }, at);
  await stores.seals.markPosted(number);
  jobs.wake('post');
}

const placeOf = async ({ chat }: Stores, address: string | undefined): Promise<Place | undefined> => {
  const colon = address?.indexOf(':') ?? -1;
  if (address === undefined || colon < 0) return undefined;
  const channel = await chat.channel(address);
  return { platform: address.slice(0, colon), team: channel?.team ?? '', channel: address.slice(colon + 1) };
};
