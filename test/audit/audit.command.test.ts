import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import type { Answer, Args, Call, Command, Verb } from '../../src/core/commands/command.ts';
import { parseLine } from '../../src/core/commands/line.ts';
import { UserError } from '../../src/core/errors.ts';
import { plain } from '../../src/core/messages/message.ts';
import type { Use } from '../../src/flows/index.ts';
import { act, hourly, roomy, stored } from './card-samples.ts';
import { NOW } from './samples.ts';

const audit = commands.find(({ name }) => name === 'audit') as Command<Use>;
const verb = audit.verbs.search as Verb<Use>;
const asked: unknown[] = [];
const all = hourly(25);
const links = { permalink: 'http://127.0.0.1:3000/audit/1', resource: undefined };
const nothing = { events: [], left: 0, andMore: false };

/** A trail of 25 changes in memory; every search finds all. One with a star in front looks at four of them a page. */
const use = {
  searchAudit: async (_, request) => {
    asked.push(request);
    const { text, limit, before } = request;
    const query = parseQuery(text === '' ? 'on:today' : text, NOW);
    const from = before ? all.findIndex(({ seq }) => seq === before.seq) + 1 : 0;
    const events = all.slice(from, from + (text.includes('*-') ? 4 : limit));
    const found = { text, query, events, hasMore: from + events.length < all.length, now: NOW, zone: 'UTC' };
    return events.length < limit && found.hasMore ? { ...found, lookedTo: events.at(-1) } : found;
  },
  auditEvent: async (_, seq) => {
    asked.push(seq);
    return { event: stored({ seq }), byActor: nothing, ofResource: { ...nothing, events: all.slice(0, 2) }, links, now: NOW };
  },
} satisfies Partial<Use> as Partial<Use> as Use;

const call = (args: Args): Call<Use> => ({
  actor: { person: 'ann', account: 'console:ann', personKey: 'console:ann', roles: ['approver'] },
  place: { platform: 'console', team: 'T', channel: 'general', person: 'console:ann' },
  ...{ args, use, act, capabilities: roomy },
});

/** A card that remembers what it shows, as the view does. */
class Card {
  args: Args;
  answer: Answer;
  private constructor(args: Args, answer: Answer) {
    this.args = args;
    this.answer = answer;
  }
  static async of(args: Args): Promise<Card> {
    asked.length = 0;
    return new Card(args, await verb.run(call(args)));
  }
  static typed = (line: string): Promise<Card> => Card.of(parseLine(commands, line).args);
  async press(action: string, choice = ''): Promise<Card> {
    const button = this.answer.message.blocks
      .flatMap((block) =>
        block.kind === 'buttons' ? block.buttons.map((one) => one.action) : block.kind === 'select' ? [block.action] : [],
      )
      .find((one) => one.verb === `audit.${action}`);
    if (!button) throw new Error(`there is no ${action}`);
    const change = verb.actions[action];
    if (!change) throw new Error(`nothing does ${action}`);
    return Card.of(change(this.args, button.choice ?? choice, this.answer.choices ?? []));
  }
  get title(): string {
    return this.answer.message.title;
  }
  get words(): string {
    return this.answer.message.blocks.map((block) => ('text' in block ? plain(block.text) : '')).join('\n');
  }
}

describe('what is typed', () => {
  test.each([
    ['/audit', ''],
    ['/audit actor:dana action:destination.* since:7d "checkout"', 'actor:dana action:destination.* since:7d "checkout"'],
    ['/audit search -via:demo', '-via:demo'],
  ])('%s', async (line, text) => {
    await Card.typed(line);
    expect(asked).toEqual([{ text, limit: 100, before: undefined }]);
  });

  test.each(['/audit show 123', '/audit show #123', '/audit show seq:123'])('%s opens one change', async (line) => {
    const card = await Card.typed(line);
    expect(asked).toEqual([123]);
    expect(card.title).toContain('Dana Rossi disabled Amplitude');
    expect(card.words).toContain('/audit show 123');
  });

  test.each(['/audit show dana', '/audit show 1.5', '/audit show 99999999999999999999'])(
    '%s is answered with what to do',
    async (line) => {
      await expect(Card.typed(line)).rejects.toMatchObject({ code: 'bad_argument' });
    },
  );

  test('lines of the help can be read', () => {
    for (const { example } of Object.values(audit.verbs)) expect(parseLine(commands, example).command.name).toBe('audit');
  });
});

