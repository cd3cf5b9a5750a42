import { type Kysely, sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSigner } from '../../src/config/signing.ts';
import { chainHash, NO_HASH, type SealedRow } from '../../src/core/audit/chain.ts';
import { publicKeyOf, readCheckpoint, signCheckpoint } from '../../src/core/audit/checkpoint.ts';
import { type SealedLine, type Verdict, verifyTrail } from '../../src/core/audit/verify.ts';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Actor } from '../../src/core/people/actor.ts';
import { eraseDetails } from '../../src/flows/audit/erase.ts';
import { proofLines } from '../../src/flows/audit/proof.ts';
import { prune } from '../../src/flows/audit/prune.ts';
import { type SealPorts, seal } from '../../src/flows/audit/seal.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';
import type { Tables } from '../../src/storage/tables.ts';
import type { Backend } from '../support/backends.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { NOW, newEvents } from './samples.ts';

const owner: Actor = { person: 'Dana', account: 'console:dana', personKey: 'console:dana', roles: ['owner'] };
const signer = createSigner(Buffer.alloc(32, 1));
const keys = [publicKeyOf(signer.publicKey)];

export function sealContract(backend: Backend): void {
  let database: OpenDatabase;
  let clock: FakeClock;
  let ports: SealPorts;
  const open = async () => {
    clock = fakeClock(NOW.toISOString());
    database = await backend.open(clock);
    ports = { database, clock, signer, jobs: { wake() {} }, checkpointsTo: () => undefined };
  };

  const add = (n: number, arrived = clock.now()) =>
    database.transaction(({ audit }) =>
      audit.add(newEvents(...Array.from({ length: n }, (_, i) => ({ after: { enabled: i % 2 === 0 } }))), arrived),
    );
  const verify = (anchors: string[] = []): Promise<Verdict> => verifyTrail(proofLines(database), { keys, anchors });
  const checkpoint = async () => (await database.read(({ seals }) => seals.lastCheckpoint()))?.token ?? '';

  /** Somebody who may write to the database goes around the triggers. */
  const tamper = (work: (db: Kysely<Tables>) => Promise<unknown>) =>
    database.kysely.transaction().execute(async (trx) => {
      await sql`set local session_replication_role = replica`.execute(trx);
      await work(trx);
    });
  const tamperSql = (text: string) =>
    tamper(async (db) => {
      for (const statement of text.split(';')) await sql.raw(statement).execute(db);
    });

  describe('what is sealed', () => {
    beforeEach(open);

    test('is chained in the order of arrival, without gaps, whatever gaps the numbers have', async () => {
      await add(3);
      await database
        .transaction(({ audit }) => audit.add(newEvents({}), NOW).then(() => Promise.reject(new Error('no'))))
        .catch(() => {});
      await add(2);
      expect(await verify()).toMatchObject({ rows: null, unsealed: 5, state: 'proven' });
      await seal(ports);
      expect(await verify()).toMatchObject({ rows: { first: 1, last: 5 }, checkpoints: 1, unsigned: 0, unsealed: 0 });
    });

    test('is signed for at once, then every thousand rows, and within the hour', async () => {
      await add(1);
      await seal(ports);
      await add(5);
      await seal(ports);
      expect(await verify()).toMatchObject({ checkpoints: 1, unsigned: 5 });
      clock.advance(HOUR);
      await seal(ports);
      expect(await verify()).toMatchObject({ checkpoints: 2, unsigned: 0 });
      clock.advance(HOUR);
      await seal(ports);
      await add(2_100);
      await seal(ports);
      expect(await verify()).toMatchObject({ checkpoints: 4, rows: { last: 2_106 }, unsigned: 100 });
    });

    test('is proven by a checkpoint kept elsewhere, however much came since', async () => {
      await add(10);
      await seal(ports);
      const anchor = await checkpoint();
      expect(readCheckpoint(anchor)).toMatchObject({ n: 10, number: 1, at: NOW });
      expect(await verify()).toMatchObject({ state: 'unproven', because: [expect.stringMatching(/No checkpoint from outside/)] });
      await add(3);
      await seal(ports);
      expect(await verify([anchor])).toMatchObject({ state: 'proven', anchoredTo: 10, because: [] });
    });

    test('is the same whoever seals, however many at once, while others write', async () => {
      const writers = Array.from({ length: 8 }, () => add(40));
      const sealers = Array.from({ length: 4 }, () => seal(ports));
      await Promise.all([...writers, ...sealers]);
      await seal(ports);
      expect(await verify()).toMatchObject({ state: 'unproven', rows: { first: 1, last: 320 }, unsealed: 0 });
    });
  });

  describe('of tampering', () => {
    const touched = ['audit_event', 'audit_detail', 'audit_seal', 'audit_checkpoint'];
    let anchor: string;
    beforeAll(async () => {
      await open();
      await add(20);
      await seal(ports);
      await add(10);
      await seal(ports);
      clock.advance(HOUR);
      await seal(ports);
      anchor = await checkpoint();
      for (const table of touched) await tamperSql(`create table was_${table} as select * from ${table}`);
    });
    beforeEach(async () => {
      for (const table of touched)
        await tamperSql(`delete from ${table}`).then(() => tamperSql(`insert into ${table} select * from was_${table}`));
    });
    const seqs = async (): Promise<number[]> =>
      (await sql<{ seq: string }>`select seq from audit_event order by seq`.execute(database.kysely)).rows.map(({ seq }) =>
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
      const rows = await database.read(({ seals }) => seals.rows(0, 100));
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

  describe('retention', () => {
    beforeEach(open);
    const OLD = new Date('2025-09-30T23:59:50Z');

    test('drops whole months once they are old enough and sealed; what stays can be verified, and the purge is in the trail', async () => {
      await add(5, OLD);
      const [straggler] = await add(1, new Date('2025-10-01T00:00:01Z'));
      await add(4, OLD);
      await add(10);
      await prune(ports);
      expect(await verify()).toMatchObject({ rows: null, unsealed: 20 });
      await seal(ports);
      await prune({ ...ports, clock: fakeClock('2026-11-04T00:00:00Z') });
      expect(await verify()).toMatchObject({ rows: { first: 1, last: 20 } });
      await prune(ports);
      await seal(ports);
      expect(await verify()).toMatchObject({ state: 'unproven', rows: { first: 11, last: 21 } });
      const found = await database.read(({ audit }) => audit.search({ terms: [] }, { limit: 50 }));
      expect(found.find(({ action }) => action === 'trail.pruned')).toMatchObject({
        actor: { type: 'system' },
        context: { more: { rows: 9, upTo: 10 } },
      });
      expect(found.map(({ seq }) => seq)).toContain(straggler?.seq);
      // Once more is nothing.
      await prune(ports);
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven', rows: { last: 21 } });
    });

    test('leaves nothing that could be cut off or changed unseen', async () => {
      await add(5, OLD);
      const [straggler] = await add(1, new Date('2025-10-01T00:00:01Z'));
      await add(4, OLD);
      await add(10);
      await seal(ports);
      await prune(ports);
      await tamperSql(`update audit_event set actor_id = 'u-2' where seq = ${straggler?.seq}`);
      expect(await verify()).toMatchObject({ state: 'tampered', fault: { n: 6 } });
      await tamperSql(
        "delete from audit_event where arrived < now() + interval '10 years' and seq < 10; delete from audit_seal where n < 10",
      );
      expect(await verify()).toMatchObject({
        state: 'tampered',
        fault: { n: 6 },
        because: [expect.stringMatching(/Row 6 is missing/)],
      });
      await tamperSql('delete from audit_start');
      expect(await verify()).toMatchObject({ state: 'tampered', fault: { n: 1 } });
    });

    test('drops all there is, and the chain goes on', async () => {
      await add(3, OLD);
      await seal(ports);
      await prune(ports);
      await add(2);
      await seal(ports);
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven', rows: { first: 4, last: 6 }, checkpoints: 1 });
    });
  });

  describe('erasing details', () => {
    beforeEach(open);

    test('takes them out of the event and of every search; the event stays, and the trail is whole', async () => {
      const [first, second] = await database.transaction(({ audit }) =>
        audit.add(newEvents({ after: { note: 'Zaphod' } }, { after: { note: 'Trillian' } }), NOW),
      );
      await seal(ports);
      const seq = first?.seq ?? 0;
      expect(await eraseDetails(ports, owner, { seqs: [seq], reason: 'Request 12' })).toEqual([seq]);
      expect(await eraseDetails(ports, owner, { seqs: [seq], reason: 'again' })).toEqual([]);
      // Until the record is sealed nothing is proven, and nobody accused.
      expect(await verify([await checkpoint()])).toMatchObject({
        state: 'unproven',
        because: [expect.stringMatching(/no sealed event says so yet/)],
      });
      await seal(ports);
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven', erased: 1 });
      const event = (of = 0) => database.read(({ audit }) => audit.event(of));
      expect(await event(seq)).toMatchObject({ erased: true, resource: { name: 'Amplitude' } });
      expect(await event(seq)).not.toHaveProperty('after');
      expect(await event(second?.seq)).toMatchObject({ after: { note: 'Trillian' } });
      const words = (text: string) =>
        database.read(({ audit }) => audit.search({ terms: [{ field: 'word', pattern: text, negated: false }] }, { limit: 9 }));
      expect(await words('Zaphod')).toEqual([]);
      expect((await words('Amplitude')).map((found) => found.seq)).toContain(seq);
      expect(await words('Trillian')).toHaveLength(1);
    });

    test('is for owners, and needs a reason; nothing else changes details', async () => {
      const [added] = await add(1);
      const seqs = [added?.seq ?? 0];
      await expect(eraseDetails(ports, { ...owner, roles: ['approver'] }, { seqs, reason: 'x' })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(eraseDetails(ports, owner, { seqs, reason: ' ' })).rejects.toMatchObject({ code: 'bad_argument' });
      for (const statement of [
        "update audit_detail set details = '{}'",
        'update audit_detail set details = null, salt = null',
        'delete from audit_detail',
        'truncate audit_detail',
        "update audit_event set words = ''",
        'update audit_seal set n = n + 1',
        'delete from audit_seal',
      ]) {
        if (statement.includes('seal')) await seal(ports);
        await expect(sql.raw(statement).execute(database.kysely)).rejects.toThrow(/never changed/);
      }
    });
  });

  describe('checkpoints for a channel', () => {
    beforeEach(open);

    test('are posted where the policy says, once an hour at most', async () => {
      ports = { ...ports, checkpointsTo: () => 'slack:C042' };
      const posts = () => database.read(({ chat }) => chat.unshown('slack:C042', 99));
      await add(1);
      await seal(ports);
      clock.advance(MINUTE);
      await add(3_000);
      await seal(ports);
      expect((await posts()).map(({ message }) => message.title)).toEqual(['The audit trail is sealed up to row 1']);
      clock.advance(HOUR);
      await add(1);
      await seal(ports);
      expect((await posts()).map(({ message }) => message.title)).toEqual([
        'The audit trail is sealed up to row 1',
        'The audit trail is sealed up to row 3,002',
      ]);
      const code = (await posts())[1]?.message.blocks[0];
      expect(code).toEqual({ kind: 'code', text: await checkpoint() });
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven' });
      expect(plus(NOW, HOUR + MINUTE)).toEqual(clock.now());
    });
  });
}
