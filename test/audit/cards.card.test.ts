import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/core/audit/parse-query.ts';
import { QueryMistake } from '../../src/core/audit/query-mistake.ts';
import { auditExportCard } from '../../src/core/cards/audit-export-card.ts';
import { auditMistakeCard, mistakeInWords, pointedShort } from '../../src/core/cards/audit-mistake-card.ts';
import { askedFor } from '../../src/core/cards/audit-search-card.ts';
import { agoOf, sentenceOf, short, spanOf } from '../../src/core/cards/audit-words.ts';
import { DAY, HOUR, MINUTE, plus } from '../../src/core/delivery/time.ts';
import { type Block, type Message, plain } from '../../src/core/messages/message.ts';
import { act, hostile, hourly, one, roomy, search, stored } from './card-samples.ts';
import { NOW } from './samples.ts';

const mistakeOf = (text: string): QueryMistake => {
  try {
    parseQuery(text, NOW);
  } catch (error) {
    if (error instanceof QueryMistake) return error;
  }
  throw new Error('that can be read');
};
const blockOf = <K extends Block['kind']>({ blocks }: Message, kind: K, label?: string) =>
  blocks.find((block) => block.kind === kind && (label === undefined || ('label' in block && block.label === label))) as
    | Extract<Block, { kind: K }>
    | undefined;
const buttonsOf = (message: Message) => blockOf(message, 'buttons', 'More')?.buttons.map(({ label }) => label);
const wordsIn = ({ title, blocks }: Message): string =>
  [title, ...blocks.flatMap((block) => (block.kind === 'text' || block.kind === 'context' ? [plain(block.text)] : []))].join(
    '\n',
  );

const filter = stored({
  seq: 207,
  at: new Date('2026-11-25T10:12:00Z'),
  arrived: new Date('2026-11-25T10:40:00Z'),
  action: 'filter.modified',
  type: 'Destination Filter Modified',
  via: 'webhook',
  actor: { id: 'usr_9f', type: 'user', name: 'Dana Park', email: 'dana@example.com' },
  resource: { kind: 'filter', id: 'flt_2', name: 'Only paying customers' },
  before: { enabled: true, if: 'type = "track"', token: '[token:9f2a61c0]', events: ['A', 'B', 'C'], title: 'x'.repeat(400) },
  after: { enabled: false, if: 'type = "track"', token: '[token:01bb9a3e]', events: ['A', 'D', 'E', 'C'], title: 'y' },
  context: { ip: '[ip]', request: { id: 'req_1', origin: 'app' } },
});
const around = {
  byActor: { events: hourly(3), left: 4, andMore: false },
  ofResource: { events: hourly(2).map((event) => ({ ...event, seq: event.seq - 500 })), left: 0, andMore: true },
};

const links = { permalink: 'https://pipewarden.example/audit/207', resource: 'https://provider.example/filters/flt_2' };
const base = 'http://127.0.0.1:3000/audit/export/c2VhbGVk';
const exported = {
  ...{ text: 'actor:dana* since:7d', query: parseQuery('actor:dana* since:7d', NOW), now: NOW, zone: 'UTC' },
  ...{ csv: `${base}.csv`, jsonl: `${base}.jsonl`, proof: `${base}.proof`, expiresAt: plus(NOW, 10 * MINUTE) },
};
test('a search that ended early says how far it looked, and “Older” looks on from there', () => {
  const lookedTo = { at: new Date('2026-11-12T08:30:00Z'), seq: 7 };
  const some = search('resource:*-1234', hourly(3), { hasMore: true, lookedTo });
  expect(some.message.title).toMatch(/^At least 3 changes, newest: /);
  expect(wordsIn(some.message)).toContain('Looked back to 12 Nov 08:30 UTC so far. Older looks on.');
  expect(buttonsOf(some.message)).toContain('Older');
  expect(some.choices.at(-1)).toBe('2026-11-12T08:30:00.000Z~7~3');
  const none = search('resource:*-1234', [], { hasMore: true, lookedTo });
  expect(none.message.title).toBe('No changes with this term, back to 12 Nov 08:30 UTC');
  expect(buttonsOf(none.message)).toContain('Older');
  expect(none.choices).toEqual(['2026-11-12T08:30:00.000Z~7~0']);
  // What was found and is not on this page comes first.
  expect(search('x', hourly(30), { hasMore: true, lookedTo }).choices.at(-1)).not.toContain('~7');
});

