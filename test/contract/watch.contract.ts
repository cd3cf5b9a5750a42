import { describe, expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import type { Card, Desk, DeskPerson } from './chat-desks.ts';

/** Somebody disabled something that is called so, and it is pushed. */
export type Happen = (resource: string) => Promise<void>;

/** What every platform's channels are told of the audit trail. `@NAME` completes where the platform completes at all. */
export function watchContract(desk: () => Desk, happen: Happen, { completes }: { completes: boolean }): void {
  const card = async (person: DeskPerson, text: RegExp, fits: (one: Card) => boolean = () => true): Promise<Card> => {
    let found: Card | undefined;
    await until(`a card with ${text}`, async () => {
      found = (await person.sees()).findLast((one) => fits(one) && text.test(one.text));
      return found !== undefined;
    });
    return found as Card;
  };
  const now = async (person: DeskPerson, { id }: Card) => (await person.sees()).find((one) => one.id === id);
  const isPublic = (one: Card): boolean => !one.private;

  describe('a watch', () => {
    test('posts for everyone what happens, leads to its details, grows, and ends', async () => {
      const { dana, sam, platform } = desk();
      const thing = (n: number) => `${platform}-thing-${n}`;
      await dana.say(`/audit watch resource:${platform}-thing-*`);
      const answer = await card(dana, /is told of what matches from now on/);
      expect(answer.private).toBe(true);
      expect(answer.text).toMatch(/No line from me\? Then I am not a member/);
      await card(sam, /Changes that match are posted here from now on/, isPublic);

      await happen(thing(1));
      const post = await card(sam, new RegExp(`Robot of ${platform} disabled ${thing(1)}`), isPublic);
      await sam.press(post, 'Details');
      const details = await card(sam, /What else Robot of/, (one) => one.private);
      expect(details.id).not.toBe(post.id);

      await happen(thing(2));
      await until('the post has grown', async () => /made 2 changes/.test((await now(sam, post))?.text ?? ''));
      await sam.press((await now(sam, post)) as Card, 'Show all');
      await card(sam, /2 changes .*newest: Robot/, (one) => one.private);

      await dana.press(answer, 'Stop watching');
      await until('it is stopped', async () => /Not watched for any more/.test((await now(dana, answer))?.text ?? ''));
      await card(sam, /Changes are not posted here any more/, isPublic);
      await happen(thing(3));
      await dana.say(`/audit resource:${thing(3)}`);
      await card(dana, new RegExp(`1 change: Robot of ${platform} disabled ${thing(3)}`));
      expect((await sam.sees()).filter((one) => isPublic(one) && one.text.includes(thing(3)))).toEqual([]);
    });
  });

  describe('a saved search', () => {
    test('is found and run by its name by others', async () => {
      const { dana, sam, platform } = desk();
      await dana.say(`/audit save of-${platform} resource:${platform}-thing-*`);
      // Discord's text has a mark before what would be its own.
      await card(dana, new RegExp(`Saved as \\\\?@of-${platform}`));
      if (completes) expect(await sam.completes(`/audit search @of-${platform.slice(0, 3)}`)).toContain(`@of-${platform}`);
      await sam.say(`/audit search @of-${platform}`);
      await card(sam, /3 changes, newest: Robot/);
    });
  });

  test('nothing the platform would refuse was sent', () => expect(desk().problems()).toEqual([]));
}
