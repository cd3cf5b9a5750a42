import { describe, expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import type { Card, Desk, DeskPerson } from './chat-desks.ts';

/** What the cases have in common: looking for a card, and asking for one. */
function handsOf(desk: () => Desk) {
  /** The newest card with this in it. */
  const card = async (person: DeskPerson, text: RegExp | string): Promise<Card> => {
    let found: Card | undefined;
    await until(`a card with ${text}`, async () => {
      found = (await person.sees()).findLast((one) => one.text.match(text));
      return found !== undefined;
    });
    return found as Card;
  };
  const again = async (person: DeskPerson, { id }: Card): Promise<Card | undefined> =>
    (await person.sees()).find((one) => one.id === id);
  const opened = async (person: DeskPerson): Promise<string> => {
    await until('a form opens', async () => (await person.form()) !== undefined);
    return (await person.form()) as string;
  };
  const amplitude = async (): Promise<Card> => {
    const { dana } = desk();
    const before = new Set((await dana.sees()).map(({ id }) => id));
    await dana.say('/pipeline web amplitude 24h');
    let found: Card | undefined;
    await until('the answer is there', async () => {
      found = (await dana.sees()).find(({ id, text }) => !before.has(id) && text.includes('Web shop → Amplitude'));
      return found !== undefined;
    });
    return found as Card;
  };
  return { card, again, opened, amplitude };
}

/** What every platform gives its people: the same commands, cards and forms, each in its own way. */
export function chatContract(desk: () => Desk): void {
  const { card, again, opened, amplitude } = handsOf(desk);

  describe('a command', () => {
    test('is answered to whoever gave it, alone, with a picture that says its finding', async () => {
      const { dana, sam } = desk();
      const answer = await amplitude();
      expect(answer.private).toBe(true);
      expect((await sam.sees()).some(({ id }) => id === answer.id)).toBe(false);
      await until('the picture is there', async () => ((await again(dana, answer))?.figures.length ?? 0) > 0);
      const [figure] = (await again(dana, answer))?.figures ?? [];
      expect(figure?.alt).toMatch(/Web shop → Amplitude.*\d/);
      expect(figure?.png.length).toBeGreaterThan(5_000);
    });

    test('without a verb and without names lists all, and opens one from the list', async () => {
      const { dana } = desk();
      await dana.say('/pipeline');
      const list = await card(dana, /of 15 pipelines|All 15 pipelines/);
      expect(list.text).toMatch(/Web shop → Amplitude/);
      await dana.choose(list, 'Open a pipeline', 'Web shop → Snowflake');
      await until('it is open', async () => /Web shop → Snowflake: /.test((await again(dana, list))?.text ?? ''));
    });

    test('with a mistake is answered with what to type', async () => {
      await desk().dana.say('/pipeline web amplitud');
      await card(desk().dana, /There is no pipeline web → amplitud\. Did you mean web amplitude/);
    });

    test('with hostile text in it pings nobody and formats nothing', async () => {
      const { dana, pings } = desk();
      await dana.say('/pipeline "<!channel> @everyone <@U1> *x* <b>" amplitude');
      await card(dana, /There is no pipeline .*everyone/);
      expect(pings()).toEqual([]);
    });
  });

  describe('a card', () => {
    test('is edited in place by its buttons and selects', async () => {
      const { dana } = desk();
      const answer = await amplitude();
      const count = (await dana.sees()).length;
      await dana.press(answer, 'Counts');
      await dana.choose(answer, 'Period', 'Last hour');
      await until('it is another period', async () => /last hour/.test((await again(dana, answer))?.text ?? ''));
      expect(await dana.sees()).toHaveLength(count);
    });

    test('leads to a step, its reasons and its samples, which are answered beside it', async () => {
      const { dana } = desk();
      const answer = await amplitude();
      await dana.choose(answer, 'Look into a step', 'Filtered at destination');
      await until('the step is shown', async () =>
        /Show samples to me/.test(((await again(dana, answer))?.buttons ?? []).join()),
      );
      await dana.press((await again(dana, answer)) as Card, 'Show samples to me');
      const samples = await card(dana, /[Ss]amples? of/);
      expect(samples.private).toBe(true);
      expect(samples.id).not.toBe(answer.id);
    });

    test('is posted to the channel when its owner says so; others get a copy of their own from it', async () => {
      const { dana, sam } = desk();
      const answer = await amplitude();
      await dana.press(answer, 'Post to channel');
      const shared = await card(sam, 'Shared by');
      expect(shared.private).toBe(false);
      expect(shared.text).toMatch(/Shared by dana/i);
      await until('Dana is told', async () => /Posted to the channel/.test((await again(dana, answer))?.text ?? ''));
      await sam.press(shared, 'Refresh');
      await until('Sam has a copy', async () => (await sam.sees()).at(-1)?.private === true);
      expect((await again(sam, shared))?.text).toContain('Shared by');
    });
  });

  describe('a form', () => {
    test('tells a mistake, keeps what was written, and edits the card once it is right', async () => {
      const { dana } = desk();
      const answer = await amplitude();
      await dana.press(answer, 'Other period…');
      expect(await opened(dana)).toMatch(/period of your own/i);
      expect(await dana.fill({ From: 'never', To: '2026-11-22' })).toMatch(/is not a period/);
      await opened(dana);
      expect(await dana.fill({ From: '2026-11-20', To: '2026-11-21' })).toBe('');
      await until('it is that period', async () => /20 Nov/.test((await again(dana, answer))?.text ?? ''));
    });
  });

  test('nothing the platform would refuse was sent', () => expect(desk().problems()).toEqual([]));
}

/**
 * `hold` makes a verification take until it is told to go on. `edits`: a private answer can be changed while we work; where it cannot,
 * the result stands below.
 */
export function longWorkContract(desk: () => Desk, hold: () => { goOn(): void }, { edits }: { edits: boolean }): void {
  const { card, again, amplitude } = handsOf(desk);
  const verifying = /Verifying the audit trail/;
  const verified = /The audit trail (is|holds)/;

  describe('work that takes longer than a second', () => {
    test('shows that it goes on, to whoever asked, while others are answered; the result comes in its place or below', async () => {
      const { dana, sam } = desk();
      const held = hold();
      await dana.say('/audit verify');
      const waiting = await card(dana, verifying);
      expect(waiting.private).toBe(true);
      expect(waiting.text).toMatch(/ of [\d,]+ rows/);
      expect((await sam.sees()).some(({ id }) => id === waiting.id)).toBe(false);
      await amplitude();
      held.goOn();
      const result = await card(dana, verified);
      expect(result.private).toBe(true);
      expect(result.id === waiting.id).toBe(edits);
      expect((await again(dana, waiting))?.text).toMatch(edits ? verified : verifying);
    });

    test('asked for by a button shows so in its card, and the result in the same', async () => {
      const { dana } = desk();
      const result = await card(dana, verified);
      const held = hold();
      await dana.press(result, 'Check again');
      await until('the card says so', async () => verifying.test((await again(dana, result))?.text ?? ''));
      held.goOn();
      await until('it has the result', async () => verified.test((await again(dana, result))?.text ?? ''));
      expect(desk().problems()).toEqual([]);
    });
  });
}

/** Of platforms where a line is typed to the end by whoever types it: the console's box, Discord's options. */
export function completionContract(desk: () => Desk): void {
  test('completes names while they are typed', async () => {
    expect(await desk().dana.completes('/pipeline show web ampl')).toContain('amplitude');
  });
}

/** Of platforms that stand elsewhere, with a network between. */
export function networkContract(desk: () => Desk): void {
  const { amplitude } = handsOf(desk);

  describe('trouble', () => {
    const share = async (): Promise<number> => {
      const { dana, sam } = desk();
      const answer = await amplitude();
      const before = (await sam.sees()).filter(({ private: mine }) => !mine).length;
      await dana.press(answer, 'Post to channel');
      return before;
    };
    const publicOnes = async () => (await desk().sam.sees()).filter(({ private: mine }) => !mine);

    test('with the connection is over when the connection is back', async () => {
      await desk().reconnect?.();
      await amplitude();
    });

    test('with the rate delays a post, and loses none', async () => {
      desk().trouble?.('rate');
      const before = await share();
      await until('it is posted', async () => (await publicOnes()).length === before + 1);
    });

    test('with the answer to a post makes a repeat that says so, or none', async () => {
      desk().trouble?.('lost');
      const before = await share();
      const expected = desk().tellsRepeats ? before + 1 : before + 2;
      await until('it is posted', async () => (await publicOnes()).length === expected);
      if (!desk().tellsRepeats) expect((await publicOnes()).at(-1)?.text).toMatch(/Repeat: /);
    });
  });
}
