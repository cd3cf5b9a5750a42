import { expect, test } from 'vitest';
import { fewAtOnce } from '../../src/flows/chat/few.ts';
import { gate } from '../support/wait.ts';

test('so many work at once; the others follow in order, also after one that failed', async () => {
  const inTurn = fewAtOnce(2);
  const doors = Array.from({ length: 5 }, gate);
  const begun: number[] = [];
  const all = doors.map((door, n) =>
    inTurn(async () => {
      begun.push(n);
      await door.opened;
      if (n === 0) throw new Error('no');
      return n;
    }),
  );
  const outcome = Promise.allSettled(all);
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  doors[0]?.open();
  await expect(all[0]).rejects.toThrow('no');
  expect(begun).toEqual([0, 1, 2]);
  for (const door of doors) door.open();
  await outcome;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(await inTurn(async () => 'later')).toBe('later');
});
