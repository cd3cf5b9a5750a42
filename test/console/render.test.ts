import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderEntry } from '../../src/chat/console/entry.ts';
import { escapeText, html, type Piece } from '../../src/chat/console/html.ts';
import { renderMessage } from '../../src/chat/console/render.ts';
import { renderThread } from '../../src/chat/console/thread.ts';
import type { Block, Message, Text } from '../../src/core/messages/message.ts';
import { webAddress } from '../../src/core/messages/words.ts';
import { alarm, figure, healthy, overview } from './samples.ts';

const context = {
  id: 'm1',
  actionsUrl: '/c/general',
  origin: { mine: false, thread: null },
  figure: () => ({ url: '/figures/abc.png', width: 900, height: 405 }),
};
const render = (message: Message): string => renderMessage(message, context).text;
const of = (...blocks: Block[]): string => render({ title: 'Title', tone: 'info', blocks });
const golden = (name: string): string => `../golden/console/${name}.html`;
const at = new Date('2025-11-25T10:02:00Z');

describe('golden', () => {
  test('a card with every kind of block', async () => {
    await expect(render(overview())).toMatchFileSnapshot(golden('overview'));
  });

  test('entries', async () => {
    const entry = { id: 7, channel: 'general', author: 'Pipewarden', at, editedAt: null, person: null, thread: null };
    const said = { ...entry, id: 6, author: 'ada', body: { kind: 'said', text: '/pipeline <web>' } } as const;
    const edited = { ...entry, editedAt: new Date('2025-11-25T10:03:00Z'), body: { kind: 'message', message: alarm } } as const;
    const plain = { ...entry, id: 8, body: { kind: 'message', message: healthy } } as const;
    const own = { ...plain, id: 9, person: 'console:local' };
    const under = { ...edited, id: 10, thread: 8, person: 'console:local' };
    const all = [said, edited, plain, own].map((each) => renderEntry(each, context.figure).text).join('');
    await expect(renderThread(8, [under, { ...said, id: 11, thread: 8 }], context.figure).text).toMatchFileSnapshot(
      golden('thread'),
    );
    await expect(all).toMatchFileSnapshot(golden('entries'));
  });
});

describe('blocks', () => {
  test('a table says how many rows were left out, and only then', () => {
    const table: Block = { kind: 'table', caption: 'C', columns: [{ label: 'N', align: 'right' }], rows: [['1']] };
    expect(of({ ...table, left: 3 })).toContain('… and 3 more');
    expect(of({ ...table, left: 0 })).not.toContain('more');
    expect(of(table)).toContain('<th scope="col" class="number">N</th>');
  });

  test('a table of many columns says how it changes in a narrow card', () => {
    const left = { label: 'Name', align: 'left' } as const;
    const right = { label: 'N', align: 'right' } as const;
    const classOf = (...columns: (typeof left | typeof right)[]) =>
      /<table(?: class="(.*?)")?/.exec(of({ kind: 'table', caption: 'C', columns, rows: [] }))?.[1];
    expect(classOf(left, left, right)).toBeUndefined();
    expect(classOf(left, right, right, right)).toBe('under of4');
    expect(classOf(left, right, right, right, right)).toBe('under of5');
    expect(classOf(left, right, right, right, right, right)).toBe('stacked of6');
    expect(classOf(left, right, right, left)).toBe('stacked of4');
  });

  test('only buttons of which one is in force are toggles', () => {
    const button = { label: 'Go', action: { verb: 'a.b', id: '1' } };
    expect(of({ kind: 'buttons', label: 'L', buttons: [button] })).not.toContain('aria-pressed');
    const toggles = of({ kind: 'buttons', label: 'L', buttons: [{ ...button, selected: true }, button] });
    expect(toggles.match(/aria-pressed="(true|false)"/g)).toEqual(['aria-pressed="true"', 'aria-pressed="false"']);
  });

  test('a select without a choice in force asks for one', () => {
    const select: Block = { kind: 'select', label: 'L', action: { verb: 'a.b', id: '1' }, options: [{ label: 'X', value: 'x' }] };
    expect(of(select)).toContain('<option value="" selected disabled>Choose…</option>');
    expect(of({ ...select, selected: 'x' })).not.toContain('Choose…');
  });

  test('an action that has no id does not take the card down', () => {
    const action = { verb: 'a.b', id: 'x'.repeat(200) };
    expect(of({ kind: 'buttons', label: 'L', buttons: [{ label: 'Go', action }] })).toContain('value=""');
  });

  test('times that are none are shown as they are', () => {
    expect(of({ kind: 'text', text: [{ time: 'soon', as: 'ago' }] })).toContain('<p class="text">soon</p>');
  });
});

