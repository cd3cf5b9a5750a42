import { describe, expect, test } from 'vitest';
import { eventJson } from '../../src/core/audit/event-json.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { NOW } from '../audit/samples.ts';
import type { Backend } from '../support/backends.ts';
import { forwardDesk, keyOf, oldSecret, secret } from './desk.ts';
import { isSigned } from './receiver.ts';

/** What is new in the trail reaches its receiver. */
export function deliverContract(backend: Backend): void {
  const desk = forwardDesk(backend);

  describe('what is new', () => {
    test('is sent in order, once, signed, as the API shows it; what was there before is not', async () => {
      await desk.add({}, {});
      await desk.begin();
      const seqs = await desk.add({ after: { on: true }, resource: { name: 'Ünï 💥' } }, {}, {});
      await desk.run();
      await desk.run();
      const { received, taken } = desk.siem;
      expect(taken).toEqual(seqs);
      expect(received.map((one) => isSigned(one, secret, desk.clock.now()))).toEqual([true, true, true]);
      expect(received.map((one) => isSigned({ ...one, body: `${one.body} ` }, secret, desk.clock.now()))).not.toContain(true);
      const events = await desk.database.read(({ audit }) => audit.after(0, 99));
      expect(received[0]?.json).toEqual({
        type: 'audit.event',
        timestamp: NOW.toISOString(),
        data: JSON.parse(JSON.stringify(eventJson(events[2] as (typeof events)[0]))),
      });
      expect(received[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Pipewarden' });
      expect(new Set(received.map(({ id }) => id)).size).toBe(3);
      for (const { id } of received) expect(id).toMatch(/^msg_[\w-]{27}$/);
      expect(await desk.nextDue()).toBeUndefined();
    });

    test('is sent as far as the search of the forward finds it, of its workspace', async () => {
      desk.forwards = [
        { ...(desk.forwards[0] as (typeof desk.forwards)[0]), query: 'action:destination.* -actor:sam', workspace: 'main' },
      ];
      await desk.begin();
      const [first, , , , last] = await desk.add(
        {},
        { action: 'source.enabled' },
        { workspace: 'shop' },
        { actor: { name: 'Sam' } },
        { action: 'destination.created' },
      );
      // The same change by another way.
      await desk.add({ via: 'webhook' });
      await desk.run();
      expect(desk.siem.taken).toEqual([first, last]);
      expect(await desk.overview()).toMatchObject({ behind: 0, waiting: 0 });
    });

    test('is sent by each forward to its own receiver; one that is out of the file rests', async () => {
      const [siem] = desk.forwards as [(typeof desk.forwards)[0]];
      desk.forwards = [siem, { ...siem, name: 'lake' }];
      await desk.begin();
      const [seq] = await desk.add({});
      await desk.run();
      expect(desk.siem.taken).toEqual([seq, seq]);
      expect(new Set(desk.siem.received.map(({ id }) => id)).size).toBe(2);
      desk.forwards = [siem];
      await desk.add({});
      await desk.run();
      expect(desk.siem.received).toHaveLength(3);
      expect(await desk.nextDue()).toBeUndefined();
    });

    test('by hundreds is sent whole', async () => {
      await desk.begin();
      const seqs = await desk.add(...Array.from({ length: 130 }, () => ({})));
      await desk.run();
      expect(desk.siem.taken).toEqual(seqs);
      // One connection is used again and again.
      expect(desk.siem.connections).toBe(1);
    });

    test('is signed with the new and the old secret while they are exchanged', async () => {
      desk.keys = [keyOf(secret), keyOf(oldSecret)];
      await desk.begin();
      await desk.add({});
      await desk.run();
      const [one] = desk.siem.received;
      expect(one?.signatures).toHaveLength(2);
      for (const each of [secret, oldSecret]) expect(isSigned(one as never, each, desk.clock.now())).toBe(true);
      expect(isSigned(one as never, `whsec_${Buffer.alloc(32, 9).toString('base64')}`, desk.clock.now())).toBe(false);
    });
  });

  test('two processes at once send each change once', async () => {
    await desk.begin();
    const other = await backend.reopen(desk.clock);
    const seqs = await desk.add(...Array.from({ length: 60 }, () => ({})));
    await Promise.all([desk.process().runDue(), desk.process(other).runDue(), desk.process(other).runDue()]);
    expect(desk.siem.taken).toEqual(seqs);
  });

  test('what is committed just after a round began is sent once, by the next', async () => {
    await desk.begin();
    const seqs = await desk.add({});
    const busy: Database = {
      read: (work) => desk.database.read(work),
      async transaction(work) {
        const result = await desk.database.transaction(work);
        if (seqs.length < 4) seqs.push(...(await desk.add({})));
        return result;
      },
    };
    await desk.process(busy, desk.webhooks, desk.database).runDue();
    await desk.run();
    expect(desk.siem.taken).toEqual(seqs);
  });

  test('while many write at once none is missed, and none is sent twice', async () => {
    await desk.begin();
    const jobs = desk.process();
    const writers = Array.from({ length: 6 }, async () => {
      for (let i = 0; i < 5; i++) {
        await desk.add({}, {}, {});
        await jobs.runDue();
      }
    });
    await Promise.all(writers);
    await jobs.runDue();
    expect(desk.siem.taken).toEqual(desk.siem.taken.toSorted((a, b) => a - b));
    expect(new Set(desk.siem.taken).size).toBe(90);
    expect(desk.siem.taken).toHaveLength(90);
  });

  test('what is added while a round runs is sent after it', async () => {
    await desk.begin();
    let added: Promise<number[]> | undefined;
    desk.siem.answer = () => {
      added ??= desk.add({}, {});
      return 204;
    };
    const [first] = await desk.add({});
    await desk.run();
    await desk.run();
    expect(desk.siem.taken).toEqual([first, ...(await (added as Promise<number[]>))]);
  });
}