describe('the cards read like', () => {
  test.each<[string, { message: Message; choices: string[] }]>([
    ['audit-today', search('', hourly(4))],
    ['audit-search-page-1', search('actor:dana* action:destination.* since:7d', hourly(100), { hasMore: true })],
    ['audit-search-page-3', search('since:7d', hourly(10), { hasMore: true, page: 2, rowsBefore: 20 })],
    ['audit-search-none', search('actor:dana since:7d "checkout"', [])],
    ['audit-mistake', auditMistakeCard(mistakeOf('since:7d acter:"Dana R"'), act)],
    ['audit-event', one(filter, { ...around, links })],
    ['audit-export', { message: auditExportCard({ ...exported, act }), choices: [] }],
    ['audit-event-bare', one(stored({ before: undefined, after: undefined }), { fromSearch: false })],
  ])('%s', async (name, card) => {
    await expect(`${JSON.stringify(card, null, 2)}\n`).toMatchFileSnapshot(`../golden/cards/${name}.json`);
  });
});

describe('the title of a search', () => {
  const title = (...of: Parameters<typeof search>) => search(...of).message.title;
  const story = 'Dana Rossi disabled Amplitude (destination.disabled)';

  test.each([
    ['many', title('since:7d', hourly(12)), `12 changes since 18 Nov, newest: ${story} 3 minutes ago`],
    ['one', title('', hourly(1)), `1 change today: ${story} 3 minutes ago`],
    [
      'very many',
      title('since:7d', hourly(100), { hasMore: true }),
      `More than 100 changes since 18 Nov, newest: ${story} 3 minutes ago`,
    ],
    ['none today', title('', []), 'No changes today'],
    ['none that fits', title('actor:dana until:2024-01-01', []), 'No changes before 1 Jan 2024 with this term'],
    [
      'a later page',
      title('since:7d', hourly(3), { page: 1, rowsBefore: 10 }),
      `Changes 11 to 13 since 18 Nov, newest of them: ${story} 3 minutes ago`,
    ],
  ])('of %s', (_, found, wanted) => {
    expect(found).toBe(wanted);
  });

  test('names the far past by its day and year', () => {
    expect(agoOf(new Date('2001-02-03T04:05:00Z'), NOW)).toBe('on 3 Feb 2001 04:05 UTC');
    expect(
      [plus(NOW, 60_000), NOW, plus(NOW, -HOUR), plus(NOW, -DAY + 1), plus(NOW, 3 * DAY)].map((at) => agoOf(at, NOW)),
    ).toEqual([...['just now', 'just now', '1 hour ago', '23 hours ago', 'on 28 Nov 10:30 UTC']]);
  });

  test('has days of the reader’s zone', () => {
    const zone = 'America/Los_Angeles';
    expect(spanOf(parseQuery('on:today', NOW, zone), NOW, zone)).toBe(' today');
    expect(spanOf(parseQuery('since:2026-11-20 until:2026-11-22', NOW, zone), NOW, zone)).toBe(' from 20 Nov to 22 Nov');
    expect(spanOf(parseQuery('since:3h', NOW, zone), NOW, zone)).toBe(' since 25 Nov 07:30 UTC');
  });
});

