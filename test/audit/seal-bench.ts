import { type Kysely, sql } from 'kysely';
import { createSigner } from '../../src/config/signing.ts';
import { publicKeyOf } from '../../src/core/audit/checkpoint.ts';
import { type Verdict, verifyTrail } from '../../src/core/audit/verify.ts';
import { proofLines } from '../../src/flows/audit/proof.ts';
import type { SealPorts } from '../../src/flows/audit/seal.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Tables } from '../../src/storage/tables.ts';
import type { Backend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { NOW, newEvents } from './samples.ts';

const signer = createSigner(Buffer.alloc(32, 1));
const keys = [publicKeyOf(signer.publicKey)];

/** A trail to seal, to verify and to tamper with. */
export function sealBench(backend: Backend) {
  const own = {
    database: undefined as unknown as OpenDatabase,
    clock: undefined as unknown as FakeClock,
    ports: undefined as unknown as SealPorts,
  };
  /** Somebody who may write to the database goes around the triggers. */
  const tamper = (work: (db: Kysely<Tables>) => Promise<unknown>) =>
    own.database.kysely.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      await work(trx);
    });

  return Object.assign(own, {
    /** Empty. */
    async open() {
      own.clock = fakeClock(NOW.toISOString());
      own.database = await backend.open(own.clock);
      own.ports = { database: own.database, clock: own.clock, signer, jobs: { wake() {} }, checkpointsTo: () => undefined };
    },

    add: (n: number, arrived = own.clock.now()) =>
      own.database.transaction(({ audit }) =>
        audit.add(newEvents(...Array.from({ length: n }, (_, i) => ({ after: { enabled: i % 2 === 0 } }))), arrived),
      ),
    verify: (anchors: string[] = []): Promise<Verdict> => verifyTrail(proofLines(own.database), { keys, anchors }),
    checkpoint: async () => (await own.database.read(({ seals }) => seals.lastCheckpoint()))?.token ?? '',

    tamper,
    tamperSql: (text: string) =>
      tamper(async (db) => {
        for (const statement of text.split(';')) await sql.raw(statement).execute(db);
      }),
  });
}
