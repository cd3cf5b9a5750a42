import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/core/audit/checkpoint.ts';
import { HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Actor } from '../../src/core/people/actor.ts';
import { eraseDetails } from '../../src/flows/audit/erase.ts';
import { prune } from '../../src/flows/audit/prune.ts';
import { seal } from '../../src/flows/audit/seal.ts';
import type { Backend } from '../support/backends.ts';
import { fakeClock } from '../support/clock.ts';
import { NOW, newEvents } from './samples.ts';
import { sealBench } from './seal-bench.ts';

const owner: Actor = { person: 'Dana', account: 'console:dana', personKey: 'console:dana', roles: ['owner'] };

export function sealContract(backend: Backend): void {
  const bench = sealBench(backend);
  const { add, verify, checkpoint, tamperSql } = bench;
  beforeEach(bench.open);

  describe('what is sealed', () => {
    test('is chained in the order of arrival, without gaps, whatever gaps the numbers have', async () => {
      await add(3);
      await bench.database
        .transaction(({ audit }) => audit.add(newEvents({}), NOW).then(() => Promise.reject(new Error('no'))))
        .catch(() => {});
      await add(2);
      expect(await verify()).toMatchObject({ rows: null, unsealed: 5, state: 'proven' });
      await seal(bench.ports);
      expect(await verify()).toMatchObject({ rows: { first: 1, last: 5 }, checkpoints: 1, unsigned: 0, unsealed: 0 });
    });

    test('is signed for at once, then every thousand rows, and within the hour', async () => {
      await add(1);
      await seal(bench.ports);
      await add(5);
      await seal(bench.ports);
      expect(await verify()).toMatchObject({ checkpoints: 1, unsigned: 5 });
      bench.clock.advance(HOUR);
      await seal(bench.ports);
      expect(await verify()).toMatchObject({ checkpoints: 2, unsigned: 0 });
      bench.clock.advance(HOUR);
      await seal(bench.ports);
      await add(2_100);
      await seal(bench.ports);
      expect(await verify()).toMatchObject({ checkpoints: 4, rows: { last: 2_106 }, unsigned: 100 });
    });

    test('is proven by a checkpoint kept elsewhere, however much came since', async () => {
      await add(10);
      await seal(bench.ports);
      const anchor = await checkpoint();
      expect(readCheckpoint(anchor)).toMatchObject({ n: 10, number: 1, at: NOW });
      expect(await verify()).toMatchObject({ state: 'unproven', because: [expect.stringMatching(/No checkpoint from outside/)] });
      await add(3);
      await seal(bench.ports);
      expect(await verify([anchor])).toMatchObject({ state: 'proven', anchoredTo: 10, because: [] });
    });

    test('is the same whoever seals, however many at once, while others write', async () => {
      const writers = Array.from({ length: 8 }, () => add(40));
      const sealers = Array.from({ length: 4 }, () => seal(bench.ports));
      await Promise.all([...writers, ...sealers]);
      await seal(bench.ports);
      expect(await verify()).toMatchObject({ state: 'unproven', rows: { first: 1, last: 320 }, unsealed: 0 });
    });
  });

  describe('retention', () => {
    const OLD = new Date('2025-09-30T23:59:50Z');

    test('drops whole months once they are old enough and sealed; what stays can be verified, and the purge is in the trail', async () => {
      await add(5, OLD);
      const [straggler] = await add(1, new Date('2025-10-01T00:00:01Z'));
      await add(4, OLD);
      await add(10);
      await prune(bench.ports);
      expect(await verify()).toMatchObject({ rows: null, unsealed: 20 });
      await seal(bench.ports);
      await prune({ ...bench.ports, clock: fakeClock('2026-11-04T00:00:00Z') });
      expect(await verify()).toMatchObject({ rows: { first: 1, last: 20 } });
      await prune(bench.ports);
      await seal(bench.ports);
      expect(await verify()).toMatchObject({ state: 'unproven', rows: { first: 11, last: 21 } });
      const found = await bench.database.read(({ audit }) => audit.search({ terms: [] }, { limit: 50 }));
      expect(found.find(({ action }) => action === 'trail.pruned')).toMatchObject({
        actor: { type: 'system' },
        context: { more: { rows: 9, upTo: 10 } },
      });
      expect(found.map(({ seq }) => seq)).toContain(straggler?.seq);
      // Once more is nothing.
      await prune(bench.ports);
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven', rows: { last: 21 } });
    });

    test('leaves nothing that could be cut off or changed unseen', async () => {
      await add(5, OLD);
      const [straggler] = await add(1, new Date('2025-10-01T00:00:01Z'));
      await add(4, OLD);
      await add(10);
      await seal(bench.ports);
      await prune(bench.ports);
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
      await seal(bench.ports);
      await prune(bench.ports);
      await add(2);
      await seal(bench.ports);
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven', rows: { first: 4, last: 6 }, checkpoints: 1 });
    });
  });

  describe('erasing details', () => {
    test('takes them out of the event and of every search; the event stays, and the trail is whole', async () => {
      const [first, second] = await bench.database.transaction(({ audit }) =>
        audit.add(newEvents({ after: { note: 'Zaphod' } }, { after: { note: 'Trillian' } }), NOW),
      );
      await seal(bench.ports);
      const seq = first?.seq ?? 0;
      expect(await eraseDetails(bench.ports, owner, { seqs: [seq], reason: 'Request 12' })).toEqual([seq]);
      expect(await eraseDetails(bench.ports, owner, { seqs: [seq], reason: 'again' })).toEqual([]);
      // Until the record is sealed nothing is proven, and nobody accused.
      expect(await verify([await checkpoint()])).toMatchObject({
        state: 'unproven',
        because: [expect.stringMatching(/no sealed event says so yet/)],
      });
      await seal(bench.ports);
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven', erased: 1 });
      const event = (of = 0) => bench.database.read(({ audit }) => audit.event(of));
      expect(await event(seq)).toMatchObject({ erased: true, resource: { name: 'Amplitude' } });
      expect(await event(seq)).not.toHaveProperty('after');
      expect(await event(second?.seq)).toMatchObject({ after: { note: 'Trillian' } });
      const words = (text: string) =>
        bench.database.read(({ audit }) =>
          audit.search({ terms: [{ field: 'word', pattern: text, negated: false }] }, { limit: 9 }),
        );
      expect(await words('Zaphod')).toEqual([]);
      expect((await words('Amplitude')).map((found) => found.seq)).toContain(seq);
      expect(await words('Trillian')).toHaveLength(1);
    });

    test('is for owners, and needs a reason; nothing else changes details', async () => {
      const [added] = await add(1);
      const seqs = [added?.seq ?? 0];
      await expect(eraseDetails(bench.ports, { ...owner, roles: ['approver'] }, { seqs, reason: 'x' })).rejects.toMatchObject({
        code: 'forbidden',
      });
      await expect(eraseDetails(bench.ports, owner, { seqs, reason: ' ' })).rejects.toMatchObject({ code: 'bad_argument' });
      for (const statement of [
        "update audit_detail set details = '{}'",
        'update audit_detail set details = null, salt = null',
        'delete from audit_detail',
        'truncate audit_detail',
        "update audit_event set words = ''",
        'update audit_seal set n = n + 1',
        'delete from audit_seal',
      ]) {
        if (statement.includes('seal')) await seal(bench.ports);
        await expect(sql.raw(statement).execute(bench.database.kysely)).rejects.toThrow(/never changed/);
      }
    });
  });

  describe('checkpoints for a channel', () => {
    test('are posted where the policy says, once an hour at most', async () => {
      bench.ports = { ...bench.ports, checkpointsTo: () => 'slack:C042' };
      const posts = () => bench.database.read(({ chat }) => chat.unshown('slack:C042', 99));
      await add(1);
      await seal(bench.ports);
      bench.clock.advance(MINUTE);
      await add(3_000);
      await seal(bench.ports);
      expect((await posts()).map(({ message }) => message.title)).toEqual(['The audit trail is sealed up to row 1']);
      bench.clock.advance(HOUR);
      await add(1);
      await seal(bench.ports);
      expect((await posts()).map(({ message }) => message.title)).toEqual([
        'The audit trail is sealed up to row 1',
        'The audit trail is sealed up to row 3,002',
      ]);
      const code = (await posts())[1]?.message.blocks[0];
      expect(code).toEqual({ kind: 'code', text: await checkpoint() });
      expect(await verify([await checkpoint()])).toMatchObject({ state: 'proven' });
      expect(plus(NOW, HOUR + MINUTE)).toEqual(bench.clock.now());
    });
  });
}
