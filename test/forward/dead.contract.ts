import { describe, expect, test } from 'vitest';
import { AUDIT_KEPT, DAY, plus } from '../../src/core/delivery/time.ts';
import { listForwards, sendAgain } from '../../src/flows/forwards/list.ts';
import { NOW } from '../audit/samples.ts';
import type { Backend } from '../support/backends.ts';
import { forwardDesk } from './desk.ts';

const owner = { person: 'Dana', account: 'console:dana', personKey: 'console:dana', roles: ['owner'] as const };
const auditor = { ...owner, roles: ['approver'] as const };

/** What is given up is known, and sent again when somebody says so. */
export function deadContract(backend: Backend): void {
  const desk = forwardDesk(backend);

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
      await desk.database.transaction(({ seals }) => seals.drop(plus(later, -AUDIT_KEPT), { n: 12, token: '' }));
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
}
