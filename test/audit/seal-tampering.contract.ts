import { type Kysely, sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSigner } from '../../src/config/signing.ts';
import { chainHash, NO_HASH, type SealedRow } from '../../src/core/audit/chain.ts';
import { readCheckpoint, signCheckpoint } from '../../src/core/audit/checkpoint.ts';
import type { SealedLine } from '../../src/core/audit/verify.ts';
import { HOUR } from '../../src/core/delivery/time.ts';
import { seal } from '../../src/flows/audit/seal.ts';
import type { Tables } from '../../src/storage/tables.ts';
import type { Backend } from '../support/backends.ts';
import { sealBench } from './seal-bench.ts';

/** Whatever is changed in the database by hand is found, and named. */
export function tamperingContract(backend: Backend): void {
  const bench = sealBench(backend);
  const { add, verify, checkpoint, tamper, tamperSql } = bench;

  describe('of tampering', () => {
    const touched = ['audit_event', 'audit_detail', 'audit_seal', 'audit_checkpoint'];
    let anchor: string;
    beforeAll(async () => {
      await bench.open();
      await add(20);
      await seal(bench.ports);
      await add(10);
      await seal(bench.ports);
      bench.clock.advance(HOUR);
      await seal(bench.ports);
      anchor = await checkpoint();
      for (const table of touched) await tamperSql(`create table was_${table} as select * from ${table}`);
    });
    beforeEach(async () => {
      for (const table of touched)
        await tamperSql(`delete from ${table}`).then(() => tamperSql(`insert into ${table} select * from was_${table}`));
    });
    const seqs = async (): Promise<number[]> =>
      (await sql<{ seq: string }>`select seq from audit_event order by seq`.execute(bench.database.kysely)).rows.map(({ seq }) =>
        Number(seq),
      );
    /** The seq of a row, counted from 1. */
    const seqOf = async (n: number): Promise<number> => (await seqs())[n - 1] ?? 0;
    const tampered = async (n: number, words: RegExp, anchors: string[] = []) =>
      expect(await verify(anchors)).toMatchObject({ state: 'tampered', fault: { n }, because: [expect.stringMatching(words)] });

    test.each([
      ['time', "at = at + interval '1 second'"],
      ['actor', "actor_id = 'u-2'"],
      ['name', "actor_name = 'Kim'"],
      ['action', "action = 'destination.enabled'"],
      ['resource', "resource_id = 'dst-9'"],
      ['workspace', "workspace = 'eu'"],
      ['way', "via = 'poll'"],
      ['arrival', "arrived = arrived + interval '1 millisecond'"],
      ['pointer to the same', 'same_as = 1'],
    ])('a changed %s is found, and named', async (what, change) => {
      await tamperSql(`update audit_event set ${change} where seq = ${await seqOf(7)}`);
      await tampered(7, what === 'arrival' ? /removed/ : /Row 7 .*changed/);
    });

    test('changed details are found, and so are details removed without a record', async () => {
      await tamperSql(`update audit_detail set details = '{"after":{"enabled":true}} ' where seq = ${await seqOf(9)}`);
      await tampered(9, /details of row 9/);
      await tamperSql(`update audit_detail set salt = null, details = null where seq = ${await seqOf(9)}`);
      await tampered(9, /no erasure is recorded/);
    });

    test('a removed event is found: the first, one between, the last', async () => {
      for (const n of [30, 12, 1]) {
        await tamperSql(`delete from audit_event where seq = ${await seqOf(n)}`);
        await tampered(n, new RegExp(`row ${n} was removed`));
      }
    });

    test('an event removed with its seal is found; so is a cut end, by what was signed for', async () => {
      await tamperSql(`delete from audit_event where seq = ${await seqOf(12)}; delete from audit_seal where n = 12`);
      await tampered(12, /Row 12 is missing/);
    });

    test('a cut end is found by what was signed for; cut with its checkpoint, by one kept elsewhere', async () => {
      const last = await seqOf(25);
      await tamperSql(`delete from audit_event where seq >= ${last}; delete from audit_seal where seq >= ${last}`);
      await tampered(25, /Rows 25 to 30 were signed for and are missing/);
      await tamperSql('delete from audit_checkpoint where number = 2');
      expect(await verify()).toMatchObject({ state: 'unproven' });
      await tampered(25, /signed for 30 rows, and the trail ends at row 24/, [anchor]);
    });

    test('an event put in afterwards is found, with a seal and without', async () => {
      const seq = await seqOf(3);
      await tamperSql(
        'update audit_event set seq = seq + 1000; update audit_detail set seq = seq + 1000; update audit_seal set seq = seq + 1000',
      );
      await tampered(1, /Row 1 .*changed/);
      await tamperSql(
        'update audit_event set seq = seq - 1000; update audit_detail set seq = seq - 1000; update audit_seal set seq = seq - 1000',
      );
      expect(await verify([anchor])).toMatchObject({ state: 'proven' });
      await tamperSql(
        `insert into audit_event select * from (select seq - 500 as seq, arrived, workspace, provider, event_id, at, actor_id, actor_type, actor_name,
          actor_email, action, type, kind, resource_id, resource_name, via, same_as, same_key, details_hash, words from audit_event where seq = ${seq}) x`,
      );
      expect(await verify()).toMatchObject({
        state: 'tampered',
        fault: { seq: seq - 500 },
        because: [expect.stringMatching(/put in later/)],
      });
    });

    test('swapped, repeated and foreign rows are found', async () => {
      await tamperSql(
        'update audit_seal set n = 99 where n = 5; update audit_seal set n = 5 where n = 6; update audit_seal set n = 6 where n = 99',
      );
      await tampered(5, /Row 5 .*changed/);
      await tamperSql(
        "insert into audit_seal select n - 1, seq, arrived + interval '1 millisecond', hash from audit_seal where n = 5",
      );
      await tampered(4, /row 4 was removed|Row 4 stands twice/i);
    });

    test('an end that was written anew, every hash in order, is found by what was signed for', async () => {
      await tamperSql(`update audit_event set actor_id = 'u-2' where seq = ${await seqOf(25)}`);
      const rows = await bench.database.read(({ seals }) => seals.rows(0, 100));
      await tamper((db) => rewrite(db, rows, 25));
      await tampered(21, /not the one that was signed for/);
    });

    test('checkpoints that were edited, removed, or signed by another key are found', async () => {
      const other = createSigner(Buffer.alloc(32, 2));
      const told = readCheckpoint(anchor);
      const forged = told ? signCheckpoint(told, other) : '';
      await tamper((db) => db.updateTable('audit_checkpoint').set({ token: forged }).where('number', '=', 2).execute());
      await tampered(21, /Checkpoint 2 is not signed with this key/);
      await tamper((db) => db.updateTable('audit_checkpoint').set({ token: anchor }).where('number', '=', 2).execute());
      await tamperSql('delete from audit_checkpoint where number = 1');
      await tampered(1, /Checkpoint 1 is missing/);
      await expect(verify([forged])).rejects.toThrow(/no checkpoint that was signed with this key/);
    });

    /** With the right hash for each row, as one makes it who has no key. */
    async function rewrite(db: Kysely<Tables>, rows: readonly SealedLine[], from: number): Promise<void> {
      let hash = NO_HASH;
      for (const row of rows) {
        if (row.n < from) hash = row.hash;
        else {
          hash = chainHash(hash, row.n, row.row as SealedRow);
          await sql`update audit_seal set hash = decode(${hash}, 'hex') where n = ${row.n}`.execute(db);
        }
      }
    }
  });
}