describe('what one did', () => {
  const nobody = { id: '', type: '', name: ' \u200B', email: '' };

  test.each([
    [stored(), 'Dana Rossi disabled Amplitude (destination.disabled)'],
    [
      stored({ actor: { ...nobody, id: 'usr_1' }, resource: { kind: 'source', id: 'src_1', name: '' } }),
      'usr_1 disabled src_1 (destination.disabled)',
    ],
    [
      stored({ actor: nobody, resource: { kind: '', id: '', name: '' } }),
      'somebody disabled something without a name (destination.disabled)',
    ],
    [stored({ action: 'other.quota_reached', type: 'Quota Reached' }), 'Dana Rossi: Quota Reached · Amplitude'],
    [stored({ action: 'other.x', type: '' }), 'Dana Rossi: other.x · Amplitude'],
    [
      stored({ action: 'user_group.user_added', type: 'User Added To User Group' }),
      'Dana Rossi: User Added To User Group · Amplitude (user_group.user_added)',
    ],
    [
      stored({ action: 'revert.approved', type: 'revert.approved', via: 'pipewarden', context: { outcome: 'refused' } }),
      'Dana Rossi: revert.approved · Amplitude, refused',
    ],
    [stored({ action: '__proto__', type: '__proto__' }), 'Dana Rossi: __proto__ · Amplitude'],
  ])('is one sentence: %#', (event, sentence) => {
    expect(sentenceOf(event)).toBe(sentence);
  });

  test('has somebody’s words on one line, cut between characters', () => {
    expect(short(hostile)).toBe('<!here> @everyone **x** [a](https://evil.example) `b`');
    expect([...short('😀'.repeat(200))]).toHaveLength(60);
    expect(short('\u200B\u202E')).toBe('');
  });
});

describe('the card of a search', () => {
  test('keeps for its choices the events, and where the next page begins', () => {
    const { message, choices } = search('since:7d', hourly(12));
    expect(choices).toEqual([...hourly(10).map(({ seq }) => String(seq)), `2026-11-25T01:27:20.000Z~991~10`]);
    const older = blockOf(message, 'buttons', 'More')?.buttons.find(({ label }) => label === 'Older');
    expect(older?.action).toEqual(act('older', '10'));
    expect(blockOf(message, 'table')?.caption).toBe('Changes since 18 Nov, 1 to 10 of 12, newest first');
  });

  test('has the buttons for the pages there are', () => {
    const others = ['Change the search', 'Refresh'];
    expect(buttonsOf(search('', hourly(10)).message)).toEqual(others);
    expect(buttonsOf(search('', hourly(10), { page: 3, hasMore: true }).message)).toEqual(['Newer', 'Older', ...others]);
    expect(buttonsOf(search('', [], { page: 1 }).message)).toEqual(['Newer', ...others]);
    const end = search('', hourly(10), { page: 200, hasMore: true }).message;
    expect(buttonsOf(end)).toEqual(['Newer', ...others]);
    expect(wordsIn(end)).toContain('For older ones add until:2026-11-25 to the search.');
  });

  test('knows which time is shown', () => {
    const shown = (text: string) => blockOf(search(text, []).message, 'select', 'When')?.selected;
    expect(['', 'on:today', 'since:7d', 'actor:a since:400d', 'since:8d', 'since:7d until:1d', 'actor:a'].map(shown)).toEqual([
      ...['today', 'today', '7d', '400d', undefined, undefined, undefined],
    ]);
  });

  test('says what to widen when nothing was found', () => {
    expect(wordsIn(search('actor:"Dana R" kind:filter since:7d', []).message)).toContain(
      'Look further back. Leave a term out. Names are matched whole: try actor:"Dana R*".',
    );
    expect(wordsIn(search('checkout', []).message)).toContain('words are matched whole');
  });

  test('asks the platform how much it takes', () => {
    const small = { tableRows: 5, selectOptions: 3 };
    const { message } = search('', hourly(12), { capabilities: small });
    expect(blockOf(message, 'table')?.rows).toHaveLength(5);
    expect(blockOf(message, 'select', 'Open a change')?.options).toHaveLength(3);
    expect(wordsIn(message)).toContain('… and 2 more to open by number, e.g. /audit show 996');
    expect([askedFor(0, small), askedFor(1, small), askedFor(1, roomy)]).toEqual([100, 5, 10]);
  });

  test('names workspaces only where there are two', () => {
    const [first, second] = hourly(2);
    const cells = (events: ReturnType<typeof hourly>) => blockOf(search('', events).message, 'table')?.rows.map((row) => row[3]);
    expect(cells(hourly(1))).toEqual(['Amplitude (destination)']);
    expect(first && second && cells([first, { ...second, workspace: 'eu' }])).toEqual([
      'main: Amplitude (destination)',
      'eu: Amplitude (destination)',
    ]);
  });
});

