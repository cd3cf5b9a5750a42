import { describe, expect, test } from 'vitest';
import { readCsv } from '../audit/read-csv.ts';
import { until } from '../support/wait.ts';
import type { Card, Desk, DeskPerson } from './chat-desks.ts';
import type { Happen } from './watch.contract.ts';

/** What every platform gives those who search the audit trail. */
export function auditContract(desk: () => Desk, happen: Happen): void {
  const card = async (person: DeskPerson, text: RegExp): Promise<Card> => {
    let found: Card | undefined;
    await until(`a card with ${text}`, async () => {
      found = (await person.sees()).findLast((one) => text.test(one.text));
      return found !== undefined;
    });
    return found as Card;
  };

  describe('a change of the audit trail', () => {
    test('is found, opened, and downloaded by a link for its asker alone', async () => {
      const { dana, sam, platform } = desk();
      const thing = `${platform}-found`;
      await happen(thing);
      await dana.say(`/audit resource:${thing}`);
      const found = await card(dana, new RegExp(`1 change: Robot of ${platform} disabled ${thing}`));
      await dana.choose(found, 'Open a change', `Robot of ${platform} disabled ${thing} (destination.disabled)`);
      const opened = await card(dana, /What else Robot of/);
      expect(opened.id).toBe(found.id);
      expect(opened.links.map(({ text }) => text)).toContain('Permalink');

      await dana.press(opened, 'Back to the search');
      const back = await card(dana, new RegExp(`1 change: Robot of ${platform} disabled ${thing}`));
      await dana.press(back, 'Export');
      const links = await card(dana, /Matching changes, to download as a file within 10 minutes/);
      expect(links.private).toBe(true);
      expect(links.id).not.toBe(found.id);
      const csv = links.links.find(({ text }) => text === 'Download CSV')?.url ?? '';
      const [head = [], ...rows] = readCsv(await (await fetch(csv)).text());
      expect(rows.map((row) => row[head.indexOf('resource_name')])).toEqual([thing]);
      expect((await sam.sees()).some(({ id }) => id === found.id || id === links.id)).toBe(false);
    });
  });
}
