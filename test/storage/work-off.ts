import { DAY, plus } from '../../src/core/delivery/time.ts';
import type { OwedKind } from '../../src/core/ports/jobs.ts';
import { parseRollUpKey } from '../../src/flows/delivery/roll-up.ts';
import type { OpenDatabase } from '../../src/storage/database.ts';

/** Works off the owed roll-ups of hours, then of days, that are picked, due or not; the others stay owed. */
export async function workOff(database: OpenDatabase, now: Date, pick: (i: number) => boolean = () => true): Promise<void> {
  const far = plus(now, 99 * DAY);
  await database.transaction(async ({ owed, delivery }) => {
    const claim = async (kind: OwedKind) =>
      (await owed.claim({ kind, now: far, leaseUntil: far, limit: 10_000 })).filter((_, i) => pick(i));
    const hours = await claim('roll_up');
    const hoursOf = hours.map(({ key }) => parseRollUpKey(key)).map(({ series, start }) => ({ series, hour: start }));
    await delivery.rollUp(hoursOf, now);
    await owed.settle(hours);
    const days = await claim('roll_up_day');
    await delivery.rollUpDays(days.map(({ key }) => parseRollUpKey(key)).map(({ series, start }) => ({ series, day: start })));
    await owed.settle(days);
  });
}