describe('a mistake', () => {
  test('is pointed at, also in a long search', () => {
    const words = `${'word'.repeat(20)} `.repeat(4);
    const long = `${words}acter:dana ${words}`;
    const [line = '', mark = ''] = pointedShort(mistakeOf(long)).split('\n');
    expect(line.length).toBeLessThan(60);
    expect([...line].slice(mark.indexOf('^'), mark.length).join('')).toBe('acter');
  });

  test('points at the right part whatever stands before it', () => {
    const [line = '', mark = ''] = pointedShort(mistakeOf('a😀\tb\u202Ec "a b" acter:dana')).split('\n');
    expect([...line].slice(mark.indexOf('^'), mark.length).join('')).toBe('acter');
  });

  test('offers what was perhaps meant, with the value as it was typed', () => {
    const card = auditMistakeCard(mistakeOf('since:7d -acter:"Dana R" x'), act);
    expect(card.choices).toEqual(['since:7d -actor:"Dana R" x']);
    expect(() => parseQuery(card.choices[0] ?? '', NOW)).not.toThrow();
    expect(auditMistakeCard(mistakeOf('actor:'), act).choices).toEqual([]);
  });

  test('is told in words at a form’s field', () => {
    expect(mistakeInWords(mistakeOf('actor:'))).toMatch(/^At “actor:”: |^actor: needs a value/);
  });
});

describe('the card of one change', () => {
  test('says what is not known', () => {
    expect(wordsIn(one(stored({ before: undefined, after: undefined })).message)).toContain('the provider does not say');
    expect(wordsIn(one(stored({ before: { a: 1 }, after: { a: 1 } })).message)).toContain('Before and after are the same.');
    expect(wordsIn(one(stored({ erased: true })).message)).toContain('were erased');
    const { message } = one(stored({ before: undefined, after: { a: { b: 1 }, c: 2 } }));
    expect(blockOf(message, 'code')?.text).toBe('+ a: {"b":1}\n+ c: 2');
  });

  test('counts the changes that it leaves out', () => {
    const after = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`key${at}`, at]));
    expect(wordsIn(one(stored({ before: {}, after })).message)).toContain('… and 10 more changed paths');
  });

  test('leads back, to the actor and to the resource; a name that would be read as a pattern leads nowhere', () => {
    expect(buttonsOf(one(filter).message)).toEqual(['Back to the search', 'All by this actor', 'All of this resource']);
    const odd = stored({ actor: { id: 'a*b', type: '', name: '', email: '' }, resource: { kind: 'x', id: 'a"b', name: '' } });
    expect(buttonsOf(one(odd, { fromSearch: false }).message)).toEqual(['Changes of today']);
    for (const text of one(filter).choices) expect(() => parseQuery(text, NOW)).not.toThrow();
  });

  test('opens each change around it once', () => {
    const { choices } = one(filter, { byActor: around.byActor, ofResource: { ...around.ofResource, events: hourly(2) } });
    expect(choices.slice(0, 3)).toEqual(['1000', '999', '998']);
    expect(choices).toHaveLength(5);
  });

  test('has hostile words as data', () => {
    const event = stored({
      actor: { id: hostile, type: hostile, name: hostile, email: hostile },
      resource: { kind: hostile, id: hostile, name: hostile },
      after: { [hostile]: hostile },
      before: { __proto__: null, '': hostile },
      at: plus(NOW, -MINUTE),
    });
    const { message } = one(event);
    expect(message.title).not.toMatch(/\n|\u202E|\p{Cc}/u);
    const code = blockOf(message, 'code')?.text ?? '';
    expect(code.split('\n').every((line) => /^[+-] /.test(line))).toBe(true);
    expect(code).not.toMatch(/\u202E/);
  });
});