describe('pages', () => {
  test('go on to the end and back again', async () => {
    let card = await Card.typed('/audit since:7d');
    expect(card.title).toMatch(/^25 changes since 18 Nov/);
    card = await (await card.press('older')).press('older');
    expect(asked).toEqual([{ text: 'since:7d', limit: 10, before: { at: all[19]?.at, seq: all[19]?.seq, rows: 20 } }]);
    expect(card.title).toMatch(/^Changes 21 to 25 since 18 Nov/);
    await expect(card.press('older')).rejects.toThrow('there is no older');
    card = await card.press('newer');
    expect(card.title).toMatch(/^Changes 11 to 20/);
    card = await card.press('newer');
    expect(card.args).toEqual({ query: 'since:7d' });
  });

  test('count their rows truly where the ones before ended early, on the way back too', async () => {
    let card = await Card.typed('/audit resource:*-1');
    const titles: string[] = [];
    for (const way of ['older', 'older', 'refresh', 'newer', 'newer']) {
      card = await card.press(way);
      titles.push(card.title.split(',')[0] as string);
    }
    const [second, third] = ['Changes 5 to 8', 'Changes 9 to 12'];
    expect(titles).toEqual([second, third, third, second, 'At least 4 changes']);
    const opened = await (await card.press('older')).press('open', '0');
    card = await opened.press('back');
    expect(card.title).toContain(second);
    const table = card.answer.message.blocks.find(({ kind }) => kind === 'table');
    expect(table).toMatchObject({ caption: 'Changes, 5 to 8, newest first' });
  });

  test('are where one comes back to from a change', async () => {
    const page = await (await Card.typed('/audit since:7d')).press('older');
    const opened = await page.press('open', '2');
    expect(asked).toEqual([all[12]?.seq]);
    expect((await opened.press('back')).args).toEqual(page.args);
    expect((await opened.press('open', '1')).args.seq).toBe(String(all[1]?.seq));
  });

  test('begin anew with another time or another search', async () => {
    const page = await (await Card.typed('/audit actor:"Dana R" since:7d')).press('older');
    expect((await page.press('when', '30d')).args).toEqual({ query: 'actor:"Dana R" since:30d' });
    expect((await page.press('when', '__proto__')).args).toEqual({ query: 'actor:"Dana R" on:today' });
    const opened = await page.press('open', '0');
    expect((await opened.press('query')).args).toEqual({ query: expect.stringMatching(/^actor:"u-1" since:/) });
  });

  test('that are not in the list any more are said', async () => {
    const card = await Card.typed('/audit');
    await expect(card.press('open', '99')).rejects.toMatchObject({ code: 'bad_argument' });
  });
});

describe('a mistake', () => {
  test('typed is a card with a mark, and the search that was perhaps meant', async () => {
    const card = await Card.typed('/audit since:7d acter:"Dana R"');
    expect(card.title).toContain('There is no qualifier “acter”');
    expect(card.answer.message.blocks[0]).toEqual({ kind: 'code', text: 'since:7d acter:"Dana R"\n         ^^^^^' });
    expect((await card.press('query')).args).toEqual({ query: 'since:7d actor:"Dana R"' });
  });

  test('in the form is told at its field', async () => {
    const form = verb.forms?.change;
    expect((await form?.open(call({ query: 'since:7d' })))?.fields[0]).toMatchObject({ name: 'query', value: 'since:7d' });
    const wrong = form?.submit({}, { query: ' acter:dana ' }) ?? {};
    const error = await Card.of(wrong).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ path: '/query', message: expect.stringContaining('Did you mean actor:?') });
    // Once it is right, what follows is a card again.
    const card = await Card.of(form?.submit({}, { query: 'since:7d' }) ?? {});
    expect((await card.press('refresh')).args).toEqual({ query: 'since:7d' });
  });
});