describe('links', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//example.com',
    '/etc',
    'file:///x',
    '',
  ])('%s is not one', (url) => {
    expect(webAddress(url)).toBeUndefined();
    expect(of({ kind: 'text', text: [{ link: 'words', url }] })).toContain('<p class="text">words</p>');
  });

  test('http and https are', () => {
    expect(of({ kind: 'text', text: [{ link: 'words', url: 'https://example.com/?a=1&b="' }] })).toContain(
      '<a href="https://example.com/?a=1&amp;b=%22" rel="noopener noreferrer" target="_blank">words</a>',
    );
  });
});

describe('text is inert', () => {
  const nasty = fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '</p></article>',
    '<!--',
    ']]>',
    '&lt;',
    '&#60;',
    '`',
    '\u202egnp.exe',
    '\u0000',
    '\ud800',
    '\r\n',
  );
  const hostile = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 4 }).map((parts) => parts.join(''));
  const plainOr = (text: fc.Arbitrary<string>): fc.Arbitrary<Text> =>
    fc.oneof(
      text,
      fc.array(
        fc.oneof(
          text,
          text.map((strong) => ({ strong })),
          text.map((code) => ({ code })),
          text.map((time) => ({ time, as: 'ago' as const })),
          fc.record({ link: text, url: fc.oneof(text, fc.webUrl({ withFragments: true, withQueryParameters: true })) }),
        ),
        { maxLength: 4 },
      ),
    );
  const text = plainOr(hostile);
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ kind: fc.constantFrom('text' as const, 'context' as const), text }),
    fc.record({
      kind: fc.constant('fields' as const),
      fields: fc.array(fc.record({ label: hostile, value: text }), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('table' as const),
      caption: hostile,
      columns: fc.array(fc.record({ label: hostile, align: fc.constantFrom('left' as const, 'right' as const) }), {
        maxLength: 5,
      }),
      rows: fc.array(fc.array(text, { maxLength: 5 }), { maxLength: 3 }),
    }),
    hostile.map((alt): Block => ({ kind: 'figure', figure: { ...figure, alt } })),
    fc.record({
      kind: fc.constant('buttons' as const),
      label: hostile,
      buttons: fc.array(fc.record({ label: hostile, action: fc.record({ verb: hostile, id: hostile, choice: hostile }) }), {
        maxLength: 3,
      }),
    }),
    fc.record({
      kind: fc.constant('select' as const),
      label: hostile,
      action: fc.record({ verb: fc.constant('a.b'), id: fc.constant('1'), choice: hostile }),
      options: fc.array(fc.record({ label: hostile, value: hostile, hint: hostile }), { maxLength: 3 }),
      selected: hostile,
    }),
  );
  const message: fc.Arbitrary<Message> = fc.record({
    title: hostile,
    tone: fc.constantFrom('critical' as const, 'ok' as const),
    blocks: fc.array(block, { maxLength: 4 }),
  });

  // Every tag we write, whole; whatever is left must hold no markup at all.
  const tag =
    /<\/?(?:h2|span|p|strong|code|a|time|dl|div|dt|dd|table|caption|thead|tbody|tr|th|td|img|form|button|label|input|select|option)(?: (?:class|id|aria-(?:hidden|label|labelledby|pressed)|role|tabindex|data-(?:focus|as|label)|href|target|rel|datetime|scope|src|width|height|alt|decoding|method|action|name|value|for|type)="[^"<>'`]*"| (?:selected|disabled))*>/g;

  test('no markup but ours, no character that hides or reorders', () => {
    fc.assert(
      fc.property(message, (any) => {
        const rendered = render(any);
        expect(rendered.replace(tag, '')).not.toMatch(/[<>"'`]/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
        expect(rendered).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(rendered.replace(/&(?:amp|lt|gt|quot|#39|#96);/g, '')).not.toContain('&');
        for (const [, href] of rendered.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^(?:https?:\/\/|\/figures\/)/);
      }),
      { numRuns: 1000 },
    );
  });

  test('what is said stays readable', () => {
    const decode = (escaped: string): string =>
      escaped.replace(
        /&(amp|lt|gt|quot|#39|#96);/g,
        (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' })[name as string] ?? '',
      );
    const visible = fc.string({ unit: 'grapheme' }).filter((any) => !/[\p{Cc}\p{Bidi_C}\p{Zl}\p{Zp}]/u.test(any));
    fc.assert(fc.property(visible, (any) => decode(escapeText(any)) === any));
  });

  test('characters that reorder text are shown by number, the others that cannot be seen are replaced', () => {
    expect(escapeText('a\u202eb\u2066c')).toBe('a[U+202E]b[U+2066]c');
    expect(escapeText('a\u0000b\u009fc\ud800')).toBe('a\ufffdb\ufffdc\ufffd');
    expect(escapeText('a\u200fb\r\nc\td')).toBe('ab\nc\td');
  });

  test('html escapes what is put in and keeps what is Html', () => {
    const parts: Piece[] = ['<b>', html`<i>${'"'}</i>`, 0, undefined, false, null];
    expect(html`<p title="${'"'}">${parts}</p>`.text).toBe('<p title="&quot;">&lt;b&gt;<i>&quot;</i>0</p>');
  });
});
