import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import type { Database } from '../../src/core/ports/stores.ts';
import { createWebhooks } from '../../src/hooks/webhooks.ts';
import { NOW } from '../audit/samples.ts';
import type { Backend } from '../support/backends.ts';
import { until } from '../support/wait.ts';
import { forwardDesk, secret } from './desk.ts';
import { isSigned, type Received } from './receiver.ts';

/** What is not delivered is tried again, and nothing is lost. */
export function failingContract(backend: Backend): void {
  const desk = forwardDesk(backend);
  const seconds = () => desk.siem.received.map(({ timestamp }) => timestamp - Math.floor(Number(NOW) / 1_000));

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
}
