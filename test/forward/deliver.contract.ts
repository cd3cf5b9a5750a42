import { describe, expect, test } from 'vitest';
import { eventJson } from '../../src/core/audit/event-json.ts';
import { DAY, HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { listForwards, sendAgain } from '../../src/flows/forwards/list.ts';
import { createWebhooks } from '../../src/hooks/webhooks.ts';
import { NOW } from '../audit/samples.ts';
import type { Backend } from '../support/backends.ts';
import { until } from '../support/wait.ts';
import { forwardDesk, keyOf, oldSecret, secret } from './desk.ts';
import { isSigned, type Received } from './receiver.ts';

const owner = { person: 'Dana', account: 'console:dana', personKey: 'console:dana', roles: ['owner'] as const };
const auditor = { ...owner, roles: ['approver'] as const };

/** What is new in the trail reaches its receiver, and what does not is known. */
export function deliverContract(backend: Backend): void {
  const desk = forwardDesk(backend);
  const seconds = () => desk.siem.received.map(({ timestamp }) => timestamp - Math.floor(Number(NOW) / 1_000));

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

  describe('what fails', () => {
    test('is tried for a day, further and further apart, under the same id; then it is dead and the owners are told once', async () => {
      desk.siem.answer = 503;
      await desk.begin();
      await desk.add({});
      await desk.run();
      while (await desk.step());
      const everyThreeHours = Array.from({ length: 8 }, (_, i) => 4_355 + (i * 3 * HOUR) / 1_000);
      expect(seconds()).toEqual([0, 5, 35, 155, 755, ...everyThreeHours, DAY / 1_000]);
      expect(new Set(desk.siem.received.map(({ id }) => id)).size).toBe(1);
      expect(desk.siem.received.every((one) => isSigned(one, secret, new Date(one.timestamp * 1_000)))).toBe(true);
      expect(await desk.overview()).toMatchObject({
        dead: 1,
        waiting: 0,
        error: expect.stringContaining('503. That was the last try'),
      });
      expect(desk.told.map(({ title }) => title)).toEqual([
        expect.stringMatching(/^The forward siem has given up a change: 1 change not/),
      ]);
      // The next one that dies is no news.
      await desk.add({});
      while (await desk.step());
      expect(await desk.overview()).toMatchObject({ dead: 2 });
      expect(desk.told).toHaveLength(1);
    });

    test('does not hold up the others, and comes after them', async () => {
      await desk.begin();
      const [first, bad, ...others] = await desk.add({}, {}, {}, {});
      desk.siem.answer = ({ json }: Received) => (json.data.seq === bad ? 500 : 204);
      await desk.run();
      expect(desk.siem.taken).toEqual([first, ...others]);
      expect(await desk.overview()).toMatchObject({ waiting: 1, dead: 0, behind: 0, error: 'The receiver answered 500.' });
      desk.siem.answer = 200;
      await desk.step();
      expect(desk.siem.taken).toEqual([first, ...others, bad]);
      expect(await desk.overview()).toMatchObject({ waiting: 0, failures: 0 });
    });

    test.each([410, 400, 401, 404, 422])('by a %i is dead at once', async (status) => {
      await desk.begin();
      const [bad, good] = await desk.add({}, {});
      desk.siem.answer = ({ json }: Received) => (json.data.seq === bad ? status : 204);
      await desk.run();
      expect(desk.siem.taken).toEqual([good]);
      expect(await desk.overview()).toMatchObject({ waiting: 0, dead: 1, error: expect.stringContaining(String(status)) });
      expect(await desk.nextDue()).toBeUndefined();
    });

    test.each([408, 425, 429, 500, 302])('by a %i is tried again', async (status) => {
      desk.siem.answer = status;
      await desk.begin();
      await desk.add({});
      await desk.run();
      expect(await desk.overview()).toMatchObject({ waiting: 1, dead: 0 });
      expect(await desk.nextDue()).toEqual(plus(NOW, 5_000));
    });

    test('with a Retry-After waits that long, and so does all the rest', async () => {
      desk.siem.answer = { status: 429, headers: { 'retry-after': '120' } };
      await desk.begin();
      const seqs = await desk.add({}, {}, {});
      await desk.run();
      expect(desk.siem.received).toHaveLength(1);
      expect(await desk.nextDue()).toEqual(plus(NOW, 120_000));
      desk.siem.answer = 204;
      await desk.add({});
      await desk.run();
      expect(desk.siem.received).toHaveLength(1);
      desk.clock.advance(120_000);
      await desk.run();
      expect(desk.siem.taken.toSorted((a, b) => a - b)).toEqual([...seqs, seqs.length + 1]);
    });

    test('many times in a row has the receiver left alone; nothing is lost, and all comes as soon as it answers again', async () => {
      desk.siem.answer = 503;
      await desk.begin();
      const seqs = await desk.add(...Array.from({ length: 40 }, () => ({})));
      await desk.run();
      expect(desk.siem.received).toHaveLength(5);
      const after = desk.siem.received.length;
      while (Number(desk.clock.now()) < Number(plus(NOW, 6 * HOUR))) await desk.step();
      // One knock in ten minutes at most, once it has been quiet for long.
      expect(desk.siem.received.length - after).toBeLessThan(6 * 6 + 10);
      expect((await desk.overview())?.behind).toBeGreaterThan(0);
      desk.siem.answer = 204;
      const back = desk.clock.now();
      await desk.step();
      expect(Number(desk.clock.now()) - Number(back)).toBeLessThanOrEqual(10 * MINUTE);
      expect(desk.siem.taken.toSorted((a, b) => a - b)).toEqual(seqs);
      expect(await desk.overview()).toMatchObject({ waiting: 0, dead: 0, behind: 0, pausedUntil: null });
    });

    test('because we end in the middle is not noted, and goes out when we are back', async () => {
      let asked = false;
      desk.siem.answer = {
        by() {
          asked = true;
        },
      };
      await desk.begin();
      const [seq] = await desk.add({});
      const running = desk.run();
      await until('the receiver is asked', () => asked);
      desk.webhooks.stop();
      await running;
      expect(await desk.overview()).toMatchObject({ waiting: 0, dead: 0, failures: 0, behind: 1 });
      // Another process, later.
      desk.siem.answer = 204;
      desk.clock.advance(MINUTE);
      await desk.process(desk.database, createWebhooks({ clock: desk.clock })).runDue();
      expect(desk.siem.taken).toEqual([seq]);
    });

    test('after it was sent but before we noted it is sent again under the same id', async () => {
      await desk.begin();
      const seqs = await desk.add({}, {});
      let dies = true;
      const dying: Database = {
        read: (work) => desk.database.read(work),
        transaction: (work) =>
          desk.database.transaction(async (stores) => {
            const result = await work(stores);
            if (dies && desk.siem.taken.length > 0) {
              dies = false;
              throw new Error('killed before the commit');
            }
            return result;
          }),
      };
      await desk.process(dying).runDue();
      expect(desk.siem.taken).toEqual(seqs);
      while (await desk.step());
      expect(desk.siem.taken).toEqual([...seqs, ...seqs]);
      const ids = desk.siem.received.map(({ id }) => id);
      expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    });
  });

  describe('what is dead', () => {
    const gone = async () => {
      desk.siem.answer = 410;
      await desk.begin();
      const seqs = await desk.add({}, {});
      await desk.run();
      return seqs;
    };

    test('is listed, and sent again when an owner says so; that stands in the trail', async () => {
      const seqs = await gone();
      expect(await listForwards(desk.listing(), auditor)).toMatchObject({ rows: [{ name: 'siem', dead: 2 }], canManage: false });
      desk.siem.answer = 204;
      expect(await sendAgain(desk.listing(), owner, 'siem')).toBe('siem is sent 2 changes again');
      await desk.run();
      expect(desk.siem.taken.slice(0, 2)).toEqual(seqs);
      expect(desk.siem.received.at(-1)?.json.data).toMatchObject({ action: 'forward.sent_again', actor: { name: 'Dana' } });
      expect(await sendAgain(desk.listing(), owner, 'siem')).toBe('siem has nothing to send again');
      // All was delivered: the next one that dies is news again.
      await gone();
      expect(desk.told).toHaveLength(2);
    });

    test('has a day again', async () => {
      await gone();
      desk.clock.advance(2 * DAY);
      desk.siem.answer = 503;
      await sendAgain(desk.listing(), owner, 'siem');
      await desk.run();
      expect(await desk.overview()).toMatchObject({ dead: 0, waiting: 3 });
    });

    test('is sent again by owners alone, and known to those who may search the trail', async () => {
      await gone();
      await expect(sendAgain(desk.listing(), auditor, 'siem')).rejects.toThrow('may not manage');
      await expect(listForwards(desk.listing(), { ...owner, roles: ['viewer'] })).rejects.toThrow('may not search');
      await expect(sendAgain(desk.listing(), owner, 'nobody')).rejects.toThrow('There is no forward “nobody”');
      const elsewhere = { ...owner, workspace: 'shop' };
      await expect(sendAgain(desk.listing(), elsewhere, 'siem')).rejects.toThrow('There is no forward');
      expect(await listForwards(desk.listing(), elsewhere)).toMatchObject({ rows: [], hidden: 1 });
    });

    test('because the trail dropped it says so, and is off the list when it is sent again', async () => {
      desk.siem.answer = 503;
      await desk.begin();
      await desk.add(...Array.from({ length: 12 }, () => ({})));
      await desk.run();
      const later = plus(NOW, 440 * DAY);
      await desk.database.transaction(({ audit }) => audit.retain(later));
      expect(await desk.overview()).toMatchObject({ waiting: 5, dead: 1, behind: 0 });
      expect((await desk.overview())?.error).toBe(
        'The trail dropped 7 changes from this one on for its age, before it could be sent.',
      );
      desk.siem.answer = 204;
      desk.clock.advance(Number(later) - Number(desk.clock.now()));
      await desk.add({});
      await desk.run();
      expect(desk.siem.taken).toEqual([13]);
      expect(await desk.overview()).toMatchObject({ waiting: 0, dead: 6 });
      expect(desk.told).toHaveLength(1);
      expect(await sendAgain(desk.listing(), owner, 'siem')).toBe(
        'siem has nothing to send again; 6 changes had left the trail for good',
      );
      expect(await desk.overview()).toMatchObject({ dead: 0 });
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
